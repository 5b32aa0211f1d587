import { isAt, QUOTE } from '../characters.ts';
import { isPlaceholderPassword, isStandInPhrase, isTemplate, isWeakWord } from '../matchers/placeholder.ts';
import type { Rule } from '../rule.ts';
import { credentialMappings } from '../rule.ts';

const reach = 160;
const client = /\b(?:curl|https?|xh|lwp-request)\b[^\n;|&]*$/;
const pair = /^([^\s:"'`$%<>{}\\]{1,64}):([^\s"'`$<>{}\\|;]{4,128})(?=$|["'`\s|;\\])/;

/** `curl -u user:password` (curl manual, option `--user`), also HTTPie's `-a`. The finding is the password only. */
export const curlBasicAuth: Rule = {
  id: 'curl-basic-auth',
  category: 'secret',
  title: 'Password on a command line',
  patterns: [
    '(?i:curl|https?|xh|lwp-request)\\b[^\\n;|&]{0,160}? (?:-u|--user|-a|--auth)[ =]{0,4}\\\\?["\'`]?[^\\s:"\'`$%<>{}\\\\]{1,64}:[^\\s"\'`$<>{}\\\\|;]{4,128}',
  ],
  severity: 'high',
  confidence: 'medium',
  isGeneric: true,
  keywords: [' -u', ' --user', ' -a ', ' --auth'],
  maximumLength: reach + 220,
  match(text, keywordStart, keywordEnd) {
    if (!client.test(text.slice(Math.max(0, keywordStart - reach), keywordStart))) return undefined;
    let at = keywordEnd;
    if (text[at] === '=') at++;
    while (at < keywordEnd + 4 && text[at] === ' ') at++;
    if (text[at] === '\\') at++;
    if (isAt(text, at, QUOTE)) at++;
    const found = pair.exec(text.slice(at, at + 200));
    if (found === null || found[1] === found[2]) return undefined;
    const password = found[2]!;
    if (isWeakWord(password)) return undefined;
    const start = at + found[1]!.length + 1;
    return { start, end: start + password.length };
  },
  validate: (value) =>
    isPlaceholderPassword(value) || isTemplate(value) || isStandInPhrase(value) || value.startsWith('//')
      ? 'refuted'
      : 'plausible',
  remediation: {
    steps: [
      'Change the password: it is also in the history of shells and in lists of processes.',
      'Let curl read it from a file with `--netrc-file` or `--config`.',
      'Remove the value from the text, its history and its backups.',
    ],
    references: ['https://curl.se/docs/manpage.html#-u'],
  },
  mappings: { ...credentialMappings, cwe: ['CWE-798', 'CWE-214'] },
};
