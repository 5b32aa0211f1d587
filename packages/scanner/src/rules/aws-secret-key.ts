import { BASE64, classesOf, DIGIT, EQUALS, HEX, isAt, LOWER, runEnd, UPPER } from '../characters.ts';
import { entropy, isStandIn } from '../matchers/randomness.ts';
import type { Match, Rule } from '../rule.ts';
import { credentialMappings, revokeAndRotate } from '../rule.ts';

const secretLength = 40;
const window = 96;

/**
 * Forty characters of base64 have no mark of their own, so the words before them, or an access key id close
 * by, must say what they are. Source: IAM user guide, "Managing access keys".
 */
export const awsSecretKey: Rule = {
  id: 'aws-secret-key',
  category: 'secret',
  title: 'AWS secret access key',
  patterns: [
    String.raw`(?i:aws[ _-]?secret|secret[ _-]?access[ _-]?key|(?:AKIA|ASIA)[0-9A-Z]{16})[\s\S]{0,96}?[0-9A-Za-z/+]{40}`,
  ],
  severity: 'critical',
  confidence: 'high',
  keywords: [
    'aws_secret',
    'aws-secret',
    'aws secret',
    'awssecret',
    'secret_access_key',
    'secret-access-key',
    'secret access key',
    'secretaccesskey',
    'akia',
    'asia',
  ],
  maximumLength: 20 + window + secretLength,
  match(text, start, keywordEnd) {
    const keyword = text.slice(start, keywordEnd);
    if (keyword === 'AKIA' || keyword === 'ASIA') {
      const end = runEnd(text, keywordEnd, BASE64, keywordEnd + 17);
      return end - keywordEnd === 16 ? secretAfter(text, end, true) : undefined;
    }
    return keyword.length > 4 ? secretAfter(text, keywordEnd, false) : undefined;
  },
  validate(value) {
    const hasAllKinds = [UPPER, LOWER, DIGIT].every((kind) => (classesOf(value) & kind) !== 0);
    const isDigest = runEnd(value, 0, HEX, secretLength) === secretLength;
    if (!hasAllKinds || isDigest || isStandIn(value)) return 'refuted';
    return entropy(value) >= 4 ? 'plausible' : 'refuted';
  },
  remediation: revokeAndRotate('AWS IAM', [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
  ]),
  mappings: credentialMappings,
};

/** First run of exactly 40 characters that begins within the window, on the same line unless told otherwise. */
function secretAfter(text: string, from: number, acrossLines: boolean): Match | undefined {
  const limit = Math.min(text.length, from + window);
  let at = from;
  while (at < limit) {
    const end = runEnd(text, at, BASE64, at + secretLength + 1);
    if (end - at === secretLength && !isAt(text, end, EQUALS)) return { start: at, end };
    if (end - at > secretLength || (!acrossLines && text.charCodeAt(end) === 10)) return undefined;
    at = afterEscape(text, end);
  }
  return undefined;
}

/** The index after the separator at `at`; the letter of a `\n` or `\t` belongs to the separator. */
function afterEscape(text: string, at: number): number {
  if (text[at] !== '\\') return at + 1;
  return 'nrt'.includes(text[at + 1] ?? ' ') ? at + 2 : at + 1;
}
