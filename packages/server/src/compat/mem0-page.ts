import type { FastifyRequest } from 'fastify';

export interface Page {
  page: number;
  page_size: number;
}

export const windowOf = ({ page, page_size: limit }: Page) => ({ offset: (page - 1) * limit, limit });

/** `{count, next, previous, results}`: the links ask the same on the next page, and are null at either end. */
export function presentPage(
  request: FastifyRequest,
  { page, page_size }: Page,
  { total, partial }: { total: number; partial?: boolean },
  results: unknown[],
) {
  const [path, query] = request.url.split('?');
  const link = (to: number) => {
    const params = new URLSearchParams(query);
    params.set('page', String(to));
    params.set('page_size', String(page_size));
    return `${request.protocol}://${request.host}${path}?${params}`;
  };
  return {
    count: total,
    next: page * page_size < total ? link(page + 1) : null,
    previous: page > 1 ? link(page - 1) : null,
    results,
    // Only where something is missing: clients do not know it.
    ...(partial && { partial }),
  };
}
