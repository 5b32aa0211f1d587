import { keyedDigest } from './digest.ts';
import { type KeyProvider, newDataKey, unwrapDataKey } from './envelope.ts';
import { EncryptionError } from './errors.ts';
import { type Address, type DataKey, seal } from './seal.ts';

/** What a data subject is named by; `namespace` stands for memories that name nobody. */
export interface Entity {
  kind: 'user' | 'agent' | 'app' | 'run' | 'namespace';
  id: string;
}

/** A row of `subjects`. */
export interface SubjectRow {
  id: number;
  namespace_id: number;
  digest: Uint8Array;
  key_id: Uint8Array;
  wrapped_key: Uint8Array;
  generation: number;
  state: string;
  head_seq: number;
}

export interface Subject {
  id: number;
  namespaceId: number;
  generation: number;
  key: DataKey;
}

export interface NewSubject {
  namespace: number;
  digest: Uint8Array;
  entity: Uint8Array;
  keyId: Uint8Array;
  wrapped: Uint8Array;
  at: number;
}

/** How the subjects are reached: over the writer's line in one thread, a reader's connection in another. */
export interface SubjectSource {
  byDigest(digest: Uint8Array): Promise<SubjectRow | undefined>;
  /** Inserts unless the digest is there already; `namespace` is its public id. Absent in threads that only read. */
  insert?(subject: NewSubject, namespace: string): Promise<void>;
}

/** A subject with its working key takes about 1.4 KB. */
const KEPT = 10_000;

const keyAddress = (namespace: number, digest: Uint8Array): Address => ({
  namespace,
  table: 'subjects',
  row: digest,
  field: 'key',
});

/** The data-encryption keys of subjects, unwrapped once and kept for as long as they are in use. */
export class SubjectKeys {
  private readonly provider: KeyProvider;
  private readonly digestKey: Uint8Array;
  private readonly source: SubjectSource;
  private readonly kept = new Map<string, Subject>();

  constructor(provider: KeyProvider, digestKey: Uint8Array, source: SubjectSource) {
    this.provider = provider;
    this.digestKey = digestKey;
    this.source = source;
  }

  digest(namespaceId: number, { kind, id }: Entity): Buffer {
    return keyedDigest(this.digestKey, `subject:${namespaceId}:${kind}:${id}`);
  }

  /** The subject, made with a key of its own if it is new. */
  async ensure(namespace: { id: number; publicId: string }, entity: Entity): Promise<Subject> {
    const { id: namespaceId } = namespace;
    const name = nameOf(namespaceId, entity);
    const known = this.kept.get(name);
    if (known) return known;
    const digest = this.digest(namespaceId, entity);
    let row = await this.source.byDigest(digest);
    if (!row) {
      await this.create(namespace, entity, digest);
      row = await this.source.byDigest(digest);
    }
    return this.keep(name, row!);
  }

  /** The subject of a row that was just read; its key comes from memory where row and key still belong together. */
  async of(row: SubjectRow): Promise<Subject> {
    const name = `row:${row.id}`;
    const known = this.kept.get(name);
    if (known && known.generation === row.generation) return known;
    return this.keep(name, row);
  }

  /** Forgets a subject's key: its row has changed. */
  forget(namespaceId: number, entity: Entity): void {
    this.kept.delete(nameOf(namespaceId, entity));
  }

  private async create(
    { id: namespace, publicId }: { id: number; publicId: string },
    entity: Entity,
    digest: Buffer,
  ): Promise<void> {
    const { key, wrapped } = await newDataKey(this.provider, keyAddress(namespace, digest));
    const address: Address = { namespace, table: 'subjects', row: digest, field: 'entity' };
    const sealed = seal(key, address, Buffer.from(JSON.stringify(entity)));
    const subject = { namespace, digest, entity: sealed, keyId: key.id, wrapped, at: Date.now() };
    await this.source.insert!(subject, publicId);
  }

  private async keep(name: string, row: SubjectRow): Promise<Subject> {
    if (row.state !== 'active')
      throw new EncryptionError('decryption_failed', 'The key of this subject was destroyed.');
    const address = keyAddress(row.namespace_id, row.digest);
    const key = await unwrapDataKey(this.provider, address, row.wrapped_key);
    const subject = { id: row.id, namespaceId: row.namespace_id, generation: row.generation, key };
    if (this.kept.size >= KEPT) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(name, subject);
    return subject;
  }
}

const nameOf = (namespaceId: number, { kind, id }: Entity) => `${namespaceId}:${kind}:${id}`;
