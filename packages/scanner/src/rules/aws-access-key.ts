import { BASE32, DIGIT, isAt, runEnd, startsToken, UPPER, WORD } from '../characters.ts';
import { judgeBody } from '../matchers/prefix-token.ts';
import type { Rule } from '../rule.ts';
import { credentialMappings, revokeAndRotate } from '../rule.ts';

// `A3T` begins keys of the first years, as `git-secrets` of AWS lists them.
const prefixes = ['AKIA', 'ASIA', 'ABIA', 'ACCA', 'A3T'];
const keyLength = 20;

/**
 * Four letters of the kind, then 16 capitals and digits, in practice of base32. Source: IAM user guide,
 * "Unique identifiers".
 */
export const awsAccessKey: Rule = {
  id: 'aws-access-key',
  category: 'secret',
  title: 'AWS access key id',
  patterns: prefixes.map((prefix) => `${prefix}[0-9A-Z]{${keyLength - prefix.length}}`),
  severity: 'critical',
  confidence: 'high',
  keywords: prefixes,
  keywordAt: 0,
  maximumLength: 20,
  match(text, start, keywordEnd) {
    if (!prefixes.includes(text.slice(start, keywordEnd)) || !startsToken(text, start, WORD))
      return undefined;
    const end = runEnd(text, keywordEnd, UPPER | DIGIT, start + keyLength);
    if (end - start !== keyLength || isAt(text, end, WORD)) return undefined;
    return { start, end, publicPrefix: keywordEnd - start };
  },
  validate(value) {
    const isBase32 = runEnd(value, 3, BASE32, value.length) === value.length;
    return judgeBody(value.slice(value.startsWith('A3T') ? 3 : 4), isBase32 ? 'proved' : 'plausible');
  },
  remediation: revokeAndRotate('AWS IAM', [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
  ]),
  mappings: credentialMappings,
};
