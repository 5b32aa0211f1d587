import { ALPHANUMERIC, classesOf, DASH, DIGIT, isAt, LETTER, runEnd, startsToken } from '../characters.ts';
import { judgeBody } from '../matchers/prefix-token.ts';
import type { Rule } from '../rule.ts';
import { credentialMappings, revokeAndRotate } from '../rule.ts';

const longest = 320;

/**
 * `xoxb-`, `xoxp-` and siblings: groups of digits (team, user), then the secret; `xapp-1-` for app-level
 * tokens. Source: https://api.slack.com/concepts/token-types
 */
export const slackToken: Rule = {
  id: 'slack-token',
  category: 'secret',
  title: 'Slack token',
  patterns: [
    'xox[a-eoprs]-[0-9A-Za-z%-]{12,315}',
    String.raw`xoxe\.xox[bp]-[0-9A-Za-z-]{20,310}`,
    'xapp-[0-9A-Za-z-]{20,315}',
  ],
  severity: 'critical',
  confidence: 'high',
  keywords: [
    'xoxa-',
    'xoxb-',
    'xoxc-',
    'xoxd-',
    'xoxe-',
    'xoxo-',
    'xoxp-',
    'xoxr-',
    'xoxs-',
    'xoxe.xox',
    'xapp-',
  ],
  keywordAt: 0,
  maximumLength: longest,
  match(text, start, keywordEnd) {
    if (text.charCodeAt(start) !== 120 || !startsToken(text, start, ALPHANUMERIC | DASH)) return undefined;
    // A configuration token wraps another prefix: `xoxe.xoxp-1-…`.
    const from = text.startsWith('xoxe.xox', start) ? keywordEnd + 2 : keywordEnd;
    let end = runEnd(text, from, ALPHANUMERIC | DASH, start + longest);
    if (text.startsWith('xoxd-', start)) end = percentEncodedEnd(text, end, start + longest);
    while (end > from && text.charCodeAt(end - 1) === 45) end--;
    // Legacy workspace tokens are short.
    const shortest = 'arAR'.includes(text[start + 3]!) ? 12 : 20;
    return end - from < shortest ? undefined : { start, end, publicPrefix: Math.min(5, keywordEnd - start) };
  },
  validate(value) {
    const groups = value.slice(5).split('-');
    const secret = groups.at(-1)!;
    const kinds = classesOf(value.slice(5));
    if ((kinds & DIGIT) === 0 || (kinds & LETTER) === 0) return 'refuted';
    const isGrouped =
      groups.length > 1 && secret.length >= 24 && groups.some((group) => /^\d{9,13}$/.test(group));
    return judgeBody(secret, isGrouped ? 'proved' : 'plausible');
  },
  remediation: revokeAndRotate('Slack (auth.revoke, or the settings of the app)', [
    'https://docs.slack.dev/reference/methods/auth.revoke/',
  ]),
  mappings: credentialMappings,
};

/** Browser tokens (`xoxd-`) are percent-encoded in cookies. */
function percentEncodedEnd(text: string, from: number, limit: number): number {
  let end = from;
  while (end < Math.min(limit, text.length)) {
    if (!isAt(text, end, ALPHANUMERIC | DASH) && text[end] !== '%') break;
    end++;
  }
  return end;
}
