import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { screenTexts } from './screening.ts';

it('reports that come at once are looked at one portion in a turn, so that others are answered in between', async () => {
  const reports = Array.from({ length: 8 }, (_, report) =>
    Array.from({ length: 5 }, (_, text) => `${report}.${text} ${'x'.repeat(4096)}`),
  );
  let turns = 0;
  let isDone = false;
  const counted = (async () => {
    for (; !isDone; turns++) await setImmediate();
  })();
  await Promise.all(reports.map(screenTexts));
  isDone = true;
  await counted;
  expect(turns).toBeGreaterThanOrEqual(40);
});

it('a report after one that failed is looked at all the same', async () => {
  function* broken() {
    yield 'x'.repeat(5000);
    throw new Error('no more');
  }
  const failing = expect(screenTexts(broken())).rejects.toThrow('no more');
  expect((await screenTexts(['a text'])).get('a text')).toBe('a text');
  await failing;
});
