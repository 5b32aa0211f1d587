import { parse as uuidBytes, stringify as uuidText } from 'uuid';
import type { Entities } from '../../access/actor.ts';
import type { Step } from '../../database/unit.ts';
import { type Address, open, seal } from '../../encryption/seal.ts';
import type { Subject } from '../../encryption/subject-keys.ts';
import { deleteEvent, insertEvent } from './store.ts';

/** How long the outcome of an add or a deletion can be asked for. */
export const EVENTS_KEPT_MS = 7 * 86_400_000;

/** Ids that one event names; `count` says how many there were. */
export const NAMED = 1000;

/** What came of an add or a deletion that was asked for with an event. It holds ids, never a text. */
export interface StoredEvent {
  id: string;
  kind: 'ADD' | 'DELETE';
  /** At most a thousand; of a deletion across data subjects those of the last one. */
  memories: string[];
  /** Of how many memories in all. */
  count: number;
  /** What all of these memories have. */
  entities: Entities;
  /** Epoch ms. */
  at: number;
}

interface EventRow {
  id: Uint8Array;
  created_at: number;
  body: Uint8Array;
}

const addressOf = ({ namespaceId }: Subject, id: Uint8Array): Address => ({
  namespace: namespaceId,
  table: 'memory_events',
  row: id,
  field: 'body',
});

/**
 * Stores an event under its subject's key; `again` takes the place of the one that this deletion stored before.
 * Refuses an id that is another event's.
 */
export function storeEvent(subject: Subject, event: StoredEvent, again = false): Step[] {
  const id = uuidBytes(event.id);
  const { at, kind, count, entities } = event;
  const memories = event.memories.slice(-NAMED);
  const text = JSON.stringify({ kind, memories, count, entities });
  const body = seal(subject.key, addressOf(subject, id), Buffer.from(text));
  const insert = { ...insertEvent.bind({ id, subject: subject.id, at, body }), otherwise: 'event_exists' };
  return again ? [deleteEvent.bind({ id }), insert] : [insert];
}

/** @throws EncryptionError where somebody changed it from outside. */
export function openEvent(subject: Subject, { id, created_at: at, body }: EventRow): StoredEvent {
  const opened = JSON.parse(open(subject.key, addressOf(subject, id), body).toString());
  return { id: uuidText(id), ...(opened as Omit<StoredEvent, 'id' | 'at'>), at };
}
