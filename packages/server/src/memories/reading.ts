import type { Entities } from '../access/actor.ts';
import type { EventType } from '../audit/events.ts';
import type { Reader } from '../database/reader.ts';
import { originalAddress } from '../encryption/addresses.ts';
import { open } from '../encryption/seal.ts';
import type { Subject, SubjectKeys } from '../encryption/subject-keys.ts';
import type { HeldShard, ShardCache } from '../recall/shard-cache.ts';
import { entitiesIn } from './entities.ts';
import { MemoryError } from './errors.ts';
import { EventReading } from './events/reading.ts';
import { expiredIn } from './expiry.ts';
import type { HistoryEntry, MemoryBody } from './memory.ts';
import { ANSWER_BYTES, type Located, MemoryOpening, type MemoryRow, openBody } from './opening.ts';
import { ownership } from './ownership.ts';
import { ReadEvents, type ReadEventsOptions } from './read-events.ts';
import type { Caller, Found, ReadRequest, ReadResult } from './requests.ts';
import { sightOf } from './sight.ts';
import { originalOf, versionsOf } from './store.ts';

type Request<K extends ReadRequest['kind']> = Extract<ReadRequest, { kind: K }>;

/** Memories that the log names where an answer has only their count. */
const TOLD_OF_A_COUNT = 100;

/**
 * Sealed memories that one change may take together. Everybody's writes wait while they are screened anew, which takes
 * about a second for two megabytes; a request that names a thousand memories is small whatever they hold.
 */
const TOGETHER_BYTES = 4 * 1024 * 1024;

const NOTHING = { memories: [], total: 0 };

/** The worker half of every read of memories: find, open, and tell the audit log which ids reached whom. */
export class MemoryReading {
  private readonly reader: Reader;
  private readonly keys: SubjectKeys;
  private readonly shards: ShardCache;
  private readonly onUnopened: (id: string) => void;
  private readonly opening: MemoryOpening;
  private readonly events: EventReading;
  private readonly told: ReadEvents;

  constructor(
    options: ReadEventsOptions & {
      reader: Reader;
      keys: SubjectKeys;
      shards: ShardCache;
      /** Told of a memory whose text was changed from outside. */
      onUnopened(id: string): void;
      rows: Map<number, MemoryRow>;
    },
  ) {
    const { reader, keys, onUnopened } = options;
    this.reader = reader;
    this.keys = keys;
    this.shards = options.shards;
    this.onUnopened = onUnopened;
    this.opening = new MemoryOpening(options);
    this.events = new EventReading(reader, keys, onUnopened);
    this.told = new ReadEvents(options);
  }

  async answer(request: ReadRequest): Promise<ReadResult> {
    switch (request.kind) {
      case 'settle':
        await this.told.settle();
        return NOTHING;
      case 'search':
        return this.search(request);
      case 'list':
        return this.list(request);
      case 'get':
        return this.get(request);
      case 'many':
        return this.many(request);
      case 'which':
        return this.which(request);
      case 'expired':
        return {
          ...NOTHING,
          expired: await expiredIn(this.reader, this.keys, request, this.onUnopened),
        };
      case 'history':
        return this.history(request);
      case 'original':
        return this.original(request);
      case 'entities':
        return this.entities(request);
      case 'event':
        return this.event(request);
      case 'events':
        return this.eventPage(request);
    }
  }

  private async search(request: Request<'search'>): Promise<ReadResult> {
    const { caller, scope, query, topK, threshold, now } = request;
    const { held, reach, filter } = await sightOf(this.shards, caller, scope);
    const showExpired = scope.showExpired ?? false;
    const limits = { topK, now, showExpired, ...(threshold !== undefined && { threshold }) };
    const options = { ...limits, ...(reach && { reach }), ...(filter && { filter }) };
    const hits = held?.shard.search(query, options).hits ?? [];
    // The event first: the disk takes longer than the memories take to open.
    const [, { memories, cut }] = await Promise.all([
      this.record('memory.searched', caller, now, hits, onlyOf(held)),
      this.opening.fetch(hits, held),
    ]);
    return { memories, total: memories.length, ...((held?.partial || cut) && { partial: true }) };
  }

  private async list(request: Request<'list'>): Promise<ReadResult> {
    const { caller, scope, offset, limit, order, now, bare } = request;
    const { held, reach, filter } = await sightOf(this.shards, caller, scope);
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
    const [, { memories, cut }] = await Promise.all([
      bare ? undefined : this.record('memory.listed', caller, now, told, onlyOf(held)),
      this.opening.fetch(ids, held),
    ]);
    return { memories, total: page?.total ?? 0, ...((held?.partial || cut) && { partial: true }) };
  }

  private async get(request: Request<'get'>): Promise<ReadResult> {
    const { caller, scope, id, now, bare } = request;
    const { memory, subject } = await this.require(caller, scope.reach, id);
    if (!bare) await this.record('memory.retrieved', caller, now, [memory], subject);
    return { memories: [memory], total: 1 };
  }

  /** All or none; whatever is missing, the answer is the same. */
  private async many({ caller, scope, ids }: Request<'many'>): Promise<ReadResult> {
    const memories: Found[] = [];
    const foreign: string[] = [];
    let missing = false;
    let bytes = 0;
    for (const id of ids) {
      const located = await this.opening.locate(caller, scope.reach, id);
      if (located === 'foreign') foreign.push(id);
      else if (!located?.memory) missing = true;
      else {
        bytes += located.row.body!.length;
        memories.push(located.memory);
        if (bytes > TOGETHER_BYTES) break;
      }
    }
    if (foreign.length > 0) await this.told.deny(caller, 'memory', foreign);
    // Before `not_found`: what is left was not looked at, and what the caller's own memories hold is no secret to it.
    if (bytes > TOGETHER_BYTES)
      throw new MemoryError(
        'text_too_large',
        'Together these memories are too large for one change: name fewer.',
      );
    if (missing || foreign.length > 0) throw new MemoryError('not_found');
    return { memories, total: memories.length };
  }

  private async which(request: Request<'which'>): Promise<ReadResult> {
    const { caller, reach, tell } = request;
    const found = [];
    for (const of of request.of) found.push(await ownership(this.reader, this.keys, caller, reach, of));
    const foreign = found.flatMap((one) => one.foreign);
    if (tell && foreign.length > 0) await this.told.deny(caller, 'memory', foreign);
    return { ...NOTHING, own: found.map(({ own }) => own) };
  }

  private async history(request: Request<'history'>): Promise<ReadResult> {
    const { caller, scope, id, now } = request;
    const { row, subject, memory } = await this.find(caller, scope.reach, id);
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
    await this.record('memory.history.retrieved', caller, now, [{ id }], subject);
    return { memories: [], total: history.length, history };
  }

  private async original(request: Request<'original'>): Promise<ReadResult> {
    const { caller, scope, id, now } = request;
    const { row, subject } = await this.require(caller, scope.reach, id);
    const [kept] = await this.reader.all(originalOf, { id: row.id, now });
    if (!kept)
      throw new MemoryError(
        'not_found',
        'No original is kept of this memory: nothing was redacted, or its 30 days are over.',
      );
    const address = originalAddress(subject, row.id, kept.version);
    const { text, metadata } = JSON.parse(open(subject.key, address, kept.body).toString()) as MemoryBody;
    await this.record('memory.revealed', caller, now, [{ id }], subject);
    return {
      memories: [],
      total: 1,
      original: { version: kept.version, text, metadata, expiresAt: kept.expires_at },
    };
  }

  private async entities({ caller, reach, page, now }: Request<'entities'>): Promise<ReadResult> {
    const sight = await sightOf(this.shards, caller, { reach, filter: {} });
    const { held } = sight;
    const memories = held?.shard.matching({ now, ...(sight.reach && { reach: sight.reach }) }) ?? [];
    const all = entitiesIn(memories, page.type);
    const entities = all.slice(page.offset, page.offset + page.limit);
    // Names stay out of what is kept for ever, and out of what does not go with each of these subjects.
    const details = { listed: entities.length, total: all.length };
    const resource = { type: 'entity' as const, ids: [] };
    await this.told.record(caller, now, { type: 'entity.listed', resource, details });
    return { memories: [], total: all.length, entities, ...(held?.partial && { partial: true }) };
  }

  private async event({ caller, reach, id, now }: Request<'event'>): Promise<ReadResult> {
    const event = await this.events.one({ namespace: caller.namespace.id, reach, now }, id);
    if (event === 'foreign') await this.told.deny(caller, 'event', [id]);
    if (!event || event === 'foreign') throw new MemoryError('not_found', 'There is no such event.');
    await this.tellOfEvents(caller, now, [id]);
    return { memories: [], total: 1, events: [event] };
  }

  private async eventPage({ caller, reach, offset, limit, now }: Request<'events'>): Promise<ReadResult> {
    const page = await this.events.page({ namespace: caller.namespace.id, reach, now }, offset, limit);
    const ids = page.events.map(({ id }) => id);
    await this.tellOfEvents(caller, now, ids);
    return { memories: [], ...page };
  }

  private tellOfEvents(caller: Caller, now: number, ids: string[]): Promise<void> {
    return this.told.record(caller, now, {
      type: 'memory.event.retrieved',
      resource: { type: 'event', ids },
    });
  }

  /** @throws MemoryError `not_found` for what is missing, ended, or somebody else's: the same answer for all. */
  private async require(caller: Caller, reach: Entities, id: string): Promise<Located & { memory: Found }> {
    const { row, subject, memory } = await this.find(caller, reach, id);
    if (!memory) throw new MemoryError('not_found');
    return { row, subject, memory };
  }

  /** The answer is that of a missing memory; only the log says that somebody asked for one that is not theirs. */
  private async find(caller: Caller, reach: Entities, id: string): Promise<Located> {
    const located = await this.opening.locate(caller, reach, id);
    if (located === 'foreign') await this.told.deny(caller, 'memory', [id]);
    if (!located || located === 'foreign') throw new MemoryError('not_found');
    return located;
  }

  private record(
    type: EventType,
    caller: Caller,
    time: number,
    memories: readonly { id: string }[],
    subject: Subject | undefined,
  ): Promise<void> {
    const ids = memories.map(({ id }) => id);
    return this.told.record(caller, time, { type, resource: { type: 'memory', ids }, subject });
  }
}

/** The one subject that a shard is of, if it is of one. */
function onlyOf(held: HeldShard | undefined): Subject | undefined {
  return held?.members.size === 1 ? held.members.values().next().value : undefined;
}

/** As many of the newest versions as one answer may hold: each text is shown twice, as old and as new. */
function newest<T extends { body: Uint8Array | null }>(versions: T[]): T[] {
  let bytes = 0;
  let from = versions.length;
  while (from > 0 && bytes < ANSWER_BYTES) bytes += 2 * (versions[--from]!.body?.length ?? 0);
  return versions.slice(from);
}
