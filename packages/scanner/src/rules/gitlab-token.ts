import { BASE64URL, DIGIT, isAt, LOWER, runEnd, startsToken } from '../characters.ts';
import type { PrefixFormat } from '../matchers/prefix-token.ts';
import { judgeBody, matchAnyPrefixToken } from '../matchers/prefix-token.ts';
import type { Match, Rule } from '../rule.ts';
import { credentialMappings, revokeAndRotate } from '../rule.ts';

const opaque = (prefix: string, minimum: number, maximum = minimum, alphabet = BASE64URL): PrefixFormat => ({
  prefix,
  alphabet,
  minimum,
  maximum,
});

const formats = [
  opaque('glpat-', 20),
  opaque('gldt-', 20),
  opaque('glrt-', 20),
  opaque('glrt-t', 22),
  opaque('glft-', 20),
  opaque('glsoat-', 20, 64),
  opaque('glffct-', 20),
  opaque('glimt-', 25),
  opaque('glptt-', 40),
  opaque('glagent-', 50, 1024),
  opaque('gloas-', 64),
  opaque('glwt-', 20, 64),
  opaque('glcbt-', 20, 80),
];
const routablePrefixes = ['glpat-', 'glrt-', 'gldt-', 'glptt-', 'glcbt-'];

/**
 * Prefix and 20 base64url characters, or the routable form: a base64url payload, a dot, then base36 groups
 * for version, length and CRC. Sources: https://docs.gitlab.com/security/tokens/#token-prefixes and the
 * handbook's "Routable tokens".
 */
export const gitlabToken: Rule = {
  id: 'gitlab-token',
  category: 'secret',
  title: 'GitLab token',
  get patterns() {
    return [
      ...formats.map(({ prefix, minimum, maximum }) => `${prefix}[0-9A-Za-z_-]{${minimum},${maximum}}`),
      ...routablePrefixes.map((prefix) => `${prefix}[0-9A-Za-z_-]{27,300}(?:[.][0-9a-z]{2})?[.][0-9a-z]{9}`),
    ];
  },
  severity: 'critical',
  confidence: 'high',
  keywords: [...new Set(formats.map((format) => format.prefix))].filter((prefix) => prefix !== 'glrt-t'),
  keywordAt: 0,
  maximumLength: 1040,
  match(text, start) {
    return matchRoutable(text, start) ?? matchAnyPrefixToken(text, start, formats);
  },
  validate: (value) => judgeBody(value.slice(value.indexOf('-') + 1), 'proved'),
  remediation: revokeAndRotate('GitLab (Access tokens)', [
    'https://docs.gitlab.com/security/tokens/token_troubleshooting/',
    'https://docs.gitlab.com/security/tokens/',
  ]),
  mappings: credentialMappings,
};

function matchRoutable(text: string, start: number): Match | undefined {
  const prefix = routablePrefixes.find((candidate) => text.startsWith(candidate, start));
  if (prefix === undefined || !startsToken(text, start)) return undefined;
  const dot = runEnd(text, start + prefix.length, BASE64URL, start + prefix.length + 301);
  if (dot - start - prefix.length < 27) return undefined;
  let end = dot;
  for (const length of [2, 9]) {
    const groupEnd = text[end] === '.' ? runEnd(text, end + 1, DIGIT | LOWER, end + 11) : end;
    if (groupEnd - end - 1 === 9) return whole(text, start, groupEnd, prefix.length);
    if (groupEnd - end - 1 !== length) return undefined;
    end = groupEnd;
  }
  return undefined;
}

function whole(text: string, start: number, end: number, publicPrefix: number): Match | undefined {
  return isAt(text, end, BASE64URL) ? undefined : { start, end, publicPrefix };
}
