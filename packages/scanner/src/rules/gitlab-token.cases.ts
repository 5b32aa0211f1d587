import type { RuleCases } from '../testing/rule-cases.ts';
import { everywhere, masked } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(4);
const token = tokens.gitlab();

export const cases: RuleCases = {
  positives: [
    ...everywhere(token, { validated: true }),
    ...everywhere(tokens.gitlab('gldt-')),
    ...everywhere(tokens.gitlabRoutable(), { validated: true }),
    ...everywhere(`glptt-${tokens.hex(40)}`),
    masked(`glpat-${'x'.repeat(20)}`),
  ],
  negatives: [
    token.slice(0, -1),
    `${token}Z`,
    `a${token}`,
    token.toUpperCase(),
    'glpat-your-token-goes-her',
    'the glpat- prefix',
  ],
};
