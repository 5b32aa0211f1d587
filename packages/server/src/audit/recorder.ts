import type { Leaf, Unit } from '../database/unit.ts';
import { type Address, type DataKey, open, seal } from '../encryption/seal.ts';
import { SALT_BYTES } from './commitment.ts';
import { type AuditEvent, encodeEvent } from './entry.ts';

/** The private part goes with the leaf that commits to it. */
const privateAddress = (leafHash: Uint8Array): Address => ({
  namespace: 0,
  table: 'audit_events',
  row: leafHash,
  field: 'private',
});

/**
 * An event as the leaf that a unit carries. `key` seals the private part: a data subject's own key where there is
 * one, so that shredding the subject takes it along.
 */
export function leafOf(event: AuditEvent, key: DataKey): Leaf {
  const { skeleton, leafHash, opening } = encodeEvent(event, key.commitment);
  const privateSealed = opening ? seal(key, privateAddress(leafHash), opening) : null;
  // Its buffer is one that others get after it.
  opening?.fill(0);
  return { hash: leafHash, skeleton, privateSealed };
}

/** The private part and its salt, for an export. */
export function openPrivate(
  key: DataKey,
  leafHash: Uint8Array,
  sealed: Uint8Array,
): { salt: Buffer; privatePart: Buffer } {
  const bytes = open(key, privateAddress(leafHash), sealed);
  return { salt: bytes.subarray(0, SALT_BYTES), privatePart: bytes.subarray(SALT_BYTES) };
}

/** How the main thread tells of what happens. */
export interface Recorder {
  /** The leaf of an event, for the unit of the change that it tells of. */
  leaf(event: AuditEvent): Leaf;
  /** Stores events that come with no change, all or none. @throws DatabaseError when they could not be stored. */
  record(...events: AuditEvent[]): Promise<void>;
}

export function createRecorder(writer: { commit(unit: Unit): Promise<unknown> }, key: DataKey): Recorder {
  const leaf = (event: AuditEvent) => leafOf(event, key);
  return {
    leaf,
    async record(...events) {
      await writer.commit({ steps: [], leaves: events.map(leaf) });
    },
  };
}
