import type { AuditActor, AuditEvent } from './entry.ts';

/** A data subject as the log names it: half of its key's name, in hex, which says nothing of who it is. */
export function subjectName(keyId: Uint8Array): string {
  return Buffer.from(keyId).subarray(0, 16).toString('hex');
}

/** A data subject was seen for the first time, and has a key of its own. `namespace` is its public id. */
export function keyCreated(keyId: Uint8Array, namespace: string, time: number): AuditEvent {
  const actor: AuditActor = { kind: 'system' };
  const resource = { type: 'subject', ids: [subjectName(keyId)] };
  return { type: 'key.created', time, actor, namespace, resource, success: true };
}

/** Subjects that one event names. */
const NAMED_AT_ONCE = 1000;

/**
 * Data subjects of a namespace were erased with all that was theirs, by destroying their keys. `by` says who did it
 * and through which request; `names` are those of `subjectName`.
 */
export function subjectsErased(
  names: readonly string[],
  namespace: string,
  by: Pick<AuditEvent, 'actor' | 'time' | 'requestId' | 'private'>,
): AuditEvent[] {
  const events: AuditEvent[] = [];
  for (let from = 0; from < names.length; from += NAMED_AT_ONCE) {
    const resource = { type: 'subject', ids: names.slice(from, from + NAMED_AT_ONCE) };
    for (const type of ['key.destroyed', 'subject.erased'] as const)
      events.push({ ...by, type, namespace, resource, success: true });
  }
  return events;
}
