import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildLeadTable, type Lead, mostDigits, visitLeads } from './leads.ts';

/** Where each visited token starts and its lead ends, as text. */
function visited(text: string, ...leads: readonly Lead[]): string[] {
  const found: string[] = [];
  visitLeads(text, buildLeadTable([leads])!, (_owners, start, end) => found.push(text.slice(start, end)));
  return found;
}

describe('leads of tokens', () => {
  it('are found by their number of letters and digits, and by no other', () => {
    const text = 'a 12 DE44x9 abc123 4567, 12-34';
    expect(visited(text, [0, 2])).toEqual(['12', '12', '34']);
    expect(visited(text, [2, 2])).toEqual(['DE44']);
    expect(visited(text, [3, 3], [0, 4])).toEqual(['abc123', '4567']);
    expect(visited(text, [0, 3], [1, 1])).toEqual([]);
  });

  it('begin only where a token does', () => {
    expect(visited('x12 _12 12_ 9x12 \u00e912', [0, 2])).toEqual(['12', '12']);
  });

  it('begin after an escape, whose letters are no part of the token', () => {
    expect(visited('\\n12 \\t12 \\x3d12 \\u003d12 %3D12', [0, 2])).toEqual(['12', '12', '12', '12', '12']);
    expect(visited('%zz12 \\q12 \\u00zz12', [0, 2])).toEqual([]);
  });

  it('without digits stand before a colon or a dash', () => {
    expect(visited('aa:bb-cc dd', [2, 0])).toEqual(['aa', 'bb']);
  });

  it('count as the longest when they are longer', () => {
    expect(visited('1'.repeat(50), [0, mostDigits])).toEqual(['1'.repeat(50)]);
  });

  it('that cannot occur are refused', () => {
    for (const lead of [
      [0, 0],
      [7, 1],
      [1, 21],
      [-1, 2],
    ] as const) {
      expect(() => buildLeadTable([[lead]])).toThrow(RangeError);
    }
    expect(buildLeadTable([[], []])).toBeUndefined();
  });

  it('are those that a regular expression finds, on any text without escapes', () => {
    const leads = [0, 1, 2].flatMap((letters) => [1, 2, 3].map((digits): Lead => [letters, digits]));
    const texts = fc.string({ unit: fc.constantFrom('a', 'B', '1', '2', ' ', '-', '_', '\u00e9') });
    fc.assert(
      fc.property(texts, (text) => {
        const expected = [...text.matchAll(/[a-z_]*\d*[a-z\d_]*/gi)]
          .map(([token]) => /^[a-z_]{0,2}(?![a-z_])\d{1,3}(?!\d)/i.exec(token)?.[0])
          .filter((lead) => lead !== undefined);
        expect(visited(text, ...leads)).toEqual(expected);
      }),
    );
  });
});
