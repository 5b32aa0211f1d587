import type { RuleCases } from '../testing/rule-cases.ts';
import { everywhere, lastChanged, masked } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(5);
const token = tokens.npm();

export const cases: RuleCases = {
  positives: [
    ...everywhere(token, { validated: true }),
    ...everywhere(lastChanged(tokens.npm()), { validated: false, confidence: 'high' }),
    masked(`npm_${'x'.repeat(12)}`),
    { text: `//registry.npmjs.org/:_authToken=${token}`, value: token },
  ],
  negatives: [
    token.slice(0, -1),
    `${token}a`,
    `x${token}`,
    'npm_config_registry=https://registry.npmjs.org',
    `npm_${'0'.repeat(36)}`,
    `npm_${'x'.repeat(6)}`,
    `npm_${'x'.repeat(12)}y`,
    `npm_\${TOKEN}`,
  ],
};
