import { parse as uuidBytes, stringify as uuidText } from 'uuid';
import type { Entities } from '../access/actor.ts';
import type { Reader } from '../database/reader.ts';
import { bodyAddress } from '../encryption/addresses.ts';
import { open } from '../encryption/seal.ts';
import { subjectById } from '../encryption/store.ts';
import type { Subject, SubjectKeys } from '../encryption/subject-keys.ts';
import type { HeldShard } from '../recall/shard-cache.ts';
import { ENTITY_FIELDS, type MemoryBody, within } from './memory.ts';
import type { Caller, Found } from './requests.ts';
import { memoryById, memoryByRow } from './store.ts';

export interface MemoryRow {
  row: number;
  id: Uint8Array;
  subject_id: number;
  version: number;
  state: number;
  created_at: number;
  updated_at: number;
  body: Uint8Array | null;
}

/** A row that the caller may see; `memory` is there while it lives. */
export interface Located {
  row: MemoryRow;
  subject: Subject;
  memory: Found | undefined;
}

/** Texts in one answer: what a thousand of the longest memories would be is too much to hold for a slow client. */
export const ANSWER_BYTES = 8 * 1024 * 1024;

/** Sealed rows that recent searches found: every commit elsewhere empties the connection's own page cache. */
const ROWS_KEPT = 20_000;

/** Fetches rows and opens them with their subjects' keys. */
export class MemoryOpening {
  private readonly reader: Reader;
  private readonly keys: SubjectKeys;
  private readonly onUnopened: (id: string) => void;
  private readonly rows: Map<number, MemoryRow>;

  constructor(options: {
    reader: Reader;
    keys: SubjectKeys;
    onUnopened(id: string): void;
    rows: Map<number, MemoryRow>;
  }) {
    this.reader = options.reader;
    this.keys = options.keys;
    this.onUnopened = options.onUnopened;
    this.rows = options.rows;
  }

  /** Opens what was found, as far as one answer may be large; `cut` says that something is missing. */
  async fetch(
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

  /** The memory by its id; `foreign` where it lies beyond the reach, undefined where there is none. */
  async locate(caller: Caller, reach: Entities, id: string): Promise<Located | 'foreign' | undefined> {
    const [row] = await this.reader.all(memoryById, { id: uuidBytes(id) });
    const [owner] = row ? await this.reader.all(subjectById, { id: row.subject_id }) : [];
    if (!row || owner?.state !== 'active') return undefined;
    if (owner.namespace_id !== caller.namespace.id) return 'foreign';
    const subject = await this.keys.of(owner);
    const memory = row.body ? memoryOf(row, openBody(subject, row.id, row.version, row.body)) : undefined;
    const visible = memory ? within(memory.entities, reach) : this.ownsSubject(caller, reach, owner.digest);
    return visible ? { row, subject, memory } : 'foreign';
  }

  /** Of an ended memory only its subject is left to tell whose it was. */
  private ownsSubject(caller: Caller, reach: Entities, digest: Uint8Array): boolean {
    const bound = ENTITY_FIELDS.filter((field) => reach[field] !== undefined);
    if (bound.length === 0) return true;
    if (bound.length > 1 || reach.user_id === undefined) return false;
    return this.keys.digest(caller.namespace.id, { kind: 'user', id: reach.user_id }).equals(digest);
  }
}

export function openBody(subject: Subject, id: Uint8Array, version: number, sealed: Uint8Array): MemoryBody {
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
