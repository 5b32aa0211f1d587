import { decodeBase64, encodeBase64 } from './base64.ts';
import type { Signer, Verifier } from './note.ts';
import { openNote, signNote } from './note.ts';
import { HASH_BYTES } from './sha256.ts';

/** What a log commits to when it signs: its identity, its number of leaves and their Merkle root. */
export type Checkpoint = {
  /** Identity of the log; a schema-less URL by convention. */
  readonly origin: string;
  /** Number of leaves. */
  readonly size: number;
  /** RFC 6962 root, 32 bytes. */
  readonly root: Uint8Array;
  /** When it was signed, Unix time in milliseconds; an extension line, absent in other logs' checkpoints. */
  readonly time?: number;
};

/** A text that is not a checkpoint body. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly code = 'checkpoint-malformed';
}

/**
 * The body of a checkpoint (C2SP tlog-checkpoint): origin, size, base64 root, and one extension line
 * `time <unix ms>` where a time is given; each line ends with a newline.
 * Throws CheckpointError where a part cannot stand on its line.
 */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root, time } = checkpoint;
  const text = `${origin}\n${size}\n${encodeBase64(root)}\n${time === undefined ? '' : `time ${time}\n`}`;
  // A newline in the origin would frame another checkpoint than the one meant.
  const parsed = parseCheckpoint(text);
  if (parsed.origin !== origin) throw new CheckpointError('the origin must be one line');
  return text;
}

/**
 * Reads a checkpoint body. Unknown extension lines are allowed and ignored, as the specification says;
 * a second or malformed `time` line is not. Throws CheckpointError.
 */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  const [origin, sizeLine = '', rootLine = ''] = lines;
  if (lines.pop() !== '' || lines.length < 3 || lines.includes('')) {
    throw new CheckpointError('a checkpoint has at least three lines, none of them empty');
  }
  const size = parseCount(sizeLine);
  const root = decodeBase64(rootLine, HASH_BYTES);
  if (size === undefined) throw new CheckpointError('the tree size is not a plain decimal number');
  if (root === undefined) throw new CheckpointError('the root is not 32 bytes of base64');
  const times = lines.slice(3).filter((line) => line.startsWith('time '));
  if (times.length === 0) return { origin: origin!, size, root };
  const time = times.length === 1 ? parseCount(times[0]!.slice('time '.length)) : undefined;
  if (time === undefined) throw new CheckpointError('the time is not one plain number of milliseconds');
  return { origin: origin!, size, root, time };
}

/** A plain decimal number without sign or leading zeroes, within 2^53; undefined where it is not one. */
export function parseCount(text: string): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** The checkpoint as a signed note. Throws as `formatCheckpoint` and `signNote` do. */
export function signCheckpoint(checkpoint: Checkpoint, signer: Signer): string {
  return signNote(formatCheckpoint(checkpoint), signer);
}

/** Checks the signature, then reads the body. Throws as `openNote` and `parseCheckpoint` do. */
export function openCheckpoint(note: string, verifiers: readonly Verifier[]): Checkpoint {
  return parseCheckpoint(openNote(note, verifiers).text);
}
