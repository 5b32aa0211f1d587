import { hash } from 'node:crypto';
import { z } from 'zod';
import { InputError } from '../../http/input.ts';

/** Where the next page begins, and what its query saw: further pages count and show the same events. */
export interface Cursor {
  /** Position below which the page begins. */
  before: number;
  /** Events of the log when the first page was made. */
  size: number;
  /** Epoch milliseconds. */
  since: number;
}

const position = z.int().min(0);
const content = z.tuple([z.literal(1), position, position, z.int(), z.string()]);

/** A cursor as text. `query` is what it may be used with: anything that decides which events match. */
export function encodeCursor({ before, size, since }: Cursor, query: object): string {
  const parts = [1, before, size, since, digest(query)] satisfies z.output<typeof content>;
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @throws InputError for a text that is no cursor, or that of another query */
export function decodeCursor(text: string, query: object): Cursor {
  const parsed = content.safeParse(jsonOf(Buffer.from(text, 'base64url').toString()));
  if (!parsed.success) throw refused('must be the `next` of an earlier page');
  const [, before, size, since, of] = parsed.data;
  if (of !== digest(query)) throw refused('belongs to a query with other filters: send the same ones');
  return { before, size, since };
}

const digest = (query: object) => hash('sha256', JSON.stringify(query), 'base64url').slice(0, 16);
const refused = (message: string) => new InputError(`cursor: ${message}`, [{ path: 'cursor', message }]);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
