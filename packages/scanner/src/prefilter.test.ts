import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildPrefilter, chainedStep, type Prefilter } from './prefilter.ts';
import { rules } from './rules.ts';

function hits(prefilter: Prefilter, text: string): string[] {
  const { classOf, next, shift, firstChained, firstAccepting, resume } = prefilter;
  const found: string[] = [];
  let state = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const klass = code < 128 ? classOf[code]! : 0;
    state = state < firstChained ? next[(state << shift) + klass]! : chainedStep(prefilter, state, klass);
    if (state < firstAccepting) continue;
    const output = outputsAt(prefilter, state - firstAccepting);
    state = resume[state - firstAccepting]!;
    for (let i = 0; i < output.length; i += 3)
      found.push(`${output[i]}:${at + 1 - output[i + 1]!}-${at + 1}`);
  }
  return found.sort();
}

function outputsAt({ outputs, outputsOf }: Prefilter, accepted: number): Int32Array {
  return outputs.subarray(outputsOf[accepted], outputsOf[accepted + 1]);
}

function naiveHits(keywords: string[][], text: string): string[] {
  const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const found: string[] = [];
  keywords.forEach((list, owner) => {
    for (const keyword of list) {
      const wanted = keyword.toLowerCase();
      for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, at + 1)) {
        found.push(`${owner}:${at}-${at + wanted.length}`);
      }
    }
  });
  return found.sort();
}

describe('the prefilter', () => {
  it('finds every occurrence of every keyword, like a naive search', () => {
    // Mostly of one letter, so that a keyword often holds the beginning of another.
    const word = fc.string({
      unit: fc.constantFrom('a', 'a', 'A', 'a', 'b', '-'),
      minLength: 1,
      maxLength: 9,
    });
    const other = fc.constantFrom('a', 'B', 'c', '-', 'x', 'é', '密', '\ud800');
    const list = fc.uniqueArray(word, { selector: (w) => w.toLowerCase(), maxLength: 3 });
    // Beginnings of keywords lead the search deep, and what follows them back, or into another keyword.
    const piece = fc.oneof(other, fc.tuple(fc.nat(), fc.nat(), fc.nat(9)));
    fc.assert(
      fc.property(
        fc.array(list, { maxLength: 4 }),
        fc.array(piece, { maxLength: 20 }),
        (keywords, pieces) => {
          const all = keywords.flat();
          const text = pieces.map((one) =>
            typeof one === 'string' ? one : (all[one[0] % all.length]?.slice(one[1] % 4, one[2]) ?? ''),
          );
          const input = text.join('');
          const expected = naiveHits(keywords, input);
          expect(hits(buildPrefilter(keywords), input)).toEqual(expected);
          expect(hits(buildPrefilter(keywords, 'b-:'), input)).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('finds a keyword that begins inside another and goes on where that one branches', () => {
    const keywords = [['zaaaa1', 'zaaaa2'], ['aaaab']];
    expect(hits(buildPrefilter(keywords), 'zaaaab zaaaa1')).toEqual(['0:7-13', '1:1-6']);
  });

  it('tells the late code units from all others by their class', () => {
    const { classOf, firstLate } = buildPrefilter([['a-1'], ['xyz']], '12-');
    const late = Array.from(classOf.keys()).filter((code) => classOf[code]! >= firstLate);
    expect(String.fromCharCode(...late)).toBe('-12');
  });

  it('keeps with each keyword what was noted of it', () => {
    const note = (owner: number, keyword: string) => owner * 10 + keyword.length;
    const prefilter = buildPrefilter([['abc'], ['c', 'bc']], '', note);
    expect(Array.from(prefilter.resume, (_, i) => [...outputsAt(prefilter, i)]).sort()).toEqual([
      [0, 3, 3, 1, 2, 12, 1, 1, 11],
      [1, 1, 11],
      [1, 2, 12, 1, 1, 11],
    ]);
  });

  it('refuses keywords that match everywhere or never', () => {
    expect(() => buildPrefilter([['']])).toThrow(RangeError);
    expect(() => buildPrefilter([['clé']])).toThrow(RangeError);
  });

  it('keeps the tables of all rules within the near caches of a processor', () => {
    const tables = Object.values(buildPrefilter(rules.map((rule) => rule.keywords))).filter(
      ArrayBuffer.isView,
    );
    expect(tables.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(500_000);
  });
});
