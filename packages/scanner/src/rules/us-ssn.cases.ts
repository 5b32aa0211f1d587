import type { RuleCases } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(17);
const dashed = tokens.ssn();
const plain = tokens.ssn('');
const spaced = tokens.ssn(' ');
const invalid = ['000', '666', '901', '999'].map((area) => `${area}-12-3456`);

export const cases: RuleCases = {
  positives: [
    ...[dashed, `(${dashed})`, `id ${dashed}.`, `"${dashed}"`, `\\n${dashed}\\n`, `号码${dashed}`].map(
      (text) => ({
        text,
        value: dashed,
        expected: { confidence: 'medium' as const },
      }),
    ),
    ...[`SSN: ${dashed}`, `her social security number is ${dashed}`, `{"ssn":"${dashed}"}`].map((text) => ({
      text,
      value: dashed,
      expected: { confidence: 'high' as const },
    })),
    ...[spaced, tokens.ssn('.')].map((value) => ({
      text: value,
      value,
      expected: { confidence: 'low' as const, severity: 'low' as const },
    })),
    { text: `ssn=${plain}`, value: plain },
    { text: `Social Security: ${spaced}`, value: spaced },
  ],
  negatives: [
    plain,
    `we counted ${spaced} of them`,
    `${spaced}\n${spaced}`,
    ...invalid,
    ...invalid.map((text) => `ssn ${text}`),
    `ssn ${dashed.slice(0, 3)}-00-1234`,
    `ssn ${dashed.slice(0, 6)}-0000`,
    `078-05-${'1120'}`,
    `1${dashed}`,
    `${dashed}1`,
    `${dashed}-1`,
    `12-${dashed}`,
    '2024-01-02 and 555-12-34567',
    `ssn\n${plain}`,
    `ssn: ${dashed.slice(0, 3)} ${dashed.slice(4, 6)}-${dashed.slice(7)}`,
    `ssn ${tokens.digits(10)}`,
  ],
};
