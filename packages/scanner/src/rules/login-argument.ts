import { isIn, QUOTE, runEnd, SPACE } from '../characters.ts';
import { judgeAssignment } from '../matchers/assignments/score.ts';
import { openingQuote, valueAt } from '../matchers/assignments/value.ts';
import type { Match, Rule } from '../rule.ts';
import { credentialMappings } from '../rule.ts';

/** Calls of common libraries that take a password, and how many arguments stand before it. */
const argumentsBefore: Readonly<Record<string, number>> = {
  'auth=(': 1,
  'auth = (': 1,
  'basicauth(': 1,
  'basic_auth(': 1,
  'digestauth(': 1,
  'passwordcredentials(': 1,
  'passwordauthentication(': 1,
  'networkcredential(': 1,
  '.login(': 1,
  'plainauth(': 2,
  'mysqli_connect(': 2,
  'new mysqli(': 2,
  'new pdo(': 2,
  'ftp_login(': 2,
  'imap_open(': 2,
  'drivermanager.getconnection(': 2,
};
/** Constructors of clients, whose only or first argument is often the key. */
const clients: readonly string[] = ['client(', 'sdk(', 'api('];
const longestArgument = 96;

/**
 * The password in a call that logs in: `requests.get(url, auth=("me", "v"))`, `new NetworkCredential("me", "v")`,
 * `DriverManager.getConnection(url, "me", "v")`; and the key that a client is made with: `new AcmeClient("v")`. Both
 * are judged as assigned ones.
 */
export const loginArgument: Rule = {
  id: 'login-argument',
  category: 'secret',
  title: 'Password or key in a call that logs in',
  patterns: [
    '(?i:auth|basic_?auth|login|connect|mysqli|pdo|open|credentials?|authentication|connection|client|sdk|api)\\w* ?=? ?\\([^()]{0,300}?["\'`][^\\s"\'`]{4,512}["\'`]',
  ],
  severity: 'medium',
  confidence: 'low',
  isGeneric: true,
  keywords: [...Object.keys(argumentsBefore), ...clients],
  maximumLength: 32 + 3 * longestArgument + 520,
  match(text, keywordStart, keywordEnd) {
    const count = argumentsBefore[text.slice(keywordStart, keywordEnd).toLowerCase()];
    if (count === undefined) return keyOfClient(text, keywordStart, keywordEnd);
    let at = keywordEnd;
    for (let i = 0; i < count && at !== -1; i++) at = afterArgument(text, at);
    if (at === -1) return undefined;
    at = runEnd(text, at, SPACE, at + 24);
    const value = openingQuote(text, at) === -1 ? undefined : valueAt(text, at);
    if (value === undefined || /\s/.test(text.slice(value.start, value.end))) return undefined;
    const name = { start: keywordStart, end: keywordEnd - 1 };
    const judgement = judgeAssignment({
      text,
      name,
      noun: 'password',
      value: { ...value, operator: 'call' },
    });
    if (judgement === undefined || judgement.isUuid) return undefined;
    const match = { start: value.start, end: value.end, reasons: judgement.reasons };
    if (judgement.likelihood === 'doubtful') return match;
    return { ...match, confidence: 'medium', ...(judgement.isWordy ? {} : { severity: 'high' }) };
  },
  remediation: {
    steps: [
      'Change the password where it is used.',
      'Read it from the environment or a secret store instead of writing it down.',
      'Remove the value from the text, its history and its backups.',
    ],
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html'],
  },
  mappings: { ...credentialMappings, cwe: ['CWE-798', 'CWE-259'] },
};

function keyOfClient(text: string, start: number, end: number): Match | undefined {
  const value = openingQuote(text, end) === -1 ? undefined : valueAt(text, end);
  if (value === undefined || /\s/.test(text.slice(value.start, value.end))) return undefined;
  const name = { start, end: end - 1 };
  const judgement = judgeAssignment({ text, name, noun: 'key', value: { ...value, operator: 'call' } });
  const isKey = judgement?.likelihood === 'likely' && !judgement.isWordy;
  return isKey ? { start: value.start, end: value.end, reasons: judgement.reasons } : undefined;
}

/** Index after the comma that ends the argument at `from`: a string, or an expression without brackets; -1 without. */
function afterArgument(text: string, from: number): number {
  const start = runEnd(text, from, SPACE, from + 24);
  const open = openingQuote(text, start);
  const limit = Math.min(text.length, start + longestArgument);
  let at = start;
  if (open !== -1) {
    at = text.indexOf(text[open]!, open + 1) + 1;
    if (at === 0 || at > limit) return -1;
  }
  while (at < limit) {
    const code = text.charCodeAt(at);
    if (text[at] === ',') return at + 1;
    if (isIn(code, QUOTE) || '()[]{};\n'.includes(text[at]!)) return -1;
    at++;
  }
  return -1;
}
