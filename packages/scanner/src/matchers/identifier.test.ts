import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identifierAround, nounAt, nounOf, wordsAt } from './identifier.ts';

describe('the noun of a name', () => {
  it('is what its words say, whatever names were asked about before', () => {
    const name = fc.constantFrom(
      'password',
      'passwort_',
      'apiKey',
      'api_key',
      'key',
      'KEY',
      'token',
      'pawsword',
      'a',
    );
    const joint = fc.constantFrom(' ', ' = ', 'the ', 'API ', '\n', '_');
    const text = fc.array(fc.tuple(joint, name), { maxLength: 20 }).map((parts) => parts.flat().join(''));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 3 }), (texts) => {
        for (const one of texts) {
          for (const found of one.matchAll(/\w+/g)) {
            const identifier = identifierAround(one, found.index, found.index + found[0].length);
            if (identifier === undefined) continue;
            expect(nounAt(one, identifier)).toBe(nounOf(wordsAt(one, identifier)));
          }
        }
      }),
    );
  });
});
