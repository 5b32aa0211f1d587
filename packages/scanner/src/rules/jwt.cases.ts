import type { RuleCases } from '../testing/rule-cases.ts';
import { everywhere } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(12);
const token = tokens.jwt();
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = `${part({ alg: 'none' })}.${part({ sub: 'me' })}`;
const note = { severity: 'low', confidence: 'low', validated: false } as const;

export const cases: RuleCases = {
  positives: [
    ...everywhere(token, { validated: true }),
    ...everywhere(tokens.jwt({ typ: 'JWT', alg: 'ES256', kid: 'a' }, { iss: 'https://issuer.test', exp: 1 })),
    { text: `Authorization: Bearer ${token}`, value: token },
    ...[unsigned, token.slice(0, token.lastIndexOf('.'))].flatMap((value) =>
      [value, `${value}.`, `"${value}"`, `jwt=${value};`].map((text) => ({ text, value, expected: note })),
    ),
  ],
  negatives: [
    tokens.jwt({ typ: 'JWT' }),
    `${part({ alg: 'none' })}.${tokens.body(12)}`,
    `${part({ alg: 'HS256' })}.${tokens.body(30)}.${tokens.body(43)}`,
    `eyJ${tokens.body(20)}.eyJ${tokens.body(20)}.${tokens.body(43)}`,
    `A${token}`,
    part({ alg: 'HS256', just: 'base64 of some JSON' }),
    'eyJ.eyJ.eyJ',
  ],
};
