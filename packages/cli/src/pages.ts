interface Page {
  next: string | null;
}

/**
 * Asks for the next page until there are `limit` rows or no more: a page of large ones is shorter than asked for.
 * @param limit as somebody typed it: the service says what is wrong with it
 */
export async function pagesOf<P extends Page>(
  limit: string,
  ask: (query: Record<string, string>) => Promise<P>,
  rowsIn: (page: P) => number,
): Promise<P[]> {
  const pages = [await ask({ limit })];
  let left = Number(limit);
  for (;;) {
    const page = pages.at(-1)!;
    const rows = rowsIn(page);
    left -= rows;
    if (rows === 0 || left <= 0 || page.next === null) return pages;
    pages.push(await ask({ limit: String(left), after: page.next }));
  }
}
