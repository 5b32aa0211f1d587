import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reflect } from './reflect.ts';
import { suggestions } from './suggestions.ts';

const times = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i));

describe('a frequent question', () => {
  test('was asked more than three times, in whatever order and form of its words', () => {
    const asked = [
      'How do I deploy the app?',
      'how do i deploy the app??',
      'I forgot. How do you deploy this app?',
      'How is the app deployed?',
    ];
    expect(reflect(asked).questions).toEqual([{ question: 'How do I deploy the app?', count: 4 }]);
    expect(reflect(asked.slice(1)).questions).toEqual([]);
  });

  test('counts once a memory, however often it is repeated there', () => {
    expect(reflect(['Why? Why is it slow? '.repeat(9)]).questions).toEqual([]);
  });

  test('may lack its mark, and a statement is none', () => {
    expect(reflect(times(4, () => 'how can I reset my password')).questions).toHaveLength(1);
    expect(reflect(times(9, () => 'The password was reset.')).questions).toEqual([]);
  });

  test('of small words only is no question to answer', () => {
    expect(reflect(times(9, () => 'What is it?')).questions).toEqual([]);
  });
});

test('a focus area is a word of meaning in at least three memories, in all of its forms', () => {
  const texts = [
    'The invoice is late.',
    'Two invoices of the 3rd.',
    'Invoicing again, and the weather.',
    'The sea.',
  ];
  expect(reflect(texts).focus).toEqual([{ topic: 'invoice', count: 3 }]);
});

test('a way of solving problems was gone more than two times', () => {
  const errors = [
    'It crashed with an exception.',
    'Fixed the failing build.',
    'Another bug, an error in the log.',
  ];
  expect(reflect(errors).patterns).toEqual([{ pattern: 'fixing errors', count: 3 }]);
  expect(reflect(errors.slice(1)).patterns).toEqual([]);
});

test('any texts give the same answer every time, within the bounds', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.constantFrom('How do I test it?', 'the error', 'why?', 'plan the test\u2028now'),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 40 }), (texts) => {
      const first = reflect(texts);
      expect(reflect([...texts])).toEqual(first);
      const { analyzed, ...lists } = first;
      expect(analyzed).toBe(texts.length);
      for (const list of Object.values(lists)) {
        expect(list.length).toBeLessThanOrEqual(5);
        for (const { count } of list) expect(count).toBeLessThanOrEqual(texts.length);
      }
      const said = suggestions(first);
      expect(said.length).toBeLessThanOrEqual(10);
      for (const one of said) expect(Array.from(one).length).toBeLessThan(300);
    }),
    { numRuns: 30 },
  );
});

test('suggestions name what stands out, the most pressing first; nothing gives none', () => {
  const questions = times(5, (i) => ({ question: `Question ${i}?`, count: 4 }));
  const patterns = times(5, (i) => ({ pattern: `pattern ${i}`, count: 3 }));
  const focus = times(5, (i) => ({ topic: `topic ${i}`, count: 3 }));
  const said = suggestions({ questions, patterns, focus });
  expect(said).toHaveLength(10);
  expect(said[0]).toBe('Write down the answer to "Question 0?": it was asked 4 times.');
  expect(said[5]).toContain('pattern 0');
  expect(suggestions(reflect([]))).toEqual([]);
});

test('of a long text only the beginning decides', () => {
  const long = (question: string) =>
    times(4, () => `${question} ${'x'.repeat(9000)}. How do I test the door?`);
  expect(reflect(long('How do I open the door?')).questions.map(({ question }) => question)).toEqual([
    'How do I open the door?',
  ]);
});

test('of very much text only the newest is looked at: nobody else waits for seconds', () => {
  const long = times(1000, (i) => `${i < 20 ? 'Newest' : 'Oldest'} ${'x'.repeat(9000)}`);
  const { analyzed, focus } = reflect(long);
  expect(analyzed).toBe(32);
  expect(focus.map(({ topic }) => topic)).toContain('newest');
  expect(reflect(times(1000, () => 'short')).analyzed).toBe(1000);
});
