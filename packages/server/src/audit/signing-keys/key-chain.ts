import { encodeVerifierKey, type Verifier } from '../note.ts';
import { openRotation, RotationError } from './rotation-note.ts';

/** A key of a log, and the sizes of the checkpoints that it signs. `last` is Infinity for the newest key. */
export type LogKey = { readonly verifier: Verifier; readonly first: number; readonly last: number };

/** More than daily rotations of a quarter of a century: checking a hostile chain must end. */
export const MAX_ROTATIONS = 10_000;

/**
 * All keys that have signed a log, oldest first. Each replacement is signed by the old and by the new key, so that
 * trust in any one of them reaches the others: forwards because the old one named its successor, backwards because
 * the new one named its predecessor.
 */
export class KeyChain {
  readonly keys: readonly LogKey[];
  /** The notes of the replacements, one fewer than keys. */
  readonly rotations: readonly string[];

  private constructor(keys: readonly LogKey[], rotations: readonly string[]) {
    this.keys = keys;
    this.rotations = rotations;
  }

  /** The chain of a log whose key was never replaced. */
  static of(verifier: Verifier): KeyChain {
    return new KeyChain([{ verifier, first: 0, last: Number.POSITIVE_INFINITY }], []);
  }

  /**
   * The chain that ends with `newest`. Throws RotationError where a note is not signed by both its keys, is of
   * another log, or does not follow on the one before.
   */
  static open(origin: string, newest: Verifier, rotations: readonly string[]): KeyChain {
    if (rotations.length > MAX_ROTATIONS)
      throw new RotationError(`a key was not replaced more than ${MAX_ROTATIONS} times`);
    const keys: LogKey[] = [];
    let [first, before] = [0, undefined as string | undefined];
    for (const note of rotations) {
      const { origin: of, size, oldKey, newKey } = openRotation(note);
      if (of !== origin) throw new RotationError('a rotation note is of another log');
      if (oldKey.name !== newest.name || newKey.name !== newest.name)
        throw new RotationError('a rotation note names a key of another log');
      if (before !== undefined && encodeVerifierKey(oldKey) !== before)
        throw new RotationError('a rotation note does not follow on the one before');
      if (size < first) throw new RotationError('the rotation notes are not in the order of the log');
      keys.push({ verifier: oldKey, first, last: size });
      [first, before] = [size + 1, encodeVerifierKey(newKey)];
    }
    const last = encodeVerifierKey(newest);
    if (before !== undefined && before !== last)
      throw new RotationError('the last rotation note does not name the key of the log');
    keys.push({ verifier: newest, first, last: Number.POSITIVE_INFINITY });
    if (new Set(keys.map(({ verifier }) => encodeVerifierKey(verifier))).size < keys.length)
      throw new RotationError('a key was replaced by one that had been used before');
    return new KeyChain(keys, [...rotations]);
  }

  /** The chain that these notes tell of, at least one. Throws RotationError. */
  static ofNotes(rotations: readonly string[]): KeyChain {
    const { origin, newKey } = openRotation(rotations.at(-1) ?? '');
    return KeyChain.open(origin, newKey, rotations);
  }

  /** The key that signs now. */
  get newest(): Verifier {
    return this.keys.at(-1)!.verifier;
  }

  /** The key that signs checkpoints of this size. */
  signerOf(size: number): Verifier {
    // Most checkpoints that anybody asks about are recent ones.
    return this.keys.findLast(({ first }) => first <= size)!.verifier;
  }

  /** Which of the keys this is, 0 the oldest; -1 where it is none of them. */
  indexOf(key: Verifier): number {
    return this.keys.findIndex(
      ({ verifier }) => verifier.name === key.name && verifier.publicKey.equals(key.publicKey),
    );
  }
}
