import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePattern } from './parse.ts';
import { compilePattern } from './program.ts';
import { PatternSearch } from './search.ts';

const roomy = { least: 0, most: 1024 };
const plenty = 1e9;

function searchOf(pattern: string, bounds = roomy, group = 0) {
  return new PatternSearch(compilePattern(parsePattern(pattern), group), bounds);
}

/** The place of the first match anywhere in the text: every position may hold its keyword. */
function first(pattern: string, text: string, bounds = roomy) {
  const found = searchOf(pattern, bounds).find(text, text.length, 0, plenty);
  return found && [found.start, found.end];
}

/** The same by the regular expressions of this runtime. */
function expected(pattern: string, text: string) {
  const isCaseless = pattern.startsWith('(?i)');
  const found = new RegExp(isCaseless ? pattern.slice(4) : pattern, isCaseless ? 'im' : 'm').exec(text);
  return found ? [found.index, found.index + found[0].length] : undefined;
}

describe('a pattern', () => {
  it.each([
    ['acme_[a-z]+', 'x acme_abc y'],
    ['a|ab', 'ab'],
    ['ab|a', 'ab'],
    ['(?:a|ab)(?:c|bcd)', 'abcd'],
    ['a*?b', 'aaab'],
    ['"[^"]{2,4}?"', '"abc"'],
    ['^b$', 'a\nb\nc'],
    ['\\bkey\\b', 'monkey key'],
    ['\\Bkey', 'key monkey'],
    ['[\\w.-]+@x\\.org', 'to a.b-c@x.org'],
    ['[^\\s"\']{3}', '" abc'],
    ['a.c', 'a\nc abc'],
    ['(?i)Key=[A-F]+', 'kEy=abf'],
    ['(?i)[^a]b', 'Abxb'],
    ['x{2}', 'xaxx'],
    ['x{2,}y', 'xyxxxy'],
    ['(?:ab){0,2}c', 'ababababc'],
    ['\\x41\\u0042', 'AB'],
    ['é+', 'caféé'],
    ['[à-ãñ一丅-丈]+', 'zäàãáñ一丈丆丅一両'],
    ['[^à-ãñ一丅-丈]+', 'ñ一丈丆両\uffffz'],
    ['a(?<n>b)c', 'abc'],
    ['[a-c-]+', 'x-b-'],
    ['\\$\\{\\}', ['$', '{}'].join('')],
  ])('%s on %j means what it means in ECMAScript', (pattern, text) => {
    expect(first(pattern, text)).toEqual(expected(pattern, text));
  });

  it('takes a character of two code units as one', () => {
    expect(first('😀{2}', 'a😀😀')).toEqual([1, 5]);
  });

  const atom = fc.constantFrom('a', 'b', 'c', '[ab]', '[^a]', '\\w', '.', '\\d', 'A');
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      atom,
      fc.tuple(tie('tree'), tie('tree')).map((parts) => parts.join('')),
      fc.tuple(tie('tree'), tie('tree')).map((parts) => `(?:${parts.join('|')})`),
      fc
        .tuple(
          tie('tree'),
          fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '*?', '+?', '??', '{0,2}?', '{2,}'),
        )
        .map(([body, count]) => `(?:${body})${count}`),
      tie('tree').map((body) => `(${body})`),
      fc.constantFrom('^', '$', '\\b', '\\B'),
    ),
  }));

  it('finds what the regular expressions of this runtime find, or is refused', () => {
    let compared = 0;
    fc.assert(
      fc.property(
        tree,
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', '1', '\n', ' ') }),
        (one, text) => {
          let found: number[] | undefined;
          try {
            found = first(one, text);
          } catch (error) {
            expect((error as Error).message).toMatch(/empty|too large|two counts/);
            return;
          }
          compared++;
          expect(found).toEqual(expected(one, text));
        },
      ),
      { numRuns: 3000 },
    );
    expect(compared).toBeGreaterThan(500);
  });

  it('is never anything but parsed or refused with words', () => {
    const sign = fc.constantFrom(...'()[]{}|*+?\\^$.-,:<>=!Pbdnux019aé'.split(''), '\ud800', '😀');
    fc.assert(
      fc.property(fc.string({ unit: sign, maxLength: 40 }), (pattern) => {
        try {
          compilePattern(parsePattern(pattern), 0);
        } catch (error) {
          expect((error as Error).constructor.name).toBe('PatternError');
        }
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['', /empty text/],
    ['a*', /empty text/],
    ['(a*)*b', /may be empty/],
    ['(?:a?){5}b', /may be empty/],
    ['(a)\\1', /refers back/],
    ['(?=a)b', /lookaround/],
    ['(?<=a)b', /lookaround/],
    ['(?<!a)b', /lookaround/],
    ['a(?i)b', /lookaround|flag/],
    ['(?>a)', /lookaround/],
    ['a++', /two counts/],
    ['a{2}{3}', /two counts/],
    ['\\p{L}', /not known/],
    ['\\k<a>', /refers back/],
    ['(?<a>b)(?<a>c)', /one name/],
    ['[z-a]', /out of order/],
    ['a{3,2}', /out of order/],
    ['a{2000}', /above 1024/],
    ['[]a', /empty \[ \]/],
    ['[a', /not closed/],
    ['(a', /not closed/],
    ['a)', /too many/],
    ['*a', /nothing before/],
    ['a{', /bare brace/],
    ['a]', /bare brace/],
    ['\\x4', /hexadecimal/],
    ['\\012', /octal/],
    ['[😀]', /U\+FFFF/],
    ['(?:(?:a{100}){100}){100}', /too large/],
    [`${'('.repeat(40)}a${')'.repeat(40)}`, /inside each other/],
    ['a'.repeat(1001), /longer than/],
    ['(?:'.repeat(300), /inside each other/],
  ])('%j is refused, with what to do', (pattern, message) => {
    expect(() => compilePattern(parsePattern(pattern), 0)).toThrow(message);
  });
});

describe('a search', () => {
  it('takes only matches that hold the keyword', () => {
    const text = 'id=11111111 key=22222222 id=33333333';
    const at = text.indexOf('key');
    const found = searchOf('\\w+=\\d{8}').find(text, at, at + 3, plenty)!;
    expect(text.slice(found.start, found.end)).toBe('key=22222222');
  });

  it('tells where the group lies, and the whole match where it took no part', () => {
    const search = searchOf('key(?:=(\\w+)|!)', roomy, 1);
    expect(search.find('key=abc', 0, 3, plenty)).toMatchObject({ groupStart: 4, groupEnd: 7 });
    expect(search.find('key!', 0, 3, plenty)).toMatchObject({ groupStart: 0, groupEnd: 4 });
  });

  it('keeps to the bounds: a shorter way, a later start', () => {
    expect(first('a+', 'aaaaaa', { least: 0, most: 4 })).toEqual([0, 4]);
    expect(first('a+', 'aa aaa', { least: 3, most: 4 })).toEqual([3, 6]);
    expect(first('k.*\\d{2}', 'k 12 k 34', { least: 0, most: 6 })).toEqual([0, 4]);
    const text = `key ${'.'.repeat(40)} key ${'1'.repeat(8)}`;
    const at = text.lastIndexOf('key');
    expect(searchOf('key.*?1{8}', { least: 0, most: 30 }).find(text, at, at + 3, plenty)).toMatchObject({
      start: at,
    });
  });

  it('finds a match exactly where one by brute force does', () => {
    const words = fc.string({ unit: fc.constantFrom('k', 'a', '1', ' '), maxLength: 40 });
    const pattern = fc.constantFrom('a*k\\d+', 'k[a ]*1', '\\w+1', 'a+?k?1{1,3}', '(?:k|ka|1)+', 'a.*k.*1');
    fc.assert(
      fc.property(pattern, words, fc.integer({ min: 1, max: 12 }), (one, text, most) => {
        const at = text.indexOf('k');
        if (at === -1) return;
        const isThere = [...text].some((_, start) =>
          [...text].some((__, i) => {
            const end = i + 1;
            if (start > at || end <= at || end - start > most || end <= start) return false;
            return new RegExp(`^(?:${one})$`).test(text.slice(start, end));
          }),
        );
        const found = searchOf(one, { least: 0, most }).find(text, at, at + 1, plenty);
        expect(found !== undefined).toBe(isThere);
        if (found === undefined) return;
        expect(new RegExp(`^(?:${one})$`).test(text.slice(found.start, found.end))).toBe(true);
        expect(found.end - found.start).toBeLessThanOrEqual(most);
        expect(found.start <= at && found.end > at).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['(?:a+)+b', 'a'],
    ['(?:a|aa)+b', 'a'],
    ['(?:a|a)+$b', 'a'],
    ['(?:\\w+\\s?)+!', 'a '],
    ['(?:.*,){11}P', ','],
    ['\\w+@(?:\\w+\\.)+com', 'a.'],
    ['a*a*a*a*a*b', 'a'],
    ['(?:[a-z]{1,60}){1,9}!', 'a'],
  ])('%s costs no more than the text times its size', (pattern, unit) => {
    const program = compilePattern(parsePattern(pattern), 0);
    const stepsOn = (length: number) => {
      const search = new PatternSearch(program, { least: 0, most: 1024 });
      expect(
        search.find(unit.repeat(length).slice(0, length), length / 2, length / 2 + 1, plenty),
      ).toBeUndefined();
      expect(search.steps).toBeLessThan(2 * program.kinds.length * (length + 1));
      return search.steps;
    };
    expect(stepsOn(1000) / stepsOn(500)).toBeLessThan(2.3);
  });

  it('gives up where it may not go on', () => {
    const search = searchOf('(?:[a-z]{1,60}){1,9}!');
    expect(search.find('a'.repeat(3000), 1500, 1501, 10_000)).toBeUndefined();
    expect([search.isExhausted, search.steps < 10_000 + 2 * 2000]).toEqual([true, true]);
  });
});
