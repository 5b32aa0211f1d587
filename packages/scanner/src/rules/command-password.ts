import { isPlaceholderPassword, isStandInPhrase, isTemplate, isWeakWord } from '../matchers/placeholder.ts';
import { literally } from '../pattern-text.ts';
import type { Match, Rule } from '../rule.ts';
import { credentialMappings } from '../rule.ts';

const reach = 240;
const value = String.raw`["']?(?<secret>(?![-/=])[^\s"'\x60$%<>{}()\\|;&]{4,64})(?=["'\s]|$)`;
/** The rest of the command up to the option, also over escaped line breaks, never across its end. */
const upTo = (option: string) =>
  new RegExp(String.raw`(?:[^\n|;&\\]|\\[\s\S]){0,160}?[ \t]${option}${value}`, 'dy');
/** What is piped into the command. */
const piped = (head: string) =>
  new RegExp(String.raw`\becho\s+(?:-[en]+\s+)?["']?${head}${value}["']?\s*\|\s*(?:sudo\s+)?$`, 'd');

/** How each client takes a password, from its manual. `-p` alone asks for it. */
const afterCommand: Readonly<Record<string, RegExp>> = {
  sshpass: upTo('-p ?'),
  mysql: upTo('-p(?!ort|assword|rotocol|refix|id)'),
  mariadb: upTo('-p(?!ort|assword|rotocol|refix|id)'),
  psexec: upTo('-p +'),
  mongo: upTo('-p +'),
  'docker login': upTo('-p +'),
  'podman login': upTo('-p +'),
  'oc login': upTo('-p +'),
  'az login': upTo('-p +'),
  'redis-cli': upTo('-a +'),
  ldapsearch: upTo('-w +'),
  ldapadd: upTo('-w +'),
  ldapmodify: upTo('-w +'),
  smbclient: upTo(String.raw`-U +["']?[\w.\\-]{1,64}%`),
  plink: upTo('-pw +'),
  pscp: upTo('-pw +'),
  xfreerdp: upTo('/p:'),
  sqlcmd: upTo('-P ?'),
  ipmitool: upTo('-P +'),
  mosquitto_: upTo('-P +'),
  'lftp -u': upTo(String.raw`?["']?[\w.@-]{1,64},`),
  'rabbitmqctl add_user': new RegExp(String.raw`\s+[\w.@-]{1,64}\s+${value}`, 'dy'),
  'rabbitmqctl change_password': new RegExp(String.raw`\s+[\w.@-]{1,64}\s+${value}`, 'dy'),
  htpasswd: new RegExp(
    String.raw`\s+-[a-zA-Z]{0,4}b[a-zA-Z]{0,4}(?:\s+-\w)?\s+\S{1,96}\s+[\w.@-]{1,64}\s+${value}`,
    'dy',
  ),
  '-passin pass:': new RegExp(value, 'dy'),
  '-passout pass:': new RegExp(value, 'dy'),
};
const beforeCommand: Readonly<Record<string, RegExp>> = {
  chpasswd: piped(String.raw`[\w$.-]{1,32}:`),
  'sudo -s': piped(''),
};

/** A password among the arguments of a command, or piped into one. The finding is the password only. */
export const commandPassword: Rule = {
  id: 'command-password',
  category: 'secret',
  title: 'Password on a command line',
  get patterns() {
    const [after, before] = [afterCommand, beforeCommand].map((commands) =>
      Object.keys(commands).map(literally).join('|'),
    );
    return [
      `(?i:${after})[\\s\\S]{0,240}?[^\\s"'$%<>{}()|;&]{4,64}`,
      `echo +[^|\\n]{4,100}\\| *(?:sudo +)?(?i:${before})`,
    ];
  },
  severity: 'high',
  confidence: 'medium',
  isGeneric: true,
  keywords: [...Object.keys(afterCommand), ...Object.keys(beforeCommand)],
  maximumLength: reach + 64,
  match(text, keywordStart, keywordEnd) {
    const keyword = text.slice(keywordStart, keywordEnd).toLowerCase();
    const before = beforeCommand[keyword];
    if (before !== undefined) {
      const from = Math.max(0, keywordStart - reach);
      return secretOf(before.exec(text.slice(from, keywordStart)), from);
    }
    const option = afterCommand[keyword]!;
    option.lastIndex = 0;
    return secretOf(option.exec(text.slice(keywordEnd, keywordEnd + reach)), keywordEnd);
  },
  validate: (password) =>
    isPlaceholderPassword(password) ||
    isTemplate(password) ||
    isStandInPhrase(password) ||
    isWeakWord(password)
      ? 'refuted'
      : 'plausible',
  remediation: {
    steps: [
      'Change the password: it is also in the history of shells and in lists of processes.',
      'Let the command read it from a file, a prompt or a credential store.',
      'Remove the value from the text, its history and its backups.',
    ],
    references: ['https://cwe.mitre.org/data/definitions/214.html'],
  },
  mappings: { ...credentialMappings, cwe: ['CWE-798', 'CWE-214'] },
};

/** Words alone warn: manuals show them. */
function secretOf(found: RegExpExecArray | null, from: number): Match | undefined {
  const span = found?.indices?.groups?.secret;
  if (span === undefined) return undefined;
  const isWord = /^[A-Za-z_-]+$/.test(found!.groups!.secret!);
  const match = { start: from + span[0], end: from + span[1] };
  return isWord ? { ...match, severity: 'medium', confidence: 'low' } : match;
}
