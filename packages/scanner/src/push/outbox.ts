import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { putInPlace } from '../files/write-file.ts';
import { printable } from '../reports/presentable.ts';
import { OverrideLog, type OverrideRecord } from './override-log.ts';

/** Where records of overrides go besides the clone's own file. The scanner has no network: whoever calls it may. */
export interface OverrideOutbox {
  /** Names the place: what was sent to another one is sent to this one too. */
  readonly to: string;
  /** Resolves once they are kept there; each may come more than once. Throws with why not, in words that are shown. */
  send(records: readonly OverrideRecord[]): Promise<void>;
}

/** How far the log was sent, and where to: lies beside the log, which stays as it was signed. */
interface Mark {
  readonly to: string;
  readonly count: number;
  readonly last: string;
}

/**
 * Sends what was not sent yet. What cannot be sent stays, and is tried again with the next push; it never keeps one back.
 * @param gitFolder the common git folder of the clone, absolute
 * @param ownFolder the user's folder for keys, absolute
 */
export async function sendOverrides(
  { gitFolder, ownFolder }: { gitFolder: string; ownFolder: string },
  outbox: OverrideOutbox,
  err: (line: string) => void,
): Promise<void> {
  let waiting = 0;
  try {
    const log = new OverrideLog(gitFolder, ownFolder);
    if (log.isEmpty) return;
    const file = join(gitFolder, 'memhold', 'overrides-sent.json');
    const mark = markIn(file);
    const { records, place } = log.after(mark?.to === outbox.to ? mark : undefined);
    waiting = records.length;
    if (waiting === 0) return;
    await outbox.send(records);
    putInPlace(file, JSON.stringify({ to: outbox.to, ...place } satisfies Mark), 0o600);
    err(`memhold: ${waiting} override(s) sent to ${printable(outbox.to)}.`);
  } catch (error) {
    const what = waiting > 0 ? `${waiting} override(s)` : 'overrides';
    err(`memhold: ${what} not sent yet (${printable((error as Error).message)}): the next push tries again.`);
  }
}

/** One that cannot be read says nothing: everything is sent again. */
function markIn(file: string): Mark | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const { to, count, last } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Mark>;
    const isWhole = typeof to === 'string' && Number.isSafeInteger(count) && typeof last === 'string';
    return isWhole ? { to, count: count!, last } : undefined;
  } catch {
    return undefined;
  }
}
