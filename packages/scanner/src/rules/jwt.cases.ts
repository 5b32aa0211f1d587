import type { RuleCases } from '../testing/rule-cases.ts';
import { everywhere } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(12);
const token = tokens.jwt();
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

export const cases: RuleCases = {
  positives: [
    ...everywhere(token, { validated: true }),
    ...everywhere(tokens.jwt({ typ: 'JWT', alg: 'ES256', kid: 'a' }, { iss: 'https://issuer.test', exp: 1 })),
    { text: `Authorization: Bearer ${token}`, value: token },
  ],
  negatives: [
    token.slice(0, token.lastIndexOf('.')),
    tokens.jwt({ typ: 'JWT' }),
    `${part({ alg: 'none' })}.${part({ sub: 1 })}.`,
    `${part({ alg: 'HS256' })}.${tokens.body(30)}.${tokens.body(43)}`,
    `eyJ${tokens.body(20)}.eyJ${tokens.body(20)}.${tokens.body(43)}`,
    `A${token}`,
    part({ alg: 'HS256', just: 'base64 of some JSON' }),
    'eyJ.eyJ.eyJ',
  ],
};
