import { encodeVerifierKey } from '../note.ts';
import { type LogKey, MAX_ROTATIONS } from './key-chain.ts';
import { openRotation } from './rotation-note.ts';

/**
 * The keys that came after `key`, the newest that a log knows, oldest first, as rotation notes that were kept elsewhere
 * tell of them. Each is named and signed for by the one before, so nobody adds one who has none of these keys; notes
 * that do not hold, or lead from another key, are passed over.
 */
export function successorsOf(key: LogKey, rotations: readonly string[]): LogKey[] {
  const byOldKey = Map.groupBy(rotations, (note) => note.split('\n', 4)[3]);
  const seen = new Set([encodeVerifierKey(key.verifier)]);
  const found: LogKey[] = [];
  for (let at = key; found.length < MAX_ROTATIONS; ) {
    const next = following(at, byOldKey.get(encodeVerifierKey(at.verifier)) ?? []);
    if (!next || seen.has(encodeVerifierKey(next.verifier))) break;
    seen.add(encodeVerifierKey(next.verifier));
    found.push(next);
    at = next;
  }
  return found;
}

function following({ verifier, first }: LogKey, notes: readonly string[]): LogKey | undefined {
  for (const note of notes) {
    try {
      const { origin, size, newKey } = openRotation(note);
      if (origin === verifier.name && newKey.name === verifier.name && size >= first)
        return { verifier: newKey, first: size + 1, last: Number.POSITIVE_INFINITY };
    } catch {
      // Anybody can write such a note; without the old key it is not signed.
    }
  }
  return undefined;
}
