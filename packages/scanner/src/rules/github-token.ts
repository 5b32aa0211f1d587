import { ALPHANUMERIC, BASE64URL, DIGIT, DOT, isAt, runEnd, startsToken, WORD } from '../characters.ts';
import { hasBase62Checksum } from '../checksum.ts';
import type { PrefixFormat } from '../matchers/prefix-token.ts';
import { judgeBody, matchPrefixToken } from '../matchers/prefix-token.ts';
import type { Match, Rule } from '../rule.ts';
import { credentialMappings, revokeAndRotate } from '../rule.ts';

const fineGrained: PrefixFormat = { prefix: 'github_pat_', alphabet: WORD, minimum: 82, maximum: 82 };
const longest = 1024;

/**
 * `ghp_` and its siblings with 30 random base62 characters and six of CRC-32; `github_pat_` with 22, `_`, 59;
 * and the installation tokens of 2026, `ghs_<app id>_<JWT>`. Sources:
 * https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/,
 * https://github.blog/changelog/2026-05-15-github-app-installation-tokens-per-request-override-header/
 */
export const githubToken: Rule = {
  id: 'github-token',
  category: 'secret',
  title: 'GitHub token',
  patterns: [
    'ghp_[0-9A-Za-z]{36,251}',
    'gho_[0-9A-Za-z]{36,251}',
    'ghu_[0-9A-Za-z]{36,251}',
    'ghs_[0-9A-Za-z]{36,251}',
    'ghr_[0-9A-Za-z]{36,251}',
    'ghs_[0-9]{1,20}_eyJ[0-9A-Za-z_.-]{30,1000}',
    'github_pat_[0-9A-Za-z_]{82}',
  ],
  severity: 'critical',
  confidence: 'high',
  keywords: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
  keywordAt: 0,
  maximumLength: longest,
  match(text, start, keywordEnd) {
    if (keywordEnd - start > 4) {
      const match = matchPrefixToken(text, start, fineGrained);
      return text[start + 33] === '_' ? match : undefined;
    }
    const prefix = text.slice(start, keywordEnd);
    if (prefix !== prefix.toLowerCase()) return undefined;
    // GitHub reserves up to 255 characters, so a longer body is one token and not none.
    const classic = { prefix, alphabet: ALPHANUMERIC, minimum: 36, maximum: 251 };
    return matchPrefixToken(text, start, classic) ?? matchStateless(text, start, keywordEnd);
  },
  validate(value) {
    if (value.startsWith('github_pat_')) return judgeBody(value.slice(11), 'proved');
    if (value.includes('.')) return 'proved';
    const body = value.slice(4);
    if (body.length === 36 && hasBase62Checksum(body)) return 'proved';
    return judgeBody(body, 'plausible');
  },
  remediation: revokeAndRotate('GitHub (Settings, Developer settings)', [
    'https://docs.github.com/en/code-security/secret-scanning/working-with-secret-scanning-and-push-protection/remediating-a-leaked-secret',
  ]),
  mappings: credentialMappings,
};

function matchStateless(text: string, start: number, keywordEnd: number): Match | undefined {
  const appEnd = runEnd(text, keywordEnd, DIGIT, keywordEnd + 20);
  if (appEnd === keywordEnd || !text.startsWith('_eyJ', appEnd) || !startsToken(text, start))
    return undefined;
  const end = runEnd(text, appEnd, BASE64URL | DOT, start + longest - 1);
  const parts = text.slice(appEnd + 1, end).split('.');
  const isWhole = !isAt(text, end, BASE64URL);
  if (!isWhole || parts.length < 3 || parts.slice(0, 3).some((part) => part.length < 10)) return undefined;
  const sentenceDots = parts.slice(3).join('.').length + parts.length - 3;
  return { start, end: end - sentenceDots, publicPrefix: 4 };
}
