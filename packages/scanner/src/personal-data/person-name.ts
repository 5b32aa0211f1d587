import { ALPHANUMERIC, isAt, isIn, LETTER, startsToken, UPPER } from '../characters.ts';
import type { Match, Rule } from '../rule.ts';
import { personalDataMappings } from '../rule.ts';

const word = "\\p{Lu}[\\p{L}'’-]{1,24}";
const initial = '\\p{Lu}\\.';
const particle = '(?:von|van|de|der|den|del|della|di|da|dos|la|le|bin|al|el|ten|zu) ';
const more = (least: number, most: number) =>
  `(?: (?:${initial}|(?:${particle}){0,2}${word})){${least},${most}}`;
const value = `["']?\\s{0,2}[:=]\\s{0,2}["']?`;

/** What follows each kind of announcement; group 1 is the name. */
const patterns = {
  /** `full name: Ada Lovelace` */
  whole: new RegExp(`${value}(${word}${more(1, 3)})`, 'uy'),
  /** `First name: Ada`, and not what code assigns to a field. */
  part: new RegExp(`\\s?:\\s(${word}${more(0, 2)})(?![(.:=])`, 'uy'),
  /** `my name is Ada` */
  said: new RegExp(`(${word}${more(0, 3)})`, 'uy'),
  /** `Mrs. Lovelace` */
  titled: new RegExp(`(?<=[ .]) ?((?:${initial} ?){0,3}${word}${more(0, 2)})`, 'uy'),
  /** `Dear Ada Lovelace,` with nothing behind that would make it a heading */
  greeted: new RegExp(`(${word}${more(1, 2)})(?=[,!;:\\n]|$)`, 'uy'),
  /** `Kind regards,` and the name on the next line */
  signed: new RegExp(`,?\\r?\\n(?:\\r?\\n)?(${word}${more(1, 3)})(?=\\r?\\n|$)`, 'uy'),
};

const announcements: Readonly<Record<keyof typeof patterns, string>> = {
  whole:
    'name:;full name;full_name;fullname;patient name;patient_name;customer name;customer_name;employee name;account holder;' +
    'account name;cardholder;card holder;nombre:;nombre completo;nom:;nom complet;vollst;contact person;contact name;attn;' +
    'ansprechpartner;beneficiary;emergency contact;next of kin;policyholder;signed by',
  part: 'first name;last name;surname;given name;family name;maiden name;vorname;nachname;apellido;cognome',
  said:
    "my name is ;her name is ;his name is ;their name is ;i am called ;mein name ist ;ich hei;je m'appelle ;me llamo ;" +
    'mi nombre es ;mi chiamo ;il mio nome ;mon nom est ;meu nome ;me chamo ;mijn naam is ;jag heter ;jeg heter ;nazywam si',
  titled:
    'mr.;mr ;mrs.;mrs ;ms.;ms ;dr.;dr ;prof.;prof ;herr ;frau ;mme.;mme ;mlle ;monsieur ;madame ;sr. ;sra. ;srta. ;sig. ;signor ;signora ;dhr. ;mevr. ',
  greeted:
    'dear ;hello ;hi ;hey ;liebe ;lieber ;hallo ;bonjour ;cher ;hola ;estimado ;estimada ;querido ;querida ;caro ;cara ;gentile ',
  signed:
    'regards;sincerely;best wishes;yours truly;cheers;gru\u00DF;gruesse;cordialement;saludos;saluti;atentamente',
};
const kindOf = new Map<string, keyof typeof patterns>();
for (const [kind, list] of Object.entries(announcements))
  for (const keyword of list.split(';'))
    if (/^[ -~]+$/.test(keyword)) kindOf.set(keyword, kind as keyof typeof patterns);

// MS is a company, ms a unit of time, sig and dr words of code.
const titles = /^(?:[A-Z][a-z]+\.? ?|(?:mr|mrs)\.)$/;

/** What stands where a name would, in forms and greetings. */
const noNames =
  /^(?:The|Your|You|My|All|Any|Every|Everyone|Team|Sir|Madam|World|There|Customer|User|Friend|None|Null|Nil|True|False|Required|Optional|String|Name|Enter|Text|Not|No|Unknown|This|That|Please|Damen|Herren|Kolleg|First|Last|Full|Given|Family|Type|Class|Object|Number|Hiring|Valued|Colleagues?|Input)\b/;

const offices =
  / (?:Support|Team|Officer|Committee|Manager|Customers?|Department|Service|Desk|World|All|Everyone)$/;

/** Names of persons, only where the text says that one follows: `Full name: …`, `my name is …`, `Mrs. …`. */
export const personName: Rule = {
  id: 'person-name',
  category: 'pii',
  title: 'Name of a person',
  patterns: [String.raw`\p{Lu}[\p{L}.'’-]{0,25}(?: \p{L}[\p{L}.'’-]{0,25}){0,6}`],
  severity: 'low',
  confidence: 'low',
  keywords: [...kindOf.keys()],
  keywordAt: new Map(
    [...kindOf].flatMap(([word, kind]) => (kind === 'whole' || kind === 'part' ? [] : [[word, 0] as const])),
  ),
  maximumLength: 200,
  match(text, start, keywordEnd) {
    if (isAt(text, start - 1, LETTER) && !isAt(text, start, UPPER)) return undefined;
    const kind = kindOf.get(text.slice(start, keywordEnd).toLowerCase());
    if (kind === undefined || (kind !== 'whole' && kind !== 'part' && !startsToken(text, start)))
      return undefined;
    if (kind === 'titled' && !titles.test(text.slice(start, keywordEnd))) return undefined;
    // In lower case a bare `name:` heads every other line of a configuration; a title has its capital.
    if (text[start] === 'n' && text[keywordEnd - 1] === ':') return undefined;
    return nameAt(text, text[keywordEnd - 1] === ':' ? keywordEnd - 1 : keywordEnd, kind);
  },
  remediation: {
    steps: [
      'Keep it only if the purpose needs it; an age group or an internal id often does.',
      'Where it has to stay, keep it apart from other facts about the person.',
    ],
    references: ['https://gdpr-info.eu/art-5-gdpr/'],
  },
  mappings: personalDataMappings,
};

function nameAt(text: string, at: number, kind: keyof typeof patterns): Match | undefined {
  const next = text.charCodeAt(at);
  if (kind === 'signed' && isIn(next, ALPHANUMERIC)) return undefined;
  const pattern = patterns[kind];
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  if (found === null || isAt(text, pattern.lastIndex, ALPHANUMERIC)) return undefined;
  const name = found[1]!;
  if (noNames.test(name) || offices.test(name)) return undefined;
  const end = pattern.lastIndex;
  return { start: end - name.length, end };
}
