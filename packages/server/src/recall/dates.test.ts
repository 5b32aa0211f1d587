import { describe, expect, it } from 'vitest';
import { absoluteDateTerms, dateTerms, relativeDateTerms } from './dates.ts';

const at = (date: string) => Date.parse(`${date}T15:30:00Z`);

describe('dateTerms', () => {
  it('names year, month and day in UTC, apart from words', () => {
    expect(dateTerms(Date.parse('2024-02-29T23:59:59Z'))).toEqual(['@2024', '@m2', '@d29']);
  });
});

describe('absoluteDateTerms', () => {
  it.each([
    ['What happened on 7 May 2023?', ['@d7', '@m5', '@2023']],
    ['on the 7th of May, 2023', ['@d7', '@m5', '@2023']],
    ['May 7th, 2023', ['@2023', '@d7', '@m5']],
    ['on Sept. 12', ['@d12', '@m9']],
    ['2023-05-07', ['@2023', '@d7', '@m5']],
    ['in June', ['@m6']],
    ['June 2022', ['@2022', '@m6']],
    ['back in 2019', ['@2019']],
  ])('reads %s', (text, expected) => {
    expect(absoluteDateTerms(text).toSorted()).toEqual(expected.toSorted());
  });

  it('reads no date in ordinary words and numbers', () => {
    expect(absoluteDateTerms('you may see 8 people march past 12345 marble statues')).toEqual([]);
  });
});

describe('relativeDateTerms', () => {
  it.each([
    ['I saw it yesterday', '2024-03-01', ['@2024', '@m2', '@d29']],
    ['see you tomorrow', '2023-12-31', ['@2024', '@m1', '@d1']],
    ['last month was hard', '2024-01-31', ['@2023', '@m12']],
    ['one month ago', '2024-03-31', ['@2024', '@m2']],
    ['three years ago', '2024-05-05', ['@2021']],
    ['last Friday', '2024-05-06', ['@2024', '@m5', '@d3']],
    ['next Monday', '2024-05-06', ['@2024', '@m5', '@d13']],
    ['10 days ago', '2024-05-06', ['@2024', '@m4', '@d26']],
  ])('resolves "%s" said on %s', (text, date, expected) => {
    expect(relativeDateTerms(text, at(date))).toEqual(expected);
  });

  it('leaves vague phrases alone', () => {
    expect(relativeDateTerms('recently, the other day, soon', at('2024-05-06'))).toEqual([]);
  });
});
