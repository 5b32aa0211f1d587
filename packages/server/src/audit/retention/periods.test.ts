import { describe, expect, it } from 'vitest';
import { parseRetention } from './periods.ts';

describe('the periods of retention', () => {
  it('are days by class; what is not named is kept for ever', () => {
    expect(parseRetention([])).toEqual({});
    expect(parseRetention(['reads=90d', 'security=99999d'])).toEqual({ reads: 90, security: 99_999 });
  });

  it.each([
    ['evidence=90d', /evidence: what the log says of itself is never removed/],
    ['reads=0d', /1 to 99999 days/],
    ['reads=90', /1 to 99999 days/],
    ['reads=-1d', /1 to 99999 days/],
    ['Reads=90d', /1 to 99999 days/],
    ['logins=90d', /of reads, changes, identity, security, system/],
    ['__proto__=90d', /of reads/],
    ['reads=90d ', /1 to 99999 days/],
    ['', /1 to 99999 days/],
  ])('refuse %j', (entry, words) => {
    expect(() => parseRetention([entry])).toThrow(words);
  });

  it('refuse two periods for one class: the shorter one could not be undone', () => {
    expect(() => parseRetention(['reads=90d', 'reads=900d'])).toThrow(/names reads twice/);
    expect(() => parseRetention(['reads=90d', 'reads=90d'])).toThrow(
      expect.objectContaining({ code: 'invalid_configuration', problems: [expect.any(String)] }),
    );
  });
});
