import type { RuleCases } from '../testing/rule-cases.ts';
import { everywhere, masked } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(6);
const bot = tokens.slackBot();
const wrapped = `xoxe.xoxp-1-${tokens.body(160)}`;
const legacy = `xoxa-2-${tokens.body(11)}7`;

export const cases: RuleCases = {
  positives: [
    ...everywhere(bot, { validated: true }),
    ...everywhere(tokens.slackApp(), { validated: true }),
    ...everywhere(wrapped, { validated: false }),
    ...everywhere(`xoxp-${tokens.digits(11)}-${tokens.digits(12)}-${tokens.digits(12)}-${tokens.hex(32)}`),
    ...everywhere(legacy, { validated: false }),
    masked(`xoxb-${'1'.repeat(12)}-${'1'.repeat(12)}-${'x'.repeat(24)}`),
  ],
  negatives: [
    `a${bot}`,
    'xoxb-your-token-here-please',
    'xoxb-not-a-real-token-at-all',
    `xoxb-${tokens.digits(12)}`,
    'xoxb-',
  ],
};
