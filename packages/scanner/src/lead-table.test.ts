import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildLeadTable, leadMarks, visitLead } from './lead-table.ts';
import { anyBut, type Lead, mostDigits, upperLetters } from './leads.ts';

/** The visited leads, as text, with the place of their owner in the list where there are several. */
function visits(text: string, owners: readonly (readonly Lead[])[]): [owner: number, lead: string][] {
  const table = buildLeadTable(owners)!;
  const found: [number, string][] = [];
  let leadEnd = 0;
  for (let at = 0; at < text.length; at++) {
    if (at < leadEnd || !leadMarks.includes(text[at]!)) continue;
    leadEnd = visitLead(text, at, table, (owner, start, end) => found.push([owner, text.slice(start, end)]));
  }
  return found;
}

const visited = (text: string, ...leads: readonly Lead[]) => visits(text, [leads]).map(([, lead]) => lead);

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

  it('are visited only where their condition holds, also at the borders of the text', () => {
    expect(visited('12-3 12.3 12', [0, 2, { next: '-' }])).toEqual(['12']);
    expect(visited('12 22 a12 12', [0, 2, { first: '1' }])).toEqual(['12', '12']);
    expect(visited('12 (13 14', [0, 2, { before: '(' }])).toEqual(['13']);
    expect(visited('12A 12a 12\u0100', [0, 2, { next: upperLetters }])).toEqual(['12']);
    expect(visited('x 12- (12.', [0, 2, { before: ' (', first: '1', next: '.' }])).toEqual(['12']);
  });

  it('are visited only where as many digits follow in the next group as their condition says', () => {
    const lead: Lead = [0, 2, { next: '-', group: [3, 5] }];
    expect(visited('11-222 12-22 13-2222 14-22222 15--222 16-x 17-', lead)).toEqual(['11', '14']);
    expect(visits('11-222', [[[0, 2]], [lead], [[0, 2, { group: [2] }]]]).map(([owner]) => owner)).toEqual([
      0, 1,
    ]);
  });

  it('are visited only where what stands behind that group is as their condition says', () => {
    const lead: Lead = [0, 2, { next: '-', group: [2], behind: '-\u0080' }];
    expect(visited('11-22-33 44-55 66-77', lead)).toEqual(['11', '66']);
    expect(visited('11-22\u5e74 33-44a', lead)).toEqual(['11']);
  });

  it('are visited by those without a group too, whatever follows', () => {
    const owners: Lead[][] = [[[0, 2]], [[0, 2, { group: [3], behind: '.' }]]];
    expect(visits('11-222. 33-4', owners)).toEqual([
      [0, '11'],
      [1, '11'],
      [0, '33'],
    ]);
  });

  it('know sets of all code units but some', () => {
    expect(visited('12 (12 \u010012', [0, 2, { before: anyBut(' ') }])).toEqual(['12', '12', '12']);
    expect(visited('\u010012 x 12', [0, 2, { before: anyBut(' \u0080') }])).toEqual([]);
  });

  it('are visited only where the question of their condition is answered, once for all who ask it', () => {
    const asked: string[] = [];
    const isEven = (text: string, start: number, end: number) => {
      asked.push(text.slice(start, end));
      return Number(text.slice(start, end)) % 2 === 0;
    };
    const owners: Lead[][] = [[[0, 2, { asks: [isEven] }]], [[0, 2]], [[0, 2, { asks: [isEven] }]]];
    expect(visits('12 13 144', owners)).toEqual([
      [0, '12'],
      [1, '12'],
      [2, '12'],
      [1, '13'],
    ]);
    expect(asked).toEqual(['12', '13']);
  });

  it('may belong to more owners than a number has bits', () => {
    const owners = Array.from({ length: 70 }, (_, i): Lead[] => [[0, 2, { first: String(i % 10) }]]);
    expect(visits('31', owners).map(([owner]) => owner)).toEqual([3, 13, 23, 33, 43, 53, 63]);
  });

  it('are not looked for far back: a text of letters and digits costs no more than its length', () => {
    const length = 4000;
    const table = buildLeadTable([[[0, 1]]])!;
    for (const unit of ['ab1_', 'ab1-', 'abcdef1:', '\\n1a']) {
      let reads = 0;
      const counted = {
        charCodeAt(at: number) {
          reads++;
          return at < length ? unit.charCodeAt(at % unit.length) : Number.NaN;
        },
      };
      let leadEnd = 0;
      for (let at = 0; at < length; at++) {
        if (at < leadEnd || !leadMarks.includes(unit[at % unit.length]!)) continue;
        leadEnd = visitLead(counted as unknown as string, at, table, () => {});
      }
      expect(reads).toBeLessThan(length * 6);
    }
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
