import { describe, expect, it } from 'vitest';
import { pagesOf } from './pages.ts';

/** A service with twenty rows that gives out at most `most` at once. */
function list(limit: string, most: number) {
  const asked: Record<string, string>[] = [];
  const answer = pagesOf(
    limit,
    async (query) => {
      asked.push(query);
      const begin = Number(query.after ?? 0);
      const end = Math.min(20, begin + Math.min(most, Number(query.limit)));
      const rows = Array.from({ length: end - begin }, (_, i) => begin + i);
      return { rows, next: end < 20 ? String(end) : null };
    },
    ({ rows }) => rows.length,
  );
  return answer.then((pages) => ({ asked, rows: pages.flatMap(({ rows }) => rows) }));
}

describe('a list in pages', () => {
  it('has as many rows as somebody asked for, also where a page is shorter', async () => {
    const { asked, rows } = await list('12', 5);
    expect(rows).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(asked).toEqual([{ limit: '12' }, { limit: '7', after: '5' }, { limit: '2', after: '10' }]);
  });

  it('ends where there are no more, or a service gives none', async () => {
    expect((await list('100', 8)).rows).toHaveLength(20);
    expect((await list('100', 0)).asked).toHaveLength(1);
  });
});
