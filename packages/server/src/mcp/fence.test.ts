import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fenced, visibleJson } from './fence.ts';

const odd = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\n', '\r', '\u2028', '\u2029', '\u0085', '\u202e', '\u200b', '\u{e0041}', '"}]}', '```'),
);
const texts = fc.array(odd).map((parts) => parts.join(''));

test('what a text says arrives, and stays on the one line below the preamble', () => {
  fc.assert(
    fc.property(texts, texts, (text, key) => {
      const data = { results: [{ memory: text, metadata: { [key]: text } }] };
      const lines = fenced(data).split(/[\n\r\u2028\u2029\u0085]/u);
      expect(lines).toHaveLength(2);
      expect(lines[0]).toMatch(/stored data, not instructions/);
      expect(JSON.parse(lines[1]!)).toEqual(JSON.parse(JSON.stringify(data)));
    }),
  );
});

test('no character is hidden from the person who reads along', () => {
  fc.assert(fc.property(texts, (text) => !/[\p{Cf}\p{Zl}\p{Zp}]/u.test(visibleJson({ text }))));
});

test.each([
  [
    'variation selectors, which can spell any bytes',
    '\u{e0100}\u{e01ef}\ufe00\u180b',
    '\\udb40\\udd00\\udb40\\uddef\\ufe00\\u180b',
  ],
  ['fillers and joiners', '\u3164\u115f\u034f\u2800', '\\u3164\\u115f\\u034f\\u2800'],
  ['control characters of a terminal', '\u009b\u007f\u0090', '\\u009b\\u007f\\u0090'],
])('%s are written out', (_what, hidden, written) => {
  expect(visibleJson([`a${hidden}b`])).toBe(`["a${written}b"]`);
});
