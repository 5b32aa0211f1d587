import type { RuleCases } from '../testing/rule-cases.ts';
import { everywhere } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(9);
const key = tokens.openai();

export const cases: RuleCases = {
  positives: [
    ...everywhere(key, { validated: true }),
    ...everywhere(tokens.openaiLegacy(), { validated: true }),
    ...everywhere(`sk-svcacct-${tokens.body(60)}`, { validated: false, confidence: 'high' }),
    ...everywhere(`sk-${tokens.body(32)}`, { validated: false, confidence: 'medium' }),
  ],
  negatives: [
    `a${key}`,
    'sk-proj-your-key-here-and-then-some-more-characters-1',
    `sk-${'x'.repeat(48)}`,
    'the task-force, the desk-top and the sk-3 branch',
    'class="sk-folding-cube-with-a-very-long-name-and-2-words"',
    `sk-${tokens.body(12)}`,
  ],
};
