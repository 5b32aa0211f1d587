import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Prefilter } from './prefilter.ts';
import { buildPrefilter } from './prefilter.ts';
import { rules } from './rules.ts';

function hits({ classOf, next, shift, firstAccepting, outputs }: Prefilter, text: string): string[] {
  const found: string[] = [];
  let state = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    state = next[(state << shift) + (code < 128 ? classOf[code]! : 0)]!;
    if (state < firstAccepting) continue;
    const output = outputs[state - firstAccepting]!;
    for (let i = 0; i < output.length; i += 3)
      found.push(`${output[i]}:${at + 1 - output[i + 1]!}-${at + 1}`);
  }
  return found.sort();
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
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'C', '-'), minLength: 1, maxLength: 4 });
    const text = fc.string({
      unit: fc.constantFrom('a', 'B', 'c', '-', 'x', 'é', '密', '\ud800'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        fc.array(fc.uniqueArray(word, { selector: (w) => w.toLowerCase(), maxLength: 3 }), { maxLength: 4 }),
        text,
        (keywords, input) => {
          const expected = naiveHits(keywords, input);
          expect(hits(buildPrefilter(keywords), input)).toEqual(expected);
          expect(hits(buildPrefilter(keywords, 'b-:'), input)).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('tells the late code units from all others by their class', () => {
    const { classOf, firstLate } = buildPrefilter([['a-1'], ['xyz']], '12-');
    const late = Array.from(classOf.keys()).filter((code) => classOf[code]! >= firstLate);
    expect(String.fromCharCode(...late)).toBe('-12');
  });

  it('keeps with each keyword what was noted of it', () => {
    const note = (owner: number, keyword: string) => owner * 10 + keyword.length;
    const { outputs } = buildPrefilter([['abc'], ['c', 'bc']], '', note);
    expect(outputs.map((output) => [...output]).sort()).toEqual([
      [0, 3, 3, 1, 2, 12, 1, 1, 11],
      [1, 1, 11],
      [1, 2, 12, 1, 1, 11],
    ]);
  });

  it('refuses keywords that match everywhere or never', () => {
    expect(() => buildPrefilter([['']])).toThrow(RangeError);
    expect(() => buildPrefilter([['clé']])).toThrow(RangeError);
  });

  it('keeps the table of all rules small', () => {
    expect(buildPrefilter(rules.map((rule) => rule.keywords)).next.byteLength).toBeLessThan(4_000_000);
  });
});
