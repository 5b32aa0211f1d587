import type { RuleCases } from '../testing/rule-cases.ts';
import { everywhere, lastChanged, masked } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(3);
const classic = tokens.github();
const forged = lastChanged(tokens.github());

export const cases: RuleCases = {
  positives: [
    ...everywhere(classic, { validated: true }),
    ...['gho', 'ghu', 'ghs', 'ghr'].flatMap((prefix) =>
      everywhere(tokens.github(prefix), { validated: true }),
    ),
    ...everywhere(tokens.githubFineGrained(), { validated: true }),
    ...everywhere(tokens.githubStateless(), { validated: true }),
    ...everywhere(forged, { validated: false, confidence: 'high' }),
    { text: `https://${classic}@github.com/o/r.git`, value: classic },
    { text: `TOKEN=gh\n_${classic}_`, value: classic },
    {
      text: `ghp_${'abcdefghijklmnopqrstuvwxyz'}1234567890`,
      value: `ghp_${'abcdefghijklmnopqrstuvwxyz'}1234567890`,
      expected: { validated: false, confidence: 'medium' },
    },
    masked(`ghp_${'x'.repeat(36)}`),
  ],
  negatives: [
    classic.slice(0, -1),
    `a${classic}`,
    classic.toUpperCase(),
    `github_pat_${tokens.body(82)}`,
    'ghs_123_eyJ.a.b',
    'ghp_ is the prefix of a token',
  ],
};
