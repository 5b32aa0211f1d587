import { parseCount } from '../checkpoint.ts';
import {
  encodeVerifierKey,
  NoteError,
  openNote,
  parseNote,
  parseVerifierKey,
  type Signer,
  signNote,
  type Verifier,
} from '../note.ts';

/** One replacement of the key that signs a log. */
export type Rotation = {
  /** Identity of the log, which stays the same. */
  readonly origin: string;
  /** Leaves that the old key has signed: its checkpoints have at most this size, those of the new key more. */
  readonly size: number;
  readonly oldKey: Verifier;
  readonly newKey: Verifier;
  /** Unix time in milliseconds. */
  readonly time: number;
};

/** A rotation note, or a chain of them, that does not hold. */
export class RotationError extends Error {
  override readonly name = 'RotationError';
  readonly code = 'rotation-invalid';
}

const KIND = 'key rotation';

/** What every rotation note of this log begins with, and no checkpoint: that has a number on its second line. */
export const rotationBegins = (origin: string) => `${origin}\n${KIND}\n`;

/**
 * The rotation as a note (C2SP signed-note) that both keys sign: the old one says which key comes after it, the new
 * one which came before. Lines: origin, `key rotation`, size, old and new verifier key, `time <unix ms>`.
 */
export function signRotation(
  { origin, size, time }: Pick<Rotation, 'origin' | 'size' | 'time'>,
  oldSigner: Signer,
  newSigner: Signer,
): string {
  const keys = `${encodeVerifierKey(oldSigner)}\n${encodeVerifierKey(newSigner)}`;
  return signNote(`${rotationBegins(origin)}${size}\n${keys}\ntime ${time}\n`, oldSigner, newSigner);
}

/**
 * Reads a rotation note and checks both signatures against the keys that it names: whether one of those is to be
 * trusted is for the caller to know. Throws RotationError.
 */
export function openRotation(note: string): Rotation {
  try {
    const lines = parseNote(note).text.split('\n');
    const [origin = '', kind, sizeLine = '', oldText = '', newText = '', timeLine = ''] = lines;
    const size = parseCount(sizeLine);
    const time = timeLine.startsWith('time ') ? parseCount(timeLine.slice('time '.length)) : undefined;
    if (lines.length !== 7 || origin === '' || kind !== KIND || size === undefined || time === undefined)
      throw new RotationError('a rotation note does not have its six lines');
    const [oldKey, newKey] = [parseVerifierKey(oldText), parseVerifierKey(newText)];
    if (openNote(note, [oldKey, newKey]).verifiedBy.length !== 2)
      throw new RotationError('a rotation note is not signed by the old key and by the new one');
    return { origin, size, oldKey, newKey, time };
  } catch (cause) {
    if (!(cause instanceof NoteError)) throw cause;
    throw new RotationError('a rotation note is not signed by the old key and by the new one', { cause });
  }
}
