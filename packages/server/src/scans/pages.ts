import type { ExpressionBuilder } from 'kysely';

/** Of sealed bodies in one page: they are opened and written into an answer on the main thread. */
export const PAGE_BYTES = 4 * 1024 * 1024;

type Chosen = { chosen: { id: string; size: number } };

/** Of chosen rows: how many there are, and the bytes of each with those before it. */
export const sizes = ({ fn }: ExpressionBuilder<Chosen, 'chosen'>) =>
  [
    'chosen.id',
    'chosen.size',
    fn.countAll<number>().over().as('found'),
    fn
      .sum<number>('chosen.size')
      .over((over) => over.orderBy('chosen.id', 'desc'))
      .as('until'),
  ] as const;

/** Of rows that were asked for with one more than `limit`: the page, and where the next one begins. */
export function pageOf<T extends { id: string; found: number }>(
  rows: readonly T[],
  limit: number,
): { page: T[]; next: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { page, next: last && last.found > page.length ? last.id : null };
}
