import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomBytes } from '../../encryption/randomness.ts';
import { digestOf, newRecoveryCodes } from './recovery-codes.ts';

const key = randomBytes(32);
const digest = (code: string, account = 'alice', by = key) => digestOf(code, account, by)?.toString('hex');
const half = fc.string({
  unit: fc.constantFrom(...'abcdefghijkmnpqrstuvwxyz23456789'),
  minLength: 5,
  maxLength: 5,
});
const code = fc.tuple(half, half).map((halves) => halves.join('-'));

describe('recovery codes', () => {
  it('are ten, all different, in letters that cannot be misread', () => {
    const made = Array.from({ length: 200 }, newRecoveryCodes);
    for (const codes of made) expect(codes).toHaveLength(10);
    const all = made.flat();
    expect(new Set(all).size).toBe(2000);
    for (const one of all) expect(one).toMatch(/^[a-km-np-z2-9]{5}-[a-km-np-z2-9]{5}$/);
    // Ten places of 32 letters, each of which occurs: 50 bits.
    expect(new Set(all.join('').replaceAll('-', '')).size).toBe(32);
  });

  it('are taken however they are typed: case, spaces, no dash', () => {
    fc.assert(
      fc.property(
        code,
        fc.array(fc.tuple(fc.boolean(), fc.nat(3)), { minLength: 11, maxLength: 11 }),
        fc.boolean(),
        (one, styles, dash) => {
          const typed = [...one]
            .map((letter, i) => ' '.repeat(styles[i]![1]) + (styles[i]![0] ? letter.toUpperCase() : letter))
            .join('');
          expect(digest(dash ? typed : typed.replace('-', ''))).toBe(digest(one));
        },
      ),
    );
  });

  it('are another code when any letter differs, and none when the form differs', () => {
    fc.assert(
      fc.property(code, fc.nat(10), fc.string({ unit: 'binary', maxLength: 3 }), (one, at, other) => {
        const changed = one.slice(0, at) + other + one.slice(at + 1);
        const same = changed.replaceAll(/[ -]/g, '').toLowerCase() === one.replace('-', '');
        if (!same) expect(digest(changed)).not.toBe(digest(one));
      }),
    );
    for (const bad of [
      '',
      '123456',
      'abcde',
      'abcdefghij-',
      'abcd-efghij',
      'abcde--fghij',
      'abcde-fghi',
      'abcde-fghijk',
      'abcde-fghil',
      'abcde-fghi0',
      'abcde\nfghij',
    ])
      expect(digest(bad), JSON.stringify(bad)).toBeUndefined();
  });

  it('say nothing to who lacks the key, and nothing for another account', () => {
    const [one] = newRecoveryCodes();
    expect(digest(one!, 'bob')).not.toBe(digest(one!));
    expect(digest(one!, 'alice', randomBytes(32))).not.toBe(digest(one!));
  });
});
