import { expect, it } from 'vitest';
import { heldRecord } from './held-record.fixture.ts';

const input = { time: 0, createdAt: 0, updatedAt: 0, metadata: {} };

it('knows which terms follow each other', () => {
  const record = heldRecord({ ...input, text: 'green tea, black tea, green green coffee' });
  expect(record.terms).toEqual(['green', 'tea', 'black', 'tea', 'green', 'green', 'coffe']);
  expect(record.termCount).toBe(7);
  for (const phrase of [['green', 'tea'], ['green', 'coffe'], ['tea', 'green', 'green'], ['coffe']])
    expect(record.holds(phrase)).toBe(true);
  for (const phrase of [['coffe', 'green'], ['tea', 'tea'], ['milk'], ['green', 'milk'], ['@1970']])
    expect(record.holds(phrase)).toBe(false);
});
