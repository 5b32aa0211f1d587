import { isDeepStrictEqual } from 'node:util';
import { CommandFailure } from '../failure.ts';
import { JsonTextError } from './json-places.ts';
import { valueAt, withoutValue, withValue } from './json-text.ts';

export const NAME = 'memhold';

/**
 * The text of a host's file with Memhold's entry among its servers; the same text where it stands there already.
 * @throws CommandFailure for a file that cannot be edited, or an entry of that name that is somebody else's
 */
export function withEntry(text: string, key: string, entry: object): string {
  return readable(() => {
    const there = entryIn(text, key);
    if (isDeepStrictEqual(there, entry)) return text;
    if (there !== undefined && !isOurs(there))
      throw new CommandFailure(
        'name_taken',
        `the file has a server named "${NAME}" that is not Memhold's — rename it first`,
      );
    return checked(text, withValue(text, [key, NAME], entry), key);
  });
}

/** The text without Memhold's entry; the same text where there is none. */
export function withoutEntry(text: string, key: string): string {
  return readable(() => {
    const there = entryIn(text, key);
    if (there === undefined) return text;
    if (!isOurs(there))
      throw new CommandFailure('name_taken', `the server "${NAME}" of the file is not Memhold's — it stays`);
    return checked(text, withoutValue(text, [key, NAME]), key);
  });
}

/** What the file says of Memhold. */
export const entryIn = (text: string, key: string): unknown =>
  readable(() => (text.trim() === '' ? undefined : valueAt(text, [key, NAME])));

/** One that `entryFor` could have made: `… mcp …` of a command, or an address that ends in /mcp. */
function isOurs(entry: unknown): boolean {
  const { args, url } = (entry ?? {}) as { args?: unknown; url?: unknown };
  return (Array.isArray(args) && args.includes('mcp')) || (typeof url === 'string' && url.endsWith('/mcp'));
}

/** Nothing but the entry may differ: an edit that went wrong must never reach the file. */
function checked(before: string, after: string, key: string): string {
  if (!isDeepStrictEqual(others(before, key), others(after, key)))
    throw new JsonTextError('it is written in a way that this command cannot edit');
  return after;
}

function others(text: string, key: string): unknown {
  if (text.trim() === '') return {};
  const { [key]: servers, ...rest } = valueAt(text, []) as Record<string, Record<string, unknown>>;
  const { [NAME]: _ours, ...theirs } = servers ?? {};
  return { ...rest, ...(Object.keys(theirs).length > 0 && { [key]: theirs }) };
}

function readable<T>(edit: () => T): T {
  try {
    return edit();
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    const failure = new CommandFailure(
      'config_unreadable',
      `the file cannot be edited: ${error.message} — mend it, or paste the entry by hand`,
    );
    failure.cause = error;
    throw failure;
  }
}
