import { stringify as uuidText } from 'uuid';
import type { Reader } from '../database/reader.ts';
import { recordAddress } from '../encryption/addresses.ts';
import { open } from '../encryption/seal.ts';
import { subjectByDigest, subjectsOfNamespace } from '../encryption/store.ts';
import type { Entity, Subject, SubjectKeys, SubjectRow } from '../encryption/subject-keys.ts';
import { decodeRecord } from './record.ts';
import { Shard } from './shard.ts';
import { changesAfter } from './store.ts';

/** A shard with the subjects that it was made of: one, or all of a namespace. */
export interface HeldShard {
  readonly shard: Shard;
  readonly members: ReadonlyMap<number, Subject>;
  /** True when a memory is missing: the namespace holds more than one search may load, or one did not open. */
  readonly partial: boolean;
}

interface Entry {
  shard: Shard;
  members: Map<number, Subject>;
  heads: Map<number, number>;
  partial: boolean;
  /** Memories whose record did not open. */
  unopened: number;
  /** The writer's published head when this was last compared with the database. */
  checked: number;
}

/** A search over a whole namespace loads at most this many memories, and says when there are more. */
export const NAMESPACE_LIMIT = 200_000;
const NEVER = -1;

/**
 * Shards in plain memory, hydrated from their sealed records at the first use and caught up before every one.
 * Kept within a bound of bytes, least recently used first out. Lives in the recall thread.
 */
export class ShardCache {
  private readonly reader: Reader;
  private readonly keys: SubjectKeys;
  private readonly publishedHead: Int32Array;
  private readonly maxBytes: number;
  private readonly onChanged: (row: number) => void;
  private readonly onUnopened: (id: string) => void;
  private readonly entries = new Map<string, Entry>();
  private readonly underWay = new Map<string, Promise<HeldShard | undefined>>();

  constructor(options: {
    reader: Reader;
    keys: SubjectKeys;
    /** The writer's count of commits that changed memories; its standing still spares the look-up. */
    publishedHead: Int32Array;
    maxBytes: number;
    /** Told of each memory row whose content is not what it was. */
    onChanged(row: number): void;
    /** Told of each memory whose record was changed from outside. */
    onUnopened(id: string): void;
  }) {
    this.reader = options.reader;
    this.keys = options.keys;
    this.publishedHead = options.publishedHead;
    this.maxBytes = options.maxBytes;
    this.onChanged = options.onChanged;
    this.onUnopened = options.onUnopened;
  }

  /** The shard of one subject, as of every commit that was acknowledged; undefined when it has no memories. */
  async ofSubject(namespaceId: number, entity: Entity): Promise<HeldShard | undefined> {
    const name = `${namespaceId}:${entity.kind}:${entity.id}`;
    return this.current(name, async () => {
      const digest = this.keys.digest(namespaceId, entity);
      return this.reader.all(subjectByDigest, { digest });
    });
  }

  /** One shard over all subjects of a namespace, so that their term frequencies are counted together. */
  async ofNamespace(namespaceId: number): Promise<HeldShard | undefined> {
    return this.current(`${namespaceId}`, () =>
      this.reader.all(subjectsOfNamespace, { namespace: namespaceId }),
    );
  }

  private current(name: string, rows: () => Promise<SubjectRow[]>): Promise<HeldShard | undefined> {
    const head = Atomics.load(this.publishedHead, 0);
    const entry = this.entries.get(name);
    if (entry?.checked === head) {
      this.touch(name, entry);
      return Promise.resolve(entry);
    }
    // One catch-up of a shard at a time: a second caller may take the first one's only if it began after its commit,
    // which is not known, so it checks again afterwards.
    const previous = this.underWay.get(name) ?? Promise.resolve(undefined);
    const next = previous
      .catch(() => undefined)
      .then(() => this.reader.snapshot(async () => this.catchUp(name, head, await rows())));
    this.underWay.set(name, next);
    return next.finally(() => {
      if (this.underWay.get(name) === next) this.underWay.delete(name);
    });
  }

  private async catchUp(name: string, head: number, rows: SubjectRow[]): Promise<HeldShard | undefined> {
    const active = rows.filter(({ state }) => state === 'active');
    if (active.length === 0) {
      this.entries.delete(name);
      return undefined;
    }
    let entry = this.entries.get(name);
    if (entry && !stillBelongs(entry, active)) entry = undefined;
    entry ??= {
      shard: new Shard(),
      members: new Map(),
      heads: new Map(),
      partial: false,
      unopened: 0,
      checked: NEVER,
    };
    entry.partial = false;
    for (const row of active) {
      if (entry.shard.size >= NAMESPACE_LIMIT && !entry.members.has(row.id)) {
        entry.partial = true;
        continue;
      }
      await this.catchUpSubject(entry, row);
    }
    entry.partial ||= entry.unopened > 0;
    entry.checked = head;
    this.touch(name, entry);
    this.evict(name);
    return entry;
  }

  private async catchUpSubject(entry: Entry, row: SubjectRow): Promise<void> {
    const after = entry.heads.get(row.id) ?? 0;
    const subject = entry.members.get(row.id) ?? (await this.keys.of(row));
    entry.members.set(row.id, subject);
    if (row.head_seq <= after) return;
    const changes = await this.reader.all(changesAfter, { subject: row.id, after });
    for (const { row: rowid, id, change_seq: changeSeq, version, record: sealed } of changes) {
      this.onChanged(rowid);
      try {
        const record = sealed && decodeRecord(open(subject.key, recordAddress(subject, id, version), sealed));
        entry.shard.apply({ id: uuidText(id), rowid, changeSeq, record });
      } catch {
        // One memory that was tampered with must not hide all the others of its subject.
        entry.unopened++;
        this.onUnopened(uuidText(id));
      }
    }
    entry.heads.set(row.id, row.head_seq);
  }

  private touch(name: string, entry: Entry): void {
    this.entries.delete(name);
    this.entries.set(name, entry);
  }

  private evict(keep: string): void {
    let bytes = 0;
    for (const { shard } of this.entries.values()) bytes += shard.bytes;
    for (const [name, { shard }] of this.entries) {
      if (bytes <= this.maxBytes) return;
      if (name === keep) continue;
      bytes -= shard.bytes;
      this.entries.delete(name);
    }
  }
}

/** A subject that was shredded or restored makes what was built from it wrong. */
function stillBelongs(entry: Entry, rows: SubjectRow[]): boolean {
  const generations = new Map(rows.map(({ id, generation }) => [id, generation]));
  for (const [id, { generation }] of entry.members) if (generations.get(id) !== generation) return false;
  return true;
}
