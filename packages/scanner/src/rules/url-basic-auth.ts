import { ALPHANUMERIC, isAt } from '../characters.ts';
import { isTemplate } from '../matchers/placeholder.ts';
import type { Rule } from '../rule.ts';
import { credentialMappings } from '../rule.ts';

const authority = /^([^\s:/?#@"'`<>\\[\]{}$%|]{1,64}):([^\s:/?#@"'`<>\\[\]{}$%|]{4,64})@(?=[A-Za-z\d[%{$<])/;

/**
 * `scheme://user:password@host` (RFC 3986, userinfo) where the password is a word of documentation, as
 * `password` and `secret`, or the host is put in later: what `connection-string` leaves out. Such words are
 * often the password that the service was really given.
 */
export const urlBasicAuth: Rule = {
  id: 'url-basic-auth',
  category: 'secret',
  title: 'Guessable password in a URL',
  patterns: ['[0-9A-Za-z]://[^\\s:/?#@"\'`<>\\\\[\\]{}$%|]{1,64}:[^\\s:/?#@"\'`<>\\\\[\\]{}$%|]{4,64}@'],
  severity: 'low',
  confidence: 'low',
  isGeneric: true,
  keywords: ['://'],
  maximumLength: 136,
  match(text, keywordStart, keywordEnd) {
    if (!isAt(text, keywordStart - 1, ALPHANUMERIC)) return undefined;
    const found = authority.exec(text.slice(keywordEnd, keywordEnd + 132));
    if (found === null) return undefined;
    const start = keywordEnd + found[1]!.length + 1;
    return { start, end: start + found[2]!.length };
  },
  validate: (value) => (isTemplate(value) || /^\d{1,5}$/.test(value) ? 'refuted' : 'plausible'),
  remediation: {
    steps: [
      'If a service answers to this password, change it: it is among the first that anyone tries.',
      'Take the URL from the environment or a secret store.',
    ],
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html'],
  },
  mappings: { ...credentialMappings, cwe: ['CWE-798', 'CWE-1392'] },
};
