import { parse as uuidBytes, stringify as uuidText } from 'uuid';
import type { Entities } from '../access/actor.ts';
import type { AuditEvent } from '../audit/entry.ts';
import type { EventType } from '../audit/events.ts';
import { leafOf } from '../audit/recorder.ts';
import type { Reader } from '../database/reader.ts';
import type { Unit } from '../database/unit.ts';
import { bodyAddress, originalAddress } from '../encryption/addresses.ts';
import { type DataKey, open } from '../encryption/seal.ts';
import { subjectById } from '../encryption/store.ts';
import type { Subject, SubjectKeys } from '../encryption/subject-keys.ts';
import { entityScope, type Filter, parseFilter } from '../recall/filters.ts';
import type { HeldShard, ShardCache } from '../recall/shard-cache.ts';
import { MemoryError } from './errors.ts';
import { expiredIn } from './expiry.ts';
import { ENTITY_FIELDS, type HistoryEntry, type MemoryBody, within } from './memory.ts';
import { ownership } from './ownership.ts';
import type { Caller, Found, ReadRequest, ReadResult, Scope } from './requests.ts';
import { memoryById, memoryByRow, originalOf, versionsOf } from './store.ts';

interface MemoryRow {
  row: number;
  id: Uint8Array;
  subject_id: number;
  version: number;
  state: number;
  created_at: number;
  updated_at: number;
  body: Uint8Array | null;
}

/** Texts in one answer: what a thousand of the longest memories would be is too much to hold for a slow client. */
const ANSWER_BYTES = 8 * 1024 * 1024;

/** Memories that the log names where an answer has only their count. */
const TOLD_OF_A_COUNT = 100;

/** What a caller looks at: a shard, and what of it. */
interface Sight {
  held: HeldShard | undefined;
  reach?: Filter;
  filter?: Filter;
}

/** Sealed rows that recent searches found: every commit elsewhere empties the connection's own page cache. */
const ROWS_KEPT = 20_000;

/** The worker half of every read of memories: find, open, and tell the audit log which ids reached whom. */
export class MemoryReading {
  private readonly reader: Reader;
  private readonly keys: SubjectKeys;
  private readonly shards: ShardCache;
  private readonly recordsKey: DataKey;
  private readonly commit: (unit: Unit) => Promise<unknown>;
  private readonly queueIsFull: () => boolean;
  private readonly onUnopened: (id: string) => void;
  private readonly rows: Map<number, MemoryRow>;
  private deferredFailed = false;
  /** Events that nobody waits for. */
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(options: {
    reader: Reader;
    keys: SubjectKeys;
    shards: ShardCache;
    /** Seals the details of events that concern more than one subject. */
    recordsKey: DataKey;
    commit(unit: Unit): Promise<unknown>;
    /** Whether the writer takes no more for the moment. */
    queueIsFull(): boolean;
    /** Told of a memory whose text was changed from outside. */
    onUnopened(id: string): void;
    rows: Map<number, MemoryRow>;
  }) {
    this.reader = options.reader;
    this.keys = options.keys;
    this.shards = options.shards;
    this.recordsKey = options.recordsKey;
    this.commit = options.commit;
    this.queueIsFull = options.queueIsFull;
    this.onUnopened = options.onUnopened;
    this.rows = options.rows;
  }

  async answer(request: ReadRequest): Promise<ReadResult> {
    switch (request.kind) {
      case 'settle':
        await Promise.all(this.underWay);
        return { memories: [], total: 0 };
      case 'search':
        return this.search(request);
      case 'list':
        return this.list(request);
      case 'get':
        return this.get(request);
      case 'which':
        return this.which(request);
      case 'expired':
        return {
          memories: [],
          total: 0,
          expired: await expiredIn(this.reader, this.keys, request, this.onUnopened),
        };
      case 'history':
        return this.history(request);
      case 'original':
        return this.original(request);
    }
  }

  private async search(request: Extract<ReadRequest, { kind: 'search' }>): Promise<ReadResult> {
    const { caller, scope, query, topK, threshold, now } = request;
    const { held, reach, filter } = await this.shardFor(caller, scope);
    const showExpired = scope.showExpired ?? false;
    const limits = { topK, now, showExpired, ...(threshold !== undefined && { threshold }) };
    const options = { ...limits, ...(reach && { reach }), ...(filter && { filter }) };
    const hits = held?.shard.search(query, options).hits ?? [];
    const [{ memories, cut }] = await Promise.all([
      this.fetch(hits, held),
      this.record('memory.searched', caller, now, hits, held),
    ]);
    return { memories, total: memories.length, ...((held?.partial || cut) && { partial: true }) };
  }

  private async list(request: Extract<ReadRequest, { kind: 'list' }>): Promise<ReadResult> {
    const { caller, scope, offset, limit, order, now, bare } = request;
    const { held, reach, filter } = await this.shardFor(caller, scope);
    const showExpired = scope.showExpired ?? false;
    const options = {
      offset,
      limit,
      order,
      now,
      showExpired,
      ...(reach && { reach }),
      ...(filter && { filter }),
    };
    const page = held?.shard.list(options);
    const ids = page?.ids ?? [];
    // A page beyond the end shows none, but how many there are: asked with one filter after the other, that tells all.
    const countsOnly = !bare && ids.length === 0 && (page?.total ?? 0) > 0;
    const told = countsOnly ? held!.shard.list({ ...options, offset: 0, limit: TOLD_OF_A_COUNT }).ids : ids;
    const [{ memories, cut }] = await Promise.all([
      this.fetch(ids, held),
      bare ? undefined : this.record('memory.listed', caller, now, told, held),
    ]);
    return { memories, total: page?.total ?? 0, ...((held?.partial || cut) && { partial: true }) };
  }

  private async get(request: Extract<ReadRequest, { kind: 'get' }>): Promise<ReadResult> {
    const { caller, scope, id, now, bare } = request;
    const { memory, subject } = await this.require(caller, scope, id);
    if (!bare) await this.record('memory.retrieved', caller, now, [memory], { members: only(subject) });
    return { memories: [memory], total: 1 };
  }

  private async which(request: Extract<ReadRequest, { kind: 'which' }>): Promise<ReadResult> {
    const { caller, reach, tell } = request;
    const found = [];
    for (const of of request.of) found.push(await ownership(this.reader, this.keys, caller, reach, of));
    const foreign = found.flatMap((one) => one.foreign);
    if (tell && foreign.length > 0) await this.deny(caller, foreign);
    return { memories: [], total: 0, own: found.map(({ own }) => own) };
  }

  private async history(request: Extract<ReadRequest, { kind: 'history' }>): Promise<ReadResult> {
    const { caller, scope, id, now } = request;
    const { row, subject, memory } = await this.find(caller, scope, id);
    const versions = await this.reader.all(versionsOf, { id: row.id });
    const opened = newest(versions).map(({ version, event, at, body }) => ({
      version,
      event: event as HistoryEntry['event'],
      at,
      body: body && openBody(subject, row.id, version, body),
    }));
    if (memory) {
      const event = memory.version === 1 ? 'ADD' : 'UPDATE';
      opened.push({ version: memory.version, event, at: memory.updatedAt, body: memory });
    }
    const history = opened.map(({ version, event, at, body }, i) => ({
      version,
      event,
      at,
      before: opened[i - 1]?.body?.text ?? null,
      after: body?.text ?? null,
      entities: body?.entities ?? {},
      metadata: body?.metadata ?? {},
    }));
    await this.record('memory.history.retrieved', caller, now, [{ id }], { members: only(subject) });
    return { memories: [], total: history.length, history };
  }

  private async original(request: Extract<ReadRequest, { kind: 'original' }>): Promise<ReadResult> {
    const { caller, scope, id, now } = request;
    const { row, subject } = await this.require(caller, scope, id);
    const [kept] = await this.reader.all(originalOf, { id: row.id, now });
    if (!kept)
      throw new MemoryError(
        'not_found',
        'No original is kept of this memory: nothing was redacted, or its 30 days are over.',
      );
    const address = originalAddress(subject, row.id, kept.version);
    const { text, metadata } = JSON.parse(open(subject.key, address, kept.body).toString()) as MemoryBody;
    await this.record('memory.revealed', caller, now, [{ id }], { members: only(subject) });
    return {
      memories: [],
      total: 1,
      original: { version: kept.version, text, metadata, expiresAt: kept.expires_at },
    };
  }

  /** A memory whose user is pinned lies in that user's shard; any other search goes through the whole namespace. */
  private async shardFor(caller: Caller, scope: Scope): Promise<Sight> {
    const { namespace } = caller;
    const filter = parseFilter(scope.filter);
    const user = scope.reach.user_id ?? entityScope(filter).userId;
    if (user === undefined)
      return {
        held: await this.shards.ofNamespace(namespace.id),
        reach: parseFilter(exactly(scope.reach)),
        filter,
      };
    const held = await this.shards.ofSubject(namespace.id, { kind: 'user', id: user });
    const { user_id: _, ...reach } = scope.reach;
    return {
      held,
      ...narrowing('reach', exactly(reach)),
      ...narrowing('filter', withoutUser(scope.filter, user)),
    };
  }

  /** Opens what was found, as far as one answer may be large; `cut` says that something is missing. */
  private async fetch(
    hits: readonly { rowid: number; score?: number }[],
    held: HeldShard | undefined,
  ): Promise<{ memories: Found[]; cut: boolean }> {
    const memories: Found[] = [];
    let bytes = 0;
    let missing = false;
    for (const { rowid, score } of held ? hits : []) {
      const row = this.rows.get(rowid) ?? (await this.load(rowid));
      const subject = row && held?.members.get(row.subject_id);
      if (!row?.body || !subject) continue;
      bytes += row.body.length;
      if (bytes > ANSWER_BYTES && memories.length > 0) return { memories, cut: true };
      try {
        const memory = memoryOf(row, openBody(subject, row.id, row.version, row.body));
        memories.push(score === undefined ? memory : { ...memory, score });
      } catch {
        this.onUnopened(uuidText(row.id));
        missing = true;
      }
    }
    return { memories, cut: missing };
  }

  private async load(rowid: number): Promise<MemoryRow | undefined> {
    const [row] = await this.reader.all(memoryByRow, { row: rowid });
    if (!row) return undefined;
    if (this.rows.size >= ROWS_KEPT) this.rows.delete(this.rows.keys().next().value!);
    this.rows.set(rowid, row);
    return row;
  }

  /** @throws MemoryError `not_found` for what is missing, ended, or somebody else's: the same answer for all. */
  private async require(
    caller: Caller,
    scope: Scope,
    id: string,
  ): Promise<{ row: MemoryRow; subject: Subject; memory: Found }> {
    const { row, subject, memory } = await this.find(caller, scope, id);
    if (!memory) throw new MemoryError('not_found');
    return { row, subject, memory };
  }

  private async find(
    caller: Caller,
    scope: Scope,
    id: string,
  ): Promise<{ row: MemoryRow; subject: Subject; memory: Found | undefined }> {
    const [row] = await this.reader.all(memoryById, { id: uuidBytes(id) });
    const [owner] = row ? await this.reader.all(subjectById, { id: row.subject_id }) : [];
    if (!row || owner?.state !== 'active') throw new MemoryError('not_found');
    if (owner.namespace_id !== caller.namespace.id) return this.refuse(caller, id);
    const subject = await this.keys.of(owner);
    const memory = row.body ? memoryOf(row, openBody(subject, row.id, row.version, row.body)) : undefined;
    const visible = memory
      ? within(memory.entities, scope.reach)
      : this.ownsSubject(caller, scope.reach, owner.digest);
    if (!visible) return this.refuse(caller, id);
    return { row, subject, memory };
  }

  /** The answer is that of a missing memory; only the log says that somebody asked for one that is not theirs. */
  private async refuse(caller: Caller, id: string): Promise<never> {
    await this.deny(caller, [id]);
    throw new MemoryError('not_found');
  }

  private async deny(caller: Caller, ids: string[]): Promise<void> {
    const event = {
      ...eventOf('authz.access.denied', caller, Date.now(), ids),
      success: false,
      code: 'not_found',
    };
    await this.commit({ steps: [caller.guard], leaves: [leafOf(event, this.recordsKey)] });
  }

  /** Of an ended memory only its subject is left to tell whose it was. */
  private ownsSubject(caller: Caller, reach: Entities, digest: Uint8Array): boolean {
    const bound = ENTITY_FIELDS.filter((field) => reach[field] !== undefined);
    if (bound.length === 0) return true;
    if (bound.length > 1 || reach.user_id === undefined) return false;
    return this.keys.digest(caller.namespace.id, { kind: 'user', id: reach.user_id }).equals(digest);
  }

  private async record(
    type: EventType,
    caller: Caller,
    time: number,
    memories: readonly { id: string }[],
    held: Pick<HeldShard, 'members'> | undefined,
  ): Promise<void> {
    const ids = memories.map(({ id }) => id);
    const subject = held?.members.size === 1 ? held.members.values().next().value : undefined;
    const leaf = leafOf(eventOf(type, caller, time, ids), subject?.key ?? this.recordsKey);
    const committed = this.commit({ steps: [caller.guard], leaves: [leaf] });
    const noted = committed.then(
      () => this.noteDeferred(false),
      () => this.noteDeferred(true),
    );
    this.underWay.add(noted);
    noted.finally(() => this.underWay.delete(noted));
    // A full queue, or a log that did not take the last event, makes deferred reads wait like durable ones: what
    // cannot be recorded is not answered.
    if (caller.auditReads === 'durable' || this.deferredFailed || this.queueIsFull()) await committed;
  }

  private noteDeferred(failed: boolean): void {
    this.deferredFailed = failed;
  }
}

/** Every memory of a user's shard has that user: testing each again cost an eighth of a search. */
function withoutUser(filter: Record<string, unknown>, user: string): Record<string, unknown> {
  const { user_id, AND, ...rest } = filter;
  const kept = user_id === undefined || user_id === user ? rest : { ...rest, user_id };
  if (AND === undefined) return kept;
  if (!Array.isArray(AND)) return { ...kept, AND };
  const branches = AND.map((branch) => withoutUser(branch as Record<string, unknown>, user));
  const left = branches.filter((branch) => Object.keys(branch).length > 0);
  return left.length === 0 ? kept : { ...kept, AND: left };
}

function narrowing<K extends 'reach' | 'filter'>(name: K, json: object): { [key in K]?: Filter } {
  return Object.keys(json).length === 0 ? {} : ({ [name]: parseFilter(json) } as { [key in K]: Filter });
}

function eventOf(type: EventType, caller: Caller, time: number, ids: string[]): AuditEvent {
  return {
    type,
    time,
    actor: caller.actor,
    namespace: caller.namespace.publicId,
    resource: { type: 'memory', ids },
    success: true,
    requestId: caller.requestId,
    private: { ...caller.client },
  };
}

/** As many of the newest versions as one answer may hold: each text is shown twice, as old and as new. */
function newest<T extends { body: Uint8Array | null }>(versions: T[]): T[] {
  let bytes = 0;
  let from = versions.length;
  while (from > 0 && bytes < ANSWER_BYTES) bytes += 2 * (versions[--from]!.body?.length ?? 0);
  return versions.slice(from);
}

/** `"*"` stands for itself here, unlike in a caller's filter. */
function exactly(entities: Entities): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entities).map(([field, id]) => [field, { in: [id] }]));
}

const only = (subject: Subject) => new Map([[subject.id, subject]]);

function openBody(subject: Subject, id: Uint8Array, version: number, sealed: Uint8Array): MemoryBody {
  return JSON.parse(open(subject.key, bodyAddress(subject, id, version), sealed).toString()) as MemoryBody;
}

function memoryOf(row: MemoryRow, body: MemoryBody): Found {
  return {
    ...body,
    id: uuidText(row.id),
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
