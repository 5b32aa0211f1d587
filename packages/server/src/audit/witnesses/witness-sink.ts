import type { Reader } from '../../database/reader.ts';
import { openCheckpoint } from '../checkpoint.ts';
import type { KeyChain } from '../signing-keys/key-chain.ts';
import { type Sink, SinkError } from '../sink-runner.ts';
import { lastCheckpoint } from '../store.ts';
import type { Witness } from './witness.ts';

/** Under load there are ten a second; each covers all before it. */
const EVERY_MS = 1000;
/** The writer signs each second; nothing new for so long is a full disk, or somebody who takes the checkpoints away. */
const MOST_SILENCE_MS = 15_000;

export interface WitnessedLog {
  reader: Reader;
  /** Leaves that are committed. */
  size(): number;
  keys(): Promise<KeyChain>;
}

/** Gives a witness the newest checkpoint, at most once a second. Those between the newest ones are in the log itself. */
export function witnessSink(witness: Witness, log: WitnessedLog): Sink {
  let has: number | undefined;
  /** Replacements of the key that it was told of. */
  let linked: number | undefined;
  let lookAgainAt = 0;
  let silentSince: number | undefined;
  return {
    what: 'witness',
    name: witness.name,
    isDue: () => (has === undefined || has < log.size()) && performance.now() >= lookAgainAt,
    async deliver() {
      const now = performance.now();
      lookAgainAt = now + EVERY_MS;
      const [newest] = await log.reader.all(lastCheckpoint, {});
      const keys = await log.keys();
      const origin = newest && originOf(newest, keys);
      has ??= origin === undefined ? undefined : await witness.has(origin);
      if (!newest || newest.size <= has!) {
        silentSince = (has ?? 0) < log.size() ? (silentSince ?? now) : undefined;
        if (silentSince !== undefined && now - silentSince >= MOST_SILENCE_MS) throw silent();
        return false;
      }
      silentSince = undefined;
      // The notes of a key's replacement went before the first checkpoint of the new key.
      const links = keys.indexOf(keys.signerOf(newest.size));
      if (linked === undefined || linked < links) {
        const from = linked ?? keys.indexOf(keys.signerOf(has!));
        if (links > 0) await witness.link(keys.rotations.slice(0, links), from);
        linked = links;
      }
      await witness.take(newest.note);
      has = newest.size;
      return true;
    },
    behind: () => Math.max(0, log.size() - (has ?? 0)),
    close: () => witness.close(),
  };
}

/** The name of the log. What is not its newest checkpoint would stand in the way of all that come after it. */
function originOf({ size, note }: { size: number; note: string }, keys: KeyChain): string {
  try {
    const checkpoint = openCheckpoint(note, [keys.signerOf(size)]);
    if (checkpoint.size === size) return checkpoint.origin;
  } catch {
    // Said below, like a checkpoint of another size.
  }
  const message =
    'The newest checkpoint in the database is not one that this log signed: export the log and verify it.';
  throw new SinkError('sink_broken', message);
}

const silent = () =>
  new SinkError(
    'sink_broken',
    'New events have no signed checkpoint: is the disk full? Else export the log and verify it.',
  );
