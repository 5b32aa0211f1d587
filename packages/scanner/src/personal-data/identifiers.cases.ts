import type { Positive, RuleCases } from '../testing/rule-cases.ts';
import { seeded } from '../testing/tokens.ts';
import type { IdentifierKind } from './identifier-kind.ts';
import { identifierKinds } from './personal-data.ts';

/**
 * How each kind is written and what a text calls it: `#` is any digit, `?` any capital, `*` either, the rest
 * stands for itself. Dates are given, so that valid samples are found soon.
 */
const writings: Readonly<Record<string, readonly [name: string, ...templates: readonly string[]]>> = {
  'us-itin': ['ITIN', '9##-7#-####', '9##7#####'],
  'ca-sin': ['social insurance number', '4##-###-###', '7## ### ###', '1########'],
  'us-npi': ['NPI', '1#########', '1###-###-###'],
  'us-dea-number': ['DEA number', 'B?#######', 'A9#######'],
  'us-medicare-beneficiary': ['Medicare id', '1A#5-C#6-DE##', '2G#5H#6JK##'],
  'us-bank-routing': ['routing number', '021######', '0310-####-#'],
  'uk-nino': ['National Insurance number', 'AB 12 ## ## C', 'JG######D'],
  'uk-nhs-number': ['NHS number', '9## ### ####', '4#########'],
  'uk-driving-licence': ['licence number', 'MORTA6050##SM9IJ', 'LEE998120##A9#XY'],
  'uk-postcode': ['postcode', 'EC#A #BB', 'M# #AE', 'GU## #HF'],
  'de-tax-id': ['Steuer-ID', '########901', '4# ### ### ###'],
  'de-social-security': ['Rentenversicherungsnummer', '12150780J0##', '65 170839 M 0##'],
  'de-health-insurance': ['KVNR', 'K#########'],
  'de-identity-document': ['Personalausweis', 'L#1X##T4#', 'C01##45##'],
  'de-tax-number': ['Steuernummer', '##/###/#####', '###/###/#####'],
  'de-vat-id': ['USt-IdNr.', 'DE1########', 'DE 2## ### ###'],
  'de-physician-number': ['LANR', '4########'],
  'de-driving-licence': ['Führerschein', 'BO########A'],
  'de-practice-number': ['BSNR', '7########'],
  'de-commercial-register': ['Amtsgericht', 'HRB 1#####', 'HRA 7####'],
  'fr-nir': ['numéro de sécurité sociale', '1850578######5#', '2 79 11 2A ### ### ##'],
  'it-fiscal-code': ['codice fiscale', 'RSSMRA85T10A###?', 'VRDGPP##E41F###?'],
  'it-vat-number': ['Partita IVA', '0##########'],
  'es-dni': ['DNI', '########?', '4#######-?'],
  'es-nie': ['NIE', 'X#######?', 'Y#######-?'],
  'pt-nif': ['contribuinte', '2########', '5## ### ###'],
  'nl-bsn': ['BSN', '1########', '####.##.###'],
  'be-national-number': ['rijksregisternummer', '85.07.30-###.##', '850730#####'],
  'ch-ahv': ['AHV-Nummer', '756.####.####.##', '756##########'],
  'se-personal-number': ['personnummer', '850709-####', '19850709####'],
  'se-organisation-number': ['organisationsnummer', '556###-####'],
  'fi-personal-identity-code': ['henkilötunnus', '131052-###*', '010594Y9##*'],
  'dk-cpr': ['CPR', '070585-####', '070585####'],
  'no-national-identity': ['fødselsnummer', '150780#####', '150780 #####'],
  'pl-pesel': ['PESEL', '850709#####', '022708#####'],
  'tr-national-id': ['TC kimlik no', '1##########'],
  'in-aadhaar': ['Aadhaar', '5### #### ####', '9###########'],
  'in-pan': ['PAN', '???P?####?'],
  'in-gstin': ['GSTIN', '27???P?####?1Z#'],
  'in-voter': ['voter id', '???#######'],
  'sg-nric': ['NRIC', 'S#######?', 'G#######?', 'M#######?'],
  'kr-resident-number': ['RRN', '850709-1######', '8507092######'],
  'kr-business-number': ['사업자', '104-82-#####', '220-81-#####'],
  'kr-passport': ['여권', 'M###?####', 'M########'],
  'th-national-id': ['Thai national id', '1-2###-#####-##-#', '31###########'],
  'br-cpf': ['CPF', '###.###.###-##', '1##########'],
  'au-tax-file-number': ['TFN', '8## ### ###', '1########'],
  'au-medicare': ['medicare', '2### ##### #', '3#########'],
  'au-business-number': ['ABN', '5# ### ### ###', '8##########'],
  'au-company-number': ['ACN', '0## ### ###', '1########'],
  'za-identity-number': ['South African id', '850709####08#', '850709 #### 18#'],
  'passport-number': ['passport', 'X#######', '5########', '12AB#####'],
  'driving-licence': ["driver's license", 'D#######', 'S###########', '1########'],
  'medical-record-number': ['MRN', '########', 'MR######'],
  'tax-identification': ['tax id', '##-#######', '#########'],
  'bank-account': ['bank account', '########', '############'],
  'uk-vehicle-registration': ['vehicle', 'AB51 CDE', 'KD#3XYB', 'M#56DEF', 'ABC #1D'],
  'in-vehicle-registration': ['vehicle', 'KA53ME####', 'MH-12-AB-####'],
  'tr-vehicle-registration': ['plaka', '34 ABC ##', '06 AB ###'],
  'ng-vehicle-registration': ['plate', 'ABC-###DE', 'KJA###AB'],
  'de-vehicle-registration': ['Kennzeichen', 'M XY ###', 'HH-AB ####'],
};

const digits = '0123456789';
const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function isSound({ isValid }: IdentifierKind, written: string): boolean {
  return isValid?.(written.replace(/[^0-9A-Za-z]/g, '').toUpperCase(), written) !== false;
}

/** Fills the template until the kind calls it valid. */
function sampleOf(kind: IdentifierKind, template: string, random: () => number): string {
  const pick = (alphabet: string) => alphabet[Math.floor(random() * alphabet.length)]!;
  const alphabets: Readonly<Record<string, string>> = { '#': digits, '?': capitals, '*': digits + capitals };
  for (let attempt = 0; attempt < 50_000; attempt++) {
    const written = template.replace(/[#?*]/g, (mark) => pick(alphabets[mark]!));
    const opening = kind.opening?.exec(written.slice(0, written.search(/\d/)))?.[1] ?? '';
    kind.pattern.lastIndex = opening.length;
    const isWhole = kind.pattern.test(written) && kind.pattern.lastIndex === written.length;
    if (isWhole && isSound(kind, written)) return written;
  }
  throw new Error(`no sample of ${kind.id} fits ${template}`);
}

/** The value with another last digit, for which the check fails; undefined when nothing checks it. */
function broken(kind: IdentifierKind, written: string): string | undefined {
  const at = written.search(/\d\D*$/);
  for (const digit of digits) {
    const changed = written.slice(0, at) + digit + written.slice(at + 1);
    if (!isSound(kind, changed)) return changed;
  }
  return undefined;
}

function casesOfKind(kind: IdentifierKind, random: () => number): RuleCases {
  const [name, ...templates] = writings[kind.id]!;
  const samples = templates.map((template) => sampleOf(kind, template, random));
  const sure = { confidence: kind.isValid === undefined ? ('medium' as const) : ('high' as const) };
  const positives: Positive[] = [];
  const negatives = [`${name}: none given`];
  for (const value of samples) {
    positives.push(
      { text: `${name}: ${value}`, value, expected: { ...sure, severity: kind.severity ?? 'medium' } },
      { text: `a\r\nThe ${name} is "${value}", he said.\r\nb`, value },
    );
    const near = broken(kind, value);
    if (near !== undefined) negatives.push(`${name}: ${near}`);
    negatives.push(`${name}: ${value}xq`, `${name}: ${value}_1`, `${name}\n\nwe counted ${value}00 of them`);
    const unnamed = kind.undivided !== undefined && /^\d+$/.test(value) ? kind.undivided : kind.unnamed;
    if (unnamed === 'sure') positives.push({ text: `we counted ${value} of them`, value, expected: sure });
    else if (unnamed === 'likely') {
      const expected = { confidence: 'medium', severity: 'low' } as const;
      positives.push({ text: `we counted ${value} of them`, value, expected });
    } else {
      negatives.push(
        `we counted ${value} of them`,
        `${name}\n\n\nf(${value});`,
        `${value}\n${value}\n${value}`,
      );
    }
    if (unnamed !== 'alone') continue;
    const expected = { confidence: 'low', severity: 'low' } as const;
    positives.push({ text: value, value, expected }, { text: `one\n  - "${value}",\ntwo`, value, expected });
  }
  return { positives, negatives };
}

const random = seeded(421);

/** Cases by rule id. */
export const identifierCases: Readonly<Record<string, RuleCases>> = Object.fromEntries(
  identifierKinds.map((kind) => [kind.id, casesOfKind(kind, random)]),
);
