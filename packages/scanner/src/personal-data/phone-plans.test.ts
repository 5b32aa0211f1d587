import { describe, expect, it } from 'vitest';
import { isPossibleNumber } from './phone-plans.ts';

describe('numbers after a plus sign', () => {
  // Of the ranges that regulators keep for drama and documentation (NANPA 555, Ofcom, ACMA), and the ITU’s own example.
  it.each(['12025550123', '442079460123', '447700900123', '61491570156', '41227305111', '4930123456'])(
    '%s are as many as the plan has',
    (digits) => expect(isPossibleNumber(digits)).toBe(true),
  );

  it.each([
    ['', 'nothing'],
    ['999123456789', 'no calling code'],
    ['2101234567', 'a code that is not assigned'],
    ['120255501', 'too short'],
    ['1202555012345', 'too long'],
    ['11025550123', 'an area code that begins with one'],
    ['19115550123', 'an area code that is a service'],
    ['442079', 'too short'],
  ])('%s are none: %s', (digits) => expect(isPossibleNumber(digits)).toBe(false));
});
