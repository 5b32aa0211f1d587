import type { RuleCases } from '../testing/rule-cases.ts';
import { everywhere, masked } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(7);
const key = tokens.stripe();

export const cases: RuleCases = {
  positives: [
    ...everywhere(key, { validated: true, severity: 'critical' }),
    ...everywhere(tokens.stripe('rk_live_', 99), { validated: true }),
    ...everywhere(tokens.stripe('sk_test_'), { severity: 'medium' }),
    masked(`sk_live_${'x'.repeat(24)}`),
  ],
  negatives: [
    `a${key}`,
    tokens.stripe('pk_live_'),
    tokens.stripe('sk_live_', 10),
    key.toUpperCase(),
    'sk_live_your_key',
    'task_live_update_of_the_board',
  ],
};
