import { describe, expect, it } from 'vitest';
import { terms, words } from './tokens.ts';

describe('words', () => {
  it('lower-cases, undoes contractions and possessives, and keeps numbers', () => {
    expect(words("Anna's 3 dogs don’t bark")).toEqual(['anna', '3', 'dogs', 'dont', 'bark']);
  });

  it('drops marks on letters, so that both spellings meet', () => {
    expect(words('Café Zürich')).toEqual(words('cafe zurich'));
  });

  it('cuts scripts without spaces into overlapping pairs', () => {
    expect(words('東京都 tower')).toEqual(['東京', '京都', 'tower']);
    expect(words('犬')).toEqual(['犬']);
  });

  it('bounds the length of a word', () => {
    for (const long of ['x'.repeat(5000), `${'x'.repeat(5000)}'s`, `x'${'y'.repeat(5000)}`])
      expect(words(long).map(({ length }) => length)).toEqual([64]);
  });
});

describe('terms', () => {
  it('keeps order and repeats', () => {
    expect(terms('the dog and the other dogs ran to the dog')).toEqual(['dog', 'dog', 'run', 'dog']);
  });

  it('joins irregular forms with their base', () => {
    expect(terms('went gone going')).toEqual(['go', 'go', 'go']);
    expect(terms('children child')).toEqual(['child', 'child']);
  });

  it('finds nothing in stop words, punctuation or an empty text', () => {
    expect(terms("What's the … of it?")).toEqual([]);
    expect(terms('')).toEqual([]);
  });

  it('treats words that are property names of objects like any other', () => {
    expect(terms('constructor __proto__ toString')).toEqual(['constructor', 'proto', 'tostr']);
  });
});
