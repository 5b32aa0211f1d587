import type { RuleCases } from '../testing/rule-cases.ts';
import { everywhere, masked } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(10);
const key = tokens.anthropic();

export const cases: RuleCases = {
  positives: [
    ...everywhere(key, { validated: true }),
    ...everywhere(`sk-ant-oat01-${tokens.body(93)}AA`, { validated: true }),
    ...everywhere(`sk-ant-sid01-${tokens.body(70)}`, { validated: false, confidence: 'high' }),
    masked(`sk-ant-api03-${'x'.repeat(93)}AA`),
  ],
  negatives: [
    `a${key}`,
    key.slice(0, 40),
    key.toUpperCase(),
    'sk-ant-your-api-key-goes-here-in-this-very-place',
    'sk-ant- is how they start',
  ],
};
