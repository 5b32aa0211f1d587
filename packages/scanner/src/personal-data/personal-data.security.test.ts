import { describe, expect, it } from 'vitest';
import { createScanner } from '../scan.ts';
import { isLinear } from '../testing/linear-cost.ts';
import { identifierCases } from './identifiers.cases.ts';
import { personalDataRules } from './personal-data.ts';

const scan = createScanner(personalDataRules);

const lengths = Array.from({ length: 20 }, (_, i) => i + 1);
const units: Record<string, string> = {
  'groups of hex': 'ab:',
  'groups of IPv6': '1ab2:',
  'double colons': '1::',
  'addresses of IPv4': '1.2.3.4 ',
  'octets without end': '255.',
  'plus signs': '+1',
  'numbers of E.164': '+49301234567 ',
  'American numbers': '415-555-',
  brackets: '+1 (1) ',
  'house numbers': '1 Aa ',
  'names of streets': '1 Aaaaaaaaaaaaaaaaaaaa 1st ',
  'Base58 runs': '1A',
  'words of dates': 'born 1 ',
  'two terms of a field': 'kyc cvv ',
  escapes: '%31',
  'escapes of units': '\\u0031',
};
for (const length of lengths) {
  for (const separator of [' ', '-', '\n', ', ssn ']) {
    units[`groups of ${length} digits and ${JSON.stringify(separator)}`] = '7'.repeat(length) + separator;
  }
}
for (const [id, { positives }] of Object.entries(identifierCases)) {
  units[`${id} again and again`] = `${positives[0]!.text} `;
}

describe('hostile personal data costs linear time', () => {
  it.each(Object.entries(units))('%s', (_name, unit) => {
    // Short, so that a run is seldom interrupted by other work.
    expect(isLinear(scan, unit, 4096)).toBe(true);
  });
});

describe('every rule of personal data', () => {
  it('looks no farther back than its maximum length', () => {
    for (const rule of personalDataRules) expect(rule.maximumLength).toBeLessThanOrEqual(512);
  });
});
