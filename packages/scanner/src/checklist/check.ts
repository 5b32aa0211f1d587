import type { ItemName } from './items.ts';

/** `unknown`: it could not be looked at, which is no pass. */
export type Status = 'pass' | 'fail' | 'unknown' | 'not-applicable';

/** One look at one thing that an item depends on. */
export interface Check {
  readonly item: ItemName;
  /** Stable and short: `env-files`. */
  readonly id: string;
  readonly status: Status;
  /** How it was looked at, for whoever has to believe it. */
  readonly how: string;
  /** What was seen, a line each; never a secret. */
  readonly seen: readonly string[];
  /** What to do, where it did not pass. */
  readonly advice?: string;
}

/** Most lines of one kind that a check shows. */
const shown = 5;

/** The first of them, and how many more there are. */
export function some(lines: readonly string[]): string[] {
  const more = lines.length - shown;
  return more > 0 ? [...lines.slice(0, shown), `and ${more} more`] : [...lines];
}

/** Makes the checks of one source; what did not pass gets its advice, what passed none. */
export function checksOf(how: string) {
  return (
    item: ItemName,
    id: string,
    status: Status | boolean,
    seen: readonly string[],
    advice: string,
  ): Check => {
    const known = typeof status === 'boolean' ? (status ? 'pass' : 'fail') : status;
    const isOpen = known === 'fail' || known === 'unknown';
    return { item, id, status: known, how, seen: some(seen), ...(isOpen && { advice }) };
  };
}
