import { parse as uuidBytes } from 'uuid';
import type { AuditEvent } from '../audit/entry.ts';
import { leafOf } from '../audit/recorder.ts';
import type { Leaf, Step, Unit } from '../database/unit.ts';
import { bodyAddress, originalAddress, recordAddress } from '../encryption/addresses.ts';
import { seal } from '../encryption/seal.ts';
import { requireSubject } from '../encryption/store.ts';
import type { Subject, SubjectKeys } from '../encryption/subject-keys.ts';
import { buildRecord, encodeRecord } from '../recall/record.ts';
import { MemoryError } from './errors.ts';
import {
  bodyOf,
  ENTITY_FIELDS,
  type Memory,
  type MemoryBody,
  type MemoryContent,
  subjectOf,
} from './memory.ts';
import type { Caller, NewMemory, WriteRequest, WriteResult } from './requests.ts';
import { type Screened, screen, screenEntities } from './screening.ts';
import { add, end, keepOriginal, replace, type SealedMemory } from './store.ts';

/** How long the text before a redaction stays revealable. */
export const ORIGINAL_KEPT_MS = 30 * 86_400_000;

const NOTHING_SCREENED = { action: 'allowed', findings: [], labels: [] } as const;

interface Prepared {
  unit: Unit;
  result: WriteResult;
}
interface Sealed {
  memory: SealedMemory;
  screened: Screened;
  body: MemoryBody;
  original?: Step;
}

/**
 * The worker half of every change of memories: screen, analyse, seal, and make the unit that stores it all with its
 * audit leaf. Runs in the screen thread, because this work is most of what a write costs.
 */
export class MemoryWriting {
  private readonly keys: SubjectKeys;
  private readonly record: (event: AuditEvent) => Promise<unknown>;

  /** `record` stores an event that comes with no change. */
  constructor(keys: SubjectKeys, record: (event: AuditEvent) => Promise<unknown>) {
    this.keys = keys;
    this.record = record;
  }

  /** @throws MemoryError when the screen rejects; EncryptionError when the subject's key is not to be had. */
  async prepare(request: WriteRequest): Promise<Prepared> {
    try {
      return await this.unitFor(request);
    } catch (error) {
      // Nothing is stored: that the log did not take it either changes nothing for the caller.
      if (error instanceof MemoryError && error.code === 'content_rejected')
        await this.record(rejection(request, error.rules)).catch(() => undefined);
      throw error;
    }
  }

  private unitFor(request: WriteRequest): Promise<Prepared> {
    if (request.kind === 'add') return this.add(request);
    if (request.kind === 'update') return this.update(request);
    return this.delete(request);
  }

  private async add({
    caller,
    entities,
    items,
    at,
  }: Extract<WriteRequest, { kind: 'add' }>): Promise<Prepared> {
    screenEntities(entities);
    const subject = await this.keys.ensure(caller.namespace, subjectOf(entities));
    const sealed = items.map(({ id, content }: NewMemory) =>
      sealMemory(subject, { id, content, entities, version: 1, createdAt: at, at }),
    );
    const steps = sealed.flatMap((one, change) => [
      ...add(one.memory, change, at),
      ...(one.original ? [one.original] : []),
    ]);
    const ids = items.map(({ id }) => id);
    const after = statesOf(sealed.map(({ body }) => body));
    const leaves = changeLeaves('memory.created', caller, subject, { ids, at, entities, sealed, after });
    return {
      unit: unitOf(caller, subject, steps, leaves, items.length),
      result: { memories: sealed.map((one, i) => resultOf(ids[i]!, 1, one)) },
    };
  }

  private async update(request: Extract<WriteRequest, { kind: 'update' }>): Promise<Prepared> {
    const { caller, memory, content, at } = request;
    const { id, version, entities, createdAt } = memory;
    const subject = await this.keys.ensure(caller.namespace, subjectOf(entities));
    const one = sealMemory(subject, { id, content, entities, version: version + 1, createdAt, at });
    const steps = [...replace(one.memory, version, at), ...(one.original ? [one.original] : [])];
    const leaves = changeLeaves('memory.updated', caller, subject, {
      ids: [id],
      at,
      entities,
      sealed: [one],
      before: statesOf([bodyOf(memory)]),
      after: statesOf([one.body]),
    });
    return {
      unit: unitOf(caller, subject, steps, leaves, 1),
      result: { memories: [resultOf(id, version + 1, one)] },
    };
  }

  private async delete(request: Extract<WriteRequest, { kind: 'delete' }>): Promise<Prepared> {
    const { caller, entities, memories, at } = request;
    const subject = await this.keys.ensure(caller.namespace, subjectOf(entities));
    const steps = memories.flatMap(({ id, version }, change) => end(uuidBytes(id), version, change, at));
    const ids = memories.map(({ id }) => id);
    const before = statesOf(memories.flatMap(({ body }) => body ?? []));
    const change = { ids, at, entities, sealed: [], ...(memories.every(({ body }) => body) && { before }) };
    const leaves = changeLeaves('memory.deleted', caller, subject, change);
    const gone = memories.map(({ id, version }) => ({
      id,
      version: version + 1,
      screening: { ...NOTHING_SCREENED, findings: [], labels: [] },
      body: null,
    }));
    return { unit: unitOf(caller, subject, steps, leaves, memories.length), result: { memories: gone } };
  }
}

function unitOf(caller: Caller, subject: Subject, steps: Step[], leaves: Leaf[], changes: number): Unit {
  // What may refuse comes first: refusing is cheap while nothing was changed.
  const guards = [caller.guard, requireSubject(subject.id, subject.generation)];
  return { steps: [...guards, ...steps], leaves, subject: { id: subject.id, changes } };
}

function resultOf(id: string, version: number, { screened, body }: Sealed): WriteResult['memories'][number] {
  return { id, version, screening: screened.screening, body };
}

interface Sealing {
  id: string;
  content: MemoryContent;
  entities: MemoryBody['entities'];
  version: number;
  createdAt: number;
  at: number;
}

function sealMemory(
  subject: Subject,
  { id: name, content, entities, version, createdAt, at }: Sealing,
): Sealed {
  const id = uuidBytes(name);
  const screened = screen(content);
  const { text } = screened.content;
  const body: MemoryBody = { ...screened.content, entities, labels: screened.screening.labels };
  const record = recordOf(body, createdAt, at);
  const sealedBody = seal(subject.key, bodyAddress(subject, id, version), Buffer.from(JSON.stringify(body)));
  const sealedRecord = seal(subject.key, recordAddress(subject, id, version), record);
  const memory: SealedMemory = { id, subjectId: subject.id, text, body: sealedBody, record: sealedRecord };
  if (!screened.redacted) return { memory, screened, body };
  const original = Buffer.from(JSON.stringify({ text: content.text, metadata: content.metadata }));
  const kept = seal(subject.key, originalAddress(subject, id, version), original);
  const step = keepOriginal({ id, version, subjectId: subject.id, body: kept }, at + ORIGINAL_KEPT_MS);
  return { memory, screened, body, original: step };
}

function recordOf(body: MemoryBody, createdAt: number, at: number): Uint8Array {
  const { text, metadata, role, speaker, thread, timestamp, expiresOn, categories, labels, entities } = body;
  const { user_id: userId, agent_id: agentId, app_id: appId, run_id: runId } = entities;
  return encodeRecord(
    buildRecord({
      text,
      metadata,
      labels,
      time: timestamp ?? createdAt,
      createdAt,
      updatedAt: at,
      ...(role !== undefined && { role }),
      ...(speaker !== undefined && { speaker }),
      ...(thread !== undefined && { thread }),
      ...(expiresOn !== undefined && { expiresOn }),
      ...(categories !== undefined && { categories }),
      ...(userId !== undefined && { userId }),
      ...(agentId !== undefined && { agentId }),
      ...(appId !== undefined && { appId }),
      ...(runId !== undefined && { runId }),
    }),
  );
}

/** The event of a change; and, when the screen redacted something, which rules did, as an event of its own. */
function changeLeaves(
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

type States = Pick<AuditEvent, 'before' | 'after'>;

/** What the log commits to: what is sealed of one memory, or of several in the order of their ids. */
function statesOf(bodies: MemoryBody[]): NonNullable<States['after']> {
  return (bodies.length === 1 ? bodies[0]! : bodies) as unknown as NonNullable<States['after']>;
}

/** The screen refused it. By which rules, and nothing of the text: an id that is a secret is one here too. */
function rejection({ caller, at, ...request }: WriteRequest, rules: readonly string[]): AuditEvent {
  const ids = request.kind === 'update' ? [request.memory.id] : [];
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
