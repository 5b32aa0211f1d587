import type { InjectOptions } from 'fastify';
import type { Actor, Entities } from '../../access/actor.ts';
import { PERMISSIONS } from '../../access/permissions.ts';
import { createRecorder } from '../../audit/recorder.ts';
import { logSource, privatePartOf, skeletonOf } from '../../audit/source.ts';
import { subjectSource } from '../../audit/subject-source.ts';
import { sqliteReader } from '../../database/reader.ts';
import { inProcessWriter } from '../../database/testing/in-process-writer.ts';
import { advancesOf, type Unit } from '../../database/unit.ts';
import { localKeyProvider } from '../../encryption/envelope.ts';
import { randomBytes } from '../../encryption/randomness.ts';
import { dataKey } from '../../encryption/seal.ts';
import { SubjectKeys } from '../../encryption/subject-keys.ts';
import { buildApp } from '../../http/app.ts';
import { memoryBatchRoutes } from '../../memories/batch-routes.ts';
import { entityRoutes } from '../../memories/entity-routes.ts';
import { MemoryReading } from '../../memories/reading.ts';
import { memoryRoutes } from '../../memories/routes.ts';
import { MemoryService } from '../../memories/service.ts';
import { MemoryWriting } from '../../memories/writing.ts';
import { ShardCache } from '../../recall/shard-cache.ts';
import { clusterRoutes } from '../routes.ts';
import { ClusterService } from '../service.ts';

export type Clusters = Awaited<ReturnType<typeof clusterFixture>>;

/** An actor of one of the fixture's namespaces (1 and 2), with every right. */
export function actorIn(
  namespace: number,
  id: string,
  more: { kind?: Actor['kind']; boundTo?: Entities } = {},
): Actor {
  return {
    kind: 'account',
    id,
    account: { row: 1, publicId: id },
    namespace: { id: namespace, publicId: `namespace-${namespace}` },
    auditReads: 'durable',
    role: 'admin',
    permissions: new Set(PERMISSIONS),
    guard: { sql: 'select 1', parameters: [] },
    ...more,
  };
}

/** Clusters and memories over a real database, without threads; the caller of a request is given, not proved. */
export async function clusterFixture() {
  const writer = await inProcessWriter();
  const namespace = writer.db.prepare(
    "insert into namespaces (id, public_id, name_sealed, settings, created_at) values (?, ?, x'', '{}', 0)",
  );
  for (const id of [1, 2]) namespace.run(id, `namespace-${id}`);
  const provider = localKeyProvider(randomBytes(32));
  const secrets = { records: randomBytes(32), digest: randomBytes(32) };
  const recordsKey = dataKey(secrets.records);
  const source = subjectSource(writer, recordsKey);
  const keysOfThread = () => new SubjectKeys(provider, secrets.digest, source);
  const keys = keysOfThread();
  const reader = sqliteReader(writer.db);
  const clock = { at: Date.parse('2026-11-21T12:00:00Z') };
  const now = () => clock.at++;
  /** Makes commits fail as a full disk does; what comes `before` the next commit, once. */
  const disk: { fails: boolean; before?: (() => Promise<unknown>) | undefined } = { fails: false };
  const publishedHead = new Int32Array(new SharedArrayBuffer(4));
  const commit = async (unit: Unit) => {
    const { before } = disk;
    disk.before = undefined;
    await before?.();
    if (disk.fails) throw Object.assign(new Error('the disk is full'), { code: 'storage_full' });
    const committed = await writer.commit(unit);
    if (advancesOf(unit).length > 0) Atomics.add(publishedHead, 0, 1);
    return committed;
  };
  const rows = new Map();
  const readingKeys = keysOfThread();
  const shards = new ShardCache({
    reader,
    keys: readingKeys,
    publishedHead,
    maxBytes: 1_000_000,
    onChanged: (row) => rows.delete(row),
    onUnopened: () => undefined,
  });
  const reading = new MemoryReading({
    reader,
    keys: readingKeys,
    shards,
    recordsKey,
    commit,
    queueIsFull: () => false,
    onUnopened: () => undefined,
    rows,
  });
  const recorder = createRecorder({ commit }, recordsKey);
  const writing = new MemoryWriting(keysOfThread(), (event) => recorder.record(event));
  const memories = new MemoryService({
    async write(request) {
      const { unit, result } = await writing.prepare(request);
      await commit(unit);
      return result;
    },
    read: (request) => reading.answer(request),
    now,
    maxTextBytes: 100_000,
  });
  const clusters = new ClusterService({ writer: { ...writer, commit }, keys, recorder, memories, now });

  let asking: Actor | undefined;
  const app = buildApp({
    maxBodyBytes: 1_000_000,
    logLevel: 'silent',
    trustedProxies: [],
    authenticate: async () => ({ actor: asking! }),
    checkSignedBody: () => undefined,
    limit: () => undefined,
    refused: () => undefined,
    now,
  });
  memoryRoutes(app, memories);
  memoryBatchRoutes(app, memories);
  entityRoutes(app, memories);
  clusterRoutes(app, clusters);
  const log = logSource(reader, provider, secrets);

  return {
    writer,
    keys,
    memories,
    recorder,
    recordsKey,
    commit,
    now,
    clock,
    disk,
    app,
    /** A request of `actor`; one at a time. */
    async call(
      actor: Actor,
      method: NonNullable<InjectOptions['method']>,
      url: string,
      payload?: object,
      headers: Record<string, string> = {},
    ) {
      asking = actor;
      const answer = await app.inject({ method, url, headers, ...(payload && { payload }) });
      return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
    },
    /** Memories of one user, as `actor` stores them: their ids. */
    async memoriesOf(actor: Actor, user: string, count: number): Promise<string[]> {
      const contents = Array.from({ length: count }, (_, i) => ({ text: `note ${i}`, metadata: {} }));
      const added = await memories.add(actor as never, { client: {} }, { user_id: user }, contents);
      return added.map(({ id }) => id);
    },
    /** The committed events of these types, with their private parts. */
    async events(...types: string[]) {
      const rows = writer.leaves.map(({ hash, skeleton, privateSealed }, seq) => ({
        seq,
        leaf: hash,
        skeleton,
        private_sealed: privateSealed,
      }));
      const wanted = rows.filter((row) => types.includes(skeletonOf(row)!.type));
      return Promise.all(
        wanted.map(async (row) => ({ ...skeletonOf(row)!, details: await privatePartOf(log, row) })),
      );
    },
    rows: () => writer.db.prepare('select * from clusters order by id').all() as Record<string, unknown>[],
    async close() {
      await app.close();
      writer.close();
    },
  };
}
