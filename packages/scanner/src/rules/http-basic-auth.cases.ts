import type { RuleCases } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(32);
const pair = (password: string) => Buffer.from(`deploy:${password}`).toString('base64');
const value = pair(tokens.password());
const weak = pair('password');
const ntlm = (type: number) =>
  Buffer.from(`NTLMSSP\0${String.fromCharCode(type)}\0\0\0${tokens.body(48)}`).toString('base64');
const answer = ntlm(3);

export const cases: RuleCases = {
  positives: [
    ...[
      `Authorization: Basic ${value}`,
      `curl -H "Authorization: Basic ${value}" https://host.test`,
      `headers["Authorization"] = "Basic ${value}"`,
      `{"Authorization":"Basic ${value}"}`,
    ].map((text) => ({ text, value, expected: { confidence: 'high' as const, severity: 'high' as const } })),
    ...[`{"value": "Basic ${value}"}`, `It sends Basic ${value}.`].map((text) => ({
      text,
      value,
      expected: { confidence: 'medium' as const },
    })),
    { text: `Authorization: Basic ${weak}`, value: weak, expected: { confidence: 'low', severity: 'low' } },
    { text: `Authorization: NTLM ${answer}`, value: answer },
  ],
  negatives: [
    'Authorization: Basic <credentials>',
    'The basic authentication of the service, a basic understanding: fine',
    `Authorization: Basic ${tokens.body(24)}`,
    `Authorization: Basic ${Buffer.from('without a colon').toString('base64')}`,
    `Authorization: Basic ${Buffer.from('deploy:').toString('base64')}`,
    `Authorization: NTLM ${ntlm(1)}`,
    `Visual-Basic${value}`,
    `basic ${value.slice(0, 6)}`,
  ],
};
