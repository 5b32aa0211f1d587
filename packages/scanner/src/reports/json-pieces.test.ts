import { describe, expect, it } from 'vitest';
import { inChunks, jsonPieces, lazily } from './json-pieces.ts';

describe('JSON in pieces', () => {
  const items = [1, 'a\nb', { c: [], d: { e: null } }, [[1, 2], {}], undefined];
  const value = {
    text: 'ü "x"',
    none: undefined,
    empty: [],
    object: {},
    list: [{ deep: items }],
    number: 1.5,
  };

  it('is what JSON.stringify writes, lazy or not', () => {
    const expected = JSON.stringify(value, null, 2);
    expect([...jsonPieces(value)].join('')).toBe(expected);
    const lazy = { ...value, empty: lazily([], String), list: [{ deep: lazily(items, (item) => item) }] };
    expect([...jsonPieces(lazy)].join('')).toBe(expected);
  });

  it('makes items of a lazy list only when they are written', () => {
    let made = 0;
    const pieces = jsonPieces(lazily(Array.from({ length: 1000 }), () => made++));
    for (let i = 0; i < 10; i++) pieces.next();
    expect(made).toBeLessThan(20);
  });

  it('steers no terminal, and means the same', () => {
    const text = '\u001b[2J\u202e\u2028\u009b\u200b\ufeff\n\t';
    for (const one of [{ [text]: [text] }, lazily([text], (item) => ({ item }))]) {
      const json = [...jsonPieces(one)].join('');
      expect(json).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}|[\u2028\u200b\ufeff]/u);
      expect(JSON.stringify(JSON.parse(json))).toContain(JSON.stringify(text).slice(1, -1));
    }
  });

  it('is written in chunks', () => {
    const chunks = [...inChunks(['ab', 'c', 'defg', 'h'], 3)];
    expect(chunks).toEqual(['abc', 'defg', 'h']);
  });
});
