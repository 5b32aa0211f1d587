import type { RuleCases } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(78);
const four = `203.0.113.${1 + (Number(tokens.digits(2)) % 250)}`;
const six = `2001:db8:${tokens.hex(4)}::1${tokens.hex(3)}:9${tokens.hex(3)}`;
const whole = Array.from({ length: 8 }, () => `1${tokens.hex(3)}`).join(':');
const pairs = (separator: string) =>
  Array.from({ length: 6 }, (_, i) => `${i}${tokens.hex(1)}`).join(separator);
const letters = ['AB', 'CD', 'EF', 'AC', 'DC', 'BA'].join(':');
const dotted = `00${tokens.hex(2)}.1${tokens.hex(3)}.${tokens.hex(3)}a`;

/** Cases by rule id. */
export const cases: Readonly<Record<string, RuleCases>> = {
  'ip-address-four': {
    positives: [
      four,
      `(${four})`,
      `host ${four}:8080`,
      `${four}/24`,
      `from ${four}.`,
      `http://${four}/x`,
      `\\n${four}`,
    ].map((text) => ({ text, value: four, expected: { severity: 'low' as const } })),
    negatives: [
      `${four}.1`,
      `1.${four}`,
      '256.1.1.1',
      '1.2.3',
      `v${four}`,
      `version ${four}`,
      `release: ${four}`,
      `IP${four}`,
      `${four}x`,
      '1.2.3.4.5.6',
    ],
  },
  'ip-address-six': {
    positives: [
      ...[six, whole].flatMap((value) =>
        [value, `[${value}]:80`, `${value}/64`, `at ${value}.`].map((text) => ({ text, value })),
      ),
      { text: 'mapped ::ffff:203.0.113.7', value: '::ffff:203.0.113.7' },
      { text: 'listen on fe80::1ff:fe23:4567:890a', value: 'fe80::1ff:fe23:4567:890a' },
    ],
    negatives: [
      'std::string and a::b',
      'Foo::Bar::baz',
      '12:34:56',
      `${whole}:1`,
      `12345::${tokens.hex(2)}`,
      '2001:db8::1::2',
      '::ffff:300.0.113.7',
      pairs(':'),
      `${pairs(':')}:01:02`,
      'a ::: b',
      'auto operator :: next',
    ],
  },
  'mac-address': {
    positives: [
      ...[pairs(':'), pairs('-'), dotted].map((value) => ({ text: `MAC: ${value}`, value })),
      ...[pairs(':'), pairs('-')].map((value) => ({ text: `eth0 ${value} up`, value })),
      { text: `Physical address is ${letters}`, value: letters },
    ],
    negatives: [
      `${pairs(':')}:01`,
      `01:${pairs(':')}`,
      `${pairs('-')}-01`,
      '00:00:00:00:00:00',
      pairs(':').replace(':', '-'),
      'mac: aa:bb:cc',
      'macro 12:34:56',
      pairs(':').slice(0, -1),
    ],
  },
};
