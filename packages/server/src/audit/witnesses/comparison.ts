import type { Reader } from '../../database/reader.ts';
import { openCheckpoint } from '../checkpoint.ts';
import { NodeMissing, Prover } from '../proofs/prover.ts';
import { equalBytes } from '../sha256.ts';
import type { KeyChain, LogKey } from '../signing-keys/key-chain.ts';
import { successorsOf } from '../signing-keys/successors.ts';
import { type KeptCheckpoint, notesAtEnd, rotationsKept, UnreadableFile } from './kept-notes.ts';
import { checkpointsBetween } from './store.ts';
import { checkpointIn } from './witness.ts';

/** The log as its database has it. */
export interface KnownLog {
  reader: Pick<Reader, 'all'>;
  size: number;
  keys: KeyChain;
}

/** The files where checkpoints and rotation notes were kept; may be one. */
export interface KeptFiles {
  checkpoints: string;
  rotations: string;
}

/** What files of notes tell of a log. Sizes are numbers of events. */
export interface Comparison {
  /** The largest size that was signed, and that this log has not, or not with the events that were signed. */
  rewoundTo?: number;
  /** A size that this log signed, and whose root is not that of its leaves. */
  altered?: number;
  /** Checkpoints of more events than the log has, and their largest size, that no key of the log has signed. */
  unknown?: { count: number; size: number };
  /** Other notes that are none, or not signed by a key of the log. */
  unreadable: number;
  otherLog: boolean;
  /** Why a file could not be read: a code of the system. */
  failed?: string;
}

/** Compares a log with what files of notes have of it. What such a file says counts only as far as the log's keys signed it. */
export async function compareWith(log: KnownLog, files: KeptFiles): Promise<Comparison> {
  const result: Comparison = { unreadable: 0, otherLog: false };
  try {
    const origin = log.keys.newest.name;
    const { checkpoints, rotations, unreadable, otherLog } = await notesAtEnd(files.checkpoints, origin);
    Object.assign(result, { unreadable, otherLog });
    const stored = await storedRoots(log.reader, checkpoints);
    // Every checkpoint that was signed is stored first: one that is missing here is of another course of events.
    const isStored = ({ says: { size, root } }: KeptCheckpoint) =>
      size <= log.size && equalBytes(stored.get(size) ?? new Uint8Array(0), root);
    const strange = checkpoints.filter((one) => !isStored(one));
    const isKnown = (one: KeptCheckpoint) => isSigned(one, log.keys.keys);
    const mayHaveNewerKey =
      files.rotations !== files.checkpoints ||
      rotations.some((note) => !log.keys.rotations.includes(note)) ||
      !strange.every(isKnown);
    const newer = mayHaveNewerKey
      ? successorsOf(log.keys.keys.at(-1)!, await rotationsKept(files.rotations, origin))
      : [];
    // A key that took over signed the event of that at once: the first that it has signed.
    for (const { first } of newer) rewound(result, first);
    for (const one of strange) judge(one, log, newer, result);
    const altered = await alteredAt(log, checkpoints.filter(isStored));
    return altered === undefined ? result : { ...result, altered };
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return { ...result, failed: error.code };
  }
}

/** A checkpoint that the log has not: by a key of its own it was signed and taken back. */
function judge(one: KeptCheckpoint, log: KnownLog, newer: readonly LogKey[], result: Comparison): void {
  const { size } = one.says;
  if (isSigned(one, [...log.keys.keys, ...newer])) rewound(result, size);
  else if (size <= log.size) result.unreadable++;
  else {
    const { count = 0, size: most = 0 } = result.unknown ?? {};
    result.unknown = { count: count + 1, size: Math.max(most, size) };
  }
}

function rewound(result: Comparison, size: number): void {
  result.rewoundTo = Math.max(result.rewoundTo ?? 0, size);
}

/** The roots that this log has stored at the sizes of these checkpoints. */
async function storedRoots(
  reader: Pick<Reader, 'all'>,
  kept: readonly KeptCheckpoint[],
): Promise<Map<number, Uint8Array>> {
  if (kept.length === 0) return new Map();
  const sizes = kept.map(({ says }) => says.size);
  const [first, last] = [Math.min(...sizes), Math.max(...sizes)];
  const wanted = new Set(sizes);
  const rows = await reader.all(checkpointsBetween, { first, last });
  return new Map(
    rows.flatMap(({ size, note }) => {
      const root = wanted.has(size) ? checkpointIn(note)?.root : undefined;
      return root ? [[size, root] as const] : [];
    }),
  );
}

/** Compares the newest of these checkpoints with the leaves: the stored note could be put back, and the leaves not. */
async function alteredAt(log: KnownLog, kept: readonly KeptCheckpoint[]): Promise<number | undefined> {
  const newestFirst = kept.toSorted((a, b) => b.says.size - a.says.size);
  const newest = newestFirst.find((one) => one.says.size > 0 && isSigned(one, log.keys.keys));
  if (!newest) return undefined;
  const { size, root } = newest.says;
  try {
    return equalBytes(await new Prover(log.reader).root(size), root) ? undefined : size;
  } catch (error) {
    if (error instanceof NodeMissing) return size;
    throw error;
  }
}

/** By the key of its time: one that was replaced, and stolen later, signs nothing of after it. */
function isSigned({ note, says: { size } }: KeptCheckpoint, keys: readonly LogKey[]): boolean {
  const ofThen = keys.filter(({ first, last }) => first <= size && size <= last);
  try {
    return (
      ofThen.length > 0 &&
      openCheckpoint(
        note,
        ofThen.map(({ verifier }) => verifier),
      ).size === size
    );
  } catch {
    return false;
  }
}
