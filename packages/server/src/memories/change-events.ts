import type { AuditEvent } from '../audit/entry.ts';
import { leafOf } from '../audit/recorder.ts';
import type { Leaf } from '../database/unit.ts';
import type { Subject } from '../encryption/subject-keys.ts';
import { ENTITY_FIELDS, type Memory, type MemoryBody } from './memory.ts';
import type { Caller, WriteRequest } from './requests.ts';
import type { Sealed } from './sealing.ts';

/** The event of a change; and, when the screen redacted something, which rules did, as an event of its own. */
export function changeLeaves(
  type: 'memory.created' | 'memory.updated' | 'memory.deleted',
  caller: Caller,
  subject: Subject,
  change: { ids: string[]; at: number; entities: Memory['entities']; sealed: Sealed[] } & States,
): Leaf[] {
  const { before, after } = change;
  const base = {
    time: change.at,
    actor: caller.actor,
    namespace: caller.namespace.publicId,
    resource: { type: 'memory', ids: change.ids },
    success: true,
    requestId: caller.requestId,
  };
  const named = ENTITY_FIELDS.filter((field) => change.entities[field] !== undefined);
  const entities = Object.fromEntries(named.map((field) => [field, change.entities[field]!]));
  const event: AuditEvent = {
    ...base,
    type,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    private: { ...caller.client, ...entities },
  };
  const leaves = [leafOf(event, subject.key)];
  const redacted = change.sealed.filter(({ screened }) => screened.redacted);
  if (redacted.length > 0) {
    const rules = redacted.flatMap(({ screened }) =>
      screened.screening.findings.filter(({ action }) => action === 'redacted').map(({ rule }) => rule),
    );
    const ids = change.ids.filter((_, i) => change.sealed[i]?.screened.redacted);
    const resource = { type: 'memory', ids };
    const private_ = { ...caller.client, rules: [...new Set(rules)] };
    leaves.push(leafOf({ ...base, type: 'memory.redacted', resource, private: private_ }, subject.key));
  }
  return leaves;
}

export type States = Pick<AuditEvent, 'before' | 'after'>;

/** What the log commits to: what is sealed of one memory, or of several in the order of their ids. */
export function statesOf(bodies: MemoryBody[]): NonNullable<States['after']> {
  return (bodies.length === 1 ? bodies[0]! : bodies) as unknown as NonNullable<States['after']>;
}

/** The screen refused it. By which rules, and nothing of the text: an id that is a secret is one here too. */
export function rejection({ caller, at, ...request }: WriteRequest, rules: readonly string[]): AuditEvent {
  const ids = named(request);
  return {
    type: 'memory.rejected',
    time: at,
    actor: caller.actor,
    namespace: caller.namespace.publicId,
    resource: { type: 'memory', ids },
    success: false,
    code: 'content_rejected',
    requestId: caller.requestId,
    private: { ...caller.client, rules: [...new Set(rules)] },
  };
}

/** The memories that it would have changed; those of an add have no ids before they are stored. */
function named(request: Pick<WriteRequest, 'kind'>): string[] {
  const change = request as WriteRequest;
  if (change.kind === 'update') return [change.memory.id];
  return change.kind === 'update many' ? change.changes.map(({ memory }) => memory.id) : [];
}
