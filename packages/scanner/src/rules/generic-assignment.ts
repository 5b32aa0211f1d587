import { assignedValue } from '../matchers/assignment.ts';
import { identifierAround, nounOf, wordsAt } from '../matchers/identifier.ts';
import { isPlausibleSecret } from '../matchers/plausible-secret.ts';
import type { Rule } from '../rule.ts';
import { credentialMappings } from '../rule.ts';

/**
 * A secret by the name it is assigned to, where no provider's format tells. The last noun of the name decides
 * (`public_key`, `password_hash` and `monkey` are none), then the shape of the value.
 */
export const genericAssignment: Rule = {
  id: 'generic-assignment',
  category: 'secret',
  title: 'Hard-coded password or key',
  severity: 'high',
  confidence: 'medium',
  keywords: ['pass', 'pwd', 'pswd', 'secret', 'token', 'key', 'credential', 'creds'],
  maximumLength: 320,
  match(text, keywordStart, keywordEnd) {
    const identifier = identifierAround(text, keywordStart, keywordEnd);
    if (identifier === undefined) return undefined;
    const value = assignedValue(text, identifier.start, identifier.end);
    if (value === undefined) return undefined;
    const noun = nounOf(wordsAt(text, identifier));
    if (noun === undefined) return undefined;
    const secret = text.slice(value.start, value.end);
    const isQuoted = value.isQuoted;
    return isPlausibleSecret(secret, noun, isQuoted) ? { start: value.start, end: value.end } : undefined;
  },
  remediation: {
    steps: [
      'Change the password or key where it is used.',
      'Read it from the environment or a secret store instead of writing it down.',
      'Remove the value from the text, its history and its backups.',
    ],
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html'],
  },
  mappings: { ...credentialMappings, cwe: ['CWE-798', 'CWE-259', 'CWE-312'] },
};
