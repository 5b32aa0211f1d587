import type { RuleCases } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(33);
const value = `a1${tokens.body(38)}`;
const short = `${tokens.body(8)}7${tokens.body(7)}`;

export const cases: RuleCases = {
  positives: [
    ...[
      `Authorization: Bearer ${value}`,
      `curl -H 'Authorization: Bearer ${value}' https://host.test`,
      `headers["Authorization"] = "Bearer ${value}"`,
      `{"value": "Bearer ${value}"}`,
      `{\\"Authorization\\": \\"Bearer ${value}\\"}`,
      `Authorization: token ${value}`,
      `Authorization: SSWS ${value}`,
      `headers["Authorization"] = "GenieKey ${value}"`,
      `-H "Authorization: sso-key ${value}"`,
      `{'Authorization': 'Token token=${value}'}`,
      `Authorization: Klaviyo-API-Key ${value}`,
    ].map((text) => ({ text, value })),
    { text: `Authorization: Bearer ${short}\n`, value: short },
  ],
  negatives: [
    'Authorization: Bearer <token>',
    'Authorization: Bearer $TOKEN',
    `Authorization: Bearer \${TOKEN_2}`,
    'Authorization: Bearer your-token-goes-here-1',
    'Authorization: Bearer xxxxxxxxxxxxxxxxxxxx1',
    'the bearer of the certificate, and a token of appreciation',
    `Use a bearer authentication-middleware2 and the token ${value}`,
    `Authorization: Bearer ${tokens.body(6)}`,
    `Forbearer ${value}`,
    `Authorization: Digest ${value}`,
    `Authorization: ${'AWS4-HMAC-SHA256'} ${value}`,
    'Authorization: SSWS your-token-goes-here-1',
    'Authorization: requires authentication-middleware2',
    'authorization: the-policy-of-the-house applies-to-everybody',
    `Authorization: SSWS $TOKEN`,
  ],
};
