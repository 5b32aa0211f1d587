import { validate as isUuid } from 'uuid';
import type { Actor, Authorized } from '../access/actor.ts';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { Recorder } from '../audit/recorder.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { type Address, type DataKey, open, seal } from '../encryption/seal.ts';
import { InputError } from '../http/input.ts';
import { auditActor, type Origin, traced } from '../http/origin.ts';
import { newId } from '../ids.ts';
import type { Json } from '../json.ts';
import type { Found } from '../memories/requests.ts';
import type { MemoryService, Where } from '../memories/service.ts';
import { ExportError } from './errors.ts';
import { shapeOf } from './shape.ts';
import { deleteExportsUntil, deleteSurplus, exportById, exportsOf, insertExport } from './store.ts';
import { summarise } from './summary.ts';
import { Turns } from './turns.ts';

export interface ExportDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  recorder: Pick<Recorder, 'leaf'>;
  memories: Pick<MemoryService, 'list'>;
  /** Seals what was asked for: it may be about anybody. */
  recordsKey: DataKey;
  now(): number;
}

/** What an export is made of, sealed until it is fetched. */
export interface ExportRequest {
  schema: Json;
  where: Where;
  /** Kept, and without effect: there is no model to follow them. */
  instructions: string | null;
}

/** An export's id, or what it was asked for: then the newest one. */
export type Which = { id: string } | { where: Where };

export interface Export {
  id: string;
  /** Epoch ms: when it was asked for. */
  createdAt: number;
  memories: Record<string, Json>[];
  /** There is more than could be looked through. */
  partial?: true;
}

export interface Summary {
  summary: string;
  /** Of the memories in it, oldest first. */
  ids: string[];
  /** How many memories there are, in it or not. */
  total: number;
  /** Not all of the newest were looked at. */
  partial?: true;
}

const KEPT_MS = 7 * 86_400_000;
/** Of one key or account: more than that, and the oldest goes. */
const MOST_KEPT = 100;
const MOST_MEMORIES = 10_000;
const PAGE = 500;
/** Characters of JSON in one answer. */
const MOST_CHARACTERS = 32 * 1024 * 1024;
/** Checks of a value against a part of the schema, in one export. */
const MOST_CHECKS = 5_000_000;
const SUMMARISED = 200;
const SUMMARY_CHARACTERS = 2000;

/**
 * Memories in the shape of a schema. Nothing is copied: a row keeps what was asked for, and whoever asked gets at each
 * fetching what they reach then.
 */
export class ExportService {
  private readonly deps: ExportDeps;
  private readonly turns = new Turns();

  constructor(deps: ExportDeps) {
    this.deps = deps;
  }

  /**
   * Keeps the request for seven days, and returns the export's id.
   * @throws InputError for a schema that is none, for too many memories, and for filters as `MemoryService.list` does
   */
  async create(actor: Authorized<'memories:read'>, origin: Origin, request: ExportRequest): Promise<string> {
    shapeOf(request.schema);
    // Beyond the last memory that an export may have: tells whether there are too many, and reads none.
    const beyond = { offset: MOST_MEMORIES, limit: 1, order: 'oldest' } as const;
    checkCount((await this.deps.memories.list(actor, origin, request.where, beyond)).total);
    const id = newId();
    const at = this.deps.now();
    const { recordsKey } = this.deps;
    const made = madeBy(actor);
    const body = seal(recordsKey, addressOf(made.namespace, id), Buffer.from(JSON.stringify(request)));
    await this.deps.writer.commit({
      steps: [
        actor.guard,
        insertExport.bind({ ...made, id, at, body }),
        deleteSurplus.bind({ ...made, kept: MOST_KEPT }),
      ],
      leaves: [],
    });
    return id;
  }

  /**
   * Before `fetch`: resolves when the caller's export before is out of memory, with what is to be called once this one
   * is. @throws LimitError `rate_limited` where too many wait already
   */
  turn({ namespace, id }: Authorized<'memories:read'>): Promise<() => void> {
    return this.turns.next(`${namespace.id} ${id}`);
  }

  /**
   * The export, made now of what the actor reaches.
   * @throws ExportError `not_found`, the same for what is missing, over, and somebody else's; InputError when it has
   * become too large
   */
  async fetch(actor: Authorized<'memories:read'>, origin: Origin, which: Which): Promise<Export> {
    const { id, createdAt, request } = await this.find(actor, which);
    const shape = shapeOf(request.schema);
    let checks = 0;
    let characters = 0;
    const spend = () => {
      if (++checks > MOST_CHECKS) throw new InputError('The schema is too complex for so many memories.');
    };
    const memories: Export['memories'] = [];
    let partial = false;
    for await (const page of this.pages(actor, origin, request.where)) {
      // A page that was cut short is gone on with: of the last one it means that nobody can.
      partial = page.partial;
      for (const memory of page.memories) {
        const object = shape(memory, spend);
        characters += JSON.stringify(object).length;
        if (characters > MOST_CHARACTERS)
          throw new InputError('An export may have at most 32 MiB: narrow it with filters.');
        memories.push(object);
      }
    }
    await this.record(actor, origin, id, memories.length);
    return { id, createdAt, memories, ...(partial && { partial }) };
  }

  /** The memories that tell most of those that `where` finds, in their own words: see summary.ts. */
  async summary(actor: Authorized<'memories:read'>, origin: Origin, where: Where): Promise<Summary> {
    const newest = { offset: 0, limit: SUMMARISED };
    const { memories, total, partial } = await this.deps.memories.list(actor, origin, where, newest);
    return { ...summarise(memories, SUMMARY_CHARACTERS), total, ...(partial && { partial }) };
  }

  /** Ends the requests whose seven days are over. */
  async sweep(): Promise<void> {
    const step = deleteExportsUntil.bind({ until: this.deps.now() - KEPT_MS });
    await this.deps.writer.commit({ steps: [step], leaves: [] });
  }

  private async find(actor: Actor, which: Which) {
    const made = { ...madeBy(actor), since: this.deps.now() - KEPT_MS };
    const { namespace } = made;
    const { writer } = this.deps;
    if ('id' in which) {
      const id = which.id.toLowerCase();
      const [row] = isUuid(id) ? await writer.read(exportById, { ...made, id }) : [];
      if (!row) throw new ExportError();
      return { id, createdAt: row.created_at, request: this.open(namespace, row) };
    }
    const sought = spelt(which.where);
    for (const row of await writer.read(exportsOf, { ...made, limit: MOST_KEPT })) {
      const request = this.open(namespace, row);
      if (spelt(request.where) === sought) return { id: row.id, createdAt: row.created_at, request };
    }
    throw new ExportError();
  }

  /** Oldest first, so that what comes meanwhile moves nothing. A page may end early where texts are long. */
  private async *pages(
    actor: Authorized<'memories:read'>,
    origin: Origin,
    where: Where,
  ): AsyncGenerator<{ memories: Found[]; partial: boolean }> {
    const seen = new Set<string>();
    for (let offset = 0, total = 1; offset < total; ) {
      const page = { offset, limit: PAGE, order: 'oldest' } as const;
      const found = await this.deps.memories.list(actor, origin, where, page);
      total = found.total;
      checkCount(total);
      offset += found.partial && found.memories.length > 0 ? found.memories.length : PAGE;
      const memories = found.memories.filter(({ id }) => !seen.has(id));
      yield { memories, partial: found.partial ?? false };
      for (const { id } of found.memories) seen.add(id);
    }
  }

  private open(namespace: number, { id, body }: { id: string; body: Uint8Array }): ExportRequest {
    return JSON.parse(open(this.deps.recordsKey, addressOf(namespace, id), body).toString()) as ExportRequest;
  }

  /** On disk before the answer; which memories they were is told by the lists that it was made of. */
  private async record(actor: Actor, origin: Origin, id: string, count: number): Promise<void> {
    const { private: details, ...request } = traced(origin);
    const leaf = this.deps.recorder.leaf({
      ...request,
      private: { ...details, memories: count },
      type: 'memory.exported',
      time: this.deps.now(),
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      resource: { type: 'memory_export', ids: [id] },
      success: true,
    });
    await this.deps.writer.commit({ steps: [actor.guard], leaves: [leaf] });
  }
}

const madeBy = ({ namespace, id: maker }: Actor) => ({ namespace: namespace.id, maker });

const addressOf = (namespace: number, id: string): Address => ({
  namespace,
  table: 'memory_exports',
  row: id,
  field: 'body',
});

/** Filters that say the same in the same words, whatever the order of their keys. */
function spelt({ entities, filter = {}, showExpired = false }: Where): string {
  return canonicalJson({ entities: { ...entities }, filter: filter as Record<string, Json>, showExpired });
}

function checkCount(total: number): void {
  if (total > MOST_MEMORIES)
    throw new InputError(
      `An export may have at most ${MOST_MEMORIES} memories, not ${total}: narrow it with filters.`,
    );
}
