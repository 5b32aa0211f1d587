import { describe, expect, it } from 'vitest';
import { parseQuery } from './query.ts';

describe('parseQuery', () => {
  it('has no terms when nothing is named', () => {
    expect(parseQuery('').terms.size).toBe(0);
    expect(parseQuery('what do you have for me?').terms.size).toBe(0);
  });

  it('counts a repeated word and weighs dates less', () => {
    const { terms } = parseQuery('tea, tea and cake on 7 May 2023');
    expect(terms.get('tea')).toBe(2);
    expect(terms.get('cake')).toBe(1);
    expect(terms.get('@m5')).toBe(0.5);
  });

  it('bounds the number of terms, but not repeats of those it has', () => {
    const text = Array.from({ length: 500 }, (_, n) => `w${n}`).join(' ');
    const { terms } = parseQuery(`${text} w0`);
    expect(terms.size).toBe(64);
    expect(terms.get('w0')).toBe(2);
  });

  it.each([
    ['What did you suggest for the trip?', true],
    ['Which hotel was it that you recommended?', true],
    ['Please summarise my week', true],
    ['What would you suggest for dinner?', false],
    ['Where did I park?', false],
  ])('"%s" wants what the assistant said: %s', (text, expected) => {
    expect(parseQuery(text).wantsReplies).toBe(expected);
  });

  it.each([
    ['How should I format the report?', true],
    ['Can you recommend a restaurant?', true],
    ['Can you give me a summary of our conversations?', false],
    ['Could you tell me what I did in Rome?', false],
    ['Where is the car?', false],
  ])('"%s" seeks advice: %s', (text, expected) => {
    expect(parseQuery(text).wantsAdvice).toBe(expected);
  });
});
