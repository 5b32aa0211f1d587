import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasEanCheckDigit,
  hasIcaoCheckDigit,
  hasMod11And10,
  hasMod97,
  hasVerhoeffChecksum,
  isDay,
  remainder,
} from './check-digits.ts';

const schemes = {
  Verhoeff: hasVerhoeffChecksum,
  'MOD 11,10': hasMod11And10,
  'EAN-13': hasEanCheckDigit,
  'ICAO 9303': hasIcaoCheckDigit,
};
const bodies = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 11, maxLength: 12 })
  .map((list) => list.join(''));

describe.each(Object.entries(schemes))('check digits of %s', (_name, isValid) => {
  it('complete every number in exactly one way', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        expect([...'0123456789'].filter((digit) => isValid(body + digit))).toHaveLength(1);
      }),
    );
  });
});

describe('check digits', () => {
  it('agree with the examples of their standards', () => {
    // Verhoeff's own example, GS1's, ISO 7064's, and the specimen passport of ICAO 9303 part 4.
    expect(hasVerhoeffChecksum(`236${3}`)).toBe(true);
    expect(hasEanCheckDigit(`629104150021${3}`)).toBe(true);
    expect(hasMod11And10(`0794${5}`)).toBe(true);
    expect(hasIcaoCheckDigit(`L898902C3${6}`)).toBe(true);
  });

  it('of Verhoeff notice two neighbours that changed places', () => {
    fc.assert(
      fc.property(bodies, fc.integer({ min: 0, max: 9 }), (body, at) => {
        const valid = [...'0123456789'].map((digit) => body + digit).find(hasVerhoeffChecksum)!;
        fc.pre(valid[at] !== valid[at + 1]);
        const swapped = valid.slice(0, at) + valid[at + 1]! + valid[at]! + valid.slice(at + 2);
        expect(hasVerhoeffChecksum(swapped)).toBe(false);
      }),
    );
  });

  it('of 97 hold for letters too, as in the examples of ISO 13616', () => {
    expect(hasMod97(`WEST12345698765432GB${82}`)).toBe(true);
    expect(hasMod97(`WEST12345698765432GB${83}`)).toBe(false);
  });

  it('take remainders of numbers too long for a double', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 40n }),
        fc.integer({ min: 2, max: 97 }),
        (number, modulus) => {
          expect(remainder(String(number), modulus)).toBe(Number(number % BigInt(modulus)));
        },
      ),
    );
  });
});

describe('days', () => {
  it('are those of the calendar, the leap day among them', () => {
    expect([isDay(2, 29), isDay(4, 30), isDay(12, 31)]).toEqual([true, true, true]);
    expect([isDay(2, 30), isDay(4, 31), isDay(0, 1), isDay(13, 1), isDay(1, 0)]).not.toContain(true);
  });
});
