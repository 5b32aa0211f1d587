import type { RuleCases } from '../testing/rule-cases.ts';
import { everywhere, masked } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(1);
const key = tokens.awsAccessKey();

export const cases: RuleCases = {
  positives: [
    ...everywhere(key, { validated: true, confidence: 'high' }),
    ...everywhere(tokens.awsAccessKey('ASIA'), { validated: true }),
    ...everywhere(`${key.slice(0, -1)}8`, { validated: false, confidence: 'high' }),
    ...everywhere(tokens.awsAccessKey('A3TX'), { validated: true }),
    masked(`AKIA${'X'.repeat(16)}`),
  ],
  negatives: [
    `${key}A`,
    key.slice(0, -1),
    key.toLowerCase(),
    `X${key}`,
    `AKIA${'IOSFODNN7'}EXAMPLE`,
    'Asia and Akia are names',
    `AROA${tokens.awsAccessKey('')}`,
  ],
};
