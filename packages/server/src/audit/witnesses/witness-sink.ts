import type { Reader } from '../../database/reader.ts';
import type { Sink } from '../sink-runner.ts';
import { lastCheckpoint } from '../store.ts';
import { checkpointIn, type Witness } from './witness.ts';

/** Under load there are ten a second; each covers all before it. */
const EVERY_MS = 1000;

/** Gives a witness the newest checkpoint, at most once a second. Those between the newest ones are in the log itself. */
export function witnessSink(witness: Witness, log: { reader: Reader; size(): number }): Sink {
  let has: number | undefined;
  let lookAgainAt = 0;
  return {
    what: 'witness',
    name: witness.name,
    isDue: () => (has === undefined || has < log.size()) && performance.now() >= lookAgainAt,
    async deliver() {
      lookAgainAt = performance.now() + EVERY_MS;
      const [newest] = await log.reader.all(lastCheckpoint, {});
      if (!newest) return false;
      has ??= await witness.has(checkpointIn(newest.note)?.origin ?? '');
      if (newest.size <= has) return false;
      await witness.take(newest.note);
      has = newest.size;
      return true;
    },
    behind: () => Math.max(0, log.size() - (has ?? 0)),
    close: () => witness.close(),
  };
}
