import { validate as isUuid } from 'uuid';
import type { Actor, Authorized } from '../access/actor.ts';
import { leafOf, type Recorder } from '../audit/recorder.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { subjectByDigest } from '../encryption/store.ts';
import type { Subject, SubjectKeys } from '../encryption/subject-keys.ts';
import { InputError } from '../http/input.ts';
import type { Origin } from '../http/origin.ts';
import { within } from '../memories/memory.ts';
import type { MemoryService } from '../memories/service.ts';
import { type Cluster, openBody } from './cluster.ts';
import { categoryDigest, topicDigest } from './digests.ts';
import { ClusterError } from './errors.ts';
import { clusterEvent } from './events.ts';
import type { ClusterQuery } from './schema.ts';
import {
  type ClusterRow,
  clusterById,
  clustersOfNamespace,
  clustersOfSubject,
  countOfNamespace,
  countOfSubject,
} from './store.ts';

export interface ClusterDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  keys: SubjectKeys;
  recorder: Pick<Recorder, 'leaf'>;
  memories: Pick<MemoryService, 'ofUsers'>;
  now(): number;
}

export interface ClusterPage {
  clusters: Cluster[];
  total: number;
  /** Pass as `after` for the next page. */
  next: string | null;
  /** True when a cluster of this page is missing: its row was changed from outside. */
  partial: boolean;
}

interface Found {
  subject: Subject;
  cluster: Cluster;
}

/** Memory ids in one answer: a page ends early when it has as many. */
const ANSWER_IDS = 5000;
const EMPTY = new Uint8Array(0);
const NO_CLUSTERS = { rows: [] as ClusterRow[], total: 0 };

/** Reads of clusters: within the actor's reach, and told to the log before they are answered. */
export class ClusterReading {
  private readonly deps: ClusterDeps;

  constructor(deps: ClusterDeps) {
    this.deps = deps;
  }

  /** @throws ClusterError `not_found`, the same for what is missing and what is somebody else's */
  async get(actor: Authorized<'clusters:read'>, origin: Origin, id: string): Promise<Cluster> {
    const found = await this.find(actor, origin, id);
    const [cluster] = await this.living(actor, origin, [found.cluster]);
    await this.record(actor, origin, [{ ...found, cluster: cluster! }]);
    return cluster!;
  }

  /**
   * Oldest first. Without a user: every user's, for who reaches the whole namespace.
   * @throws InputError when a key that could name anybody names nobody, or a topic is sought in all users' clusters.
   */
  async list(actor: Authorized<'clusters:read'>, origin: Origin, query: ClusterQuery): Promise<ClusterPage> {
    const { limit } = query;
    const { rows, total } = await this.rows(actor, query);
    const found: Found[] = [];
    let taken = 0;
    let ids = 0;
    let partial = false;
    for (const row of rows.slice(0, limit)) {
      const opened = await this.open(row).catch(() => undefined);
      ids += opened?.cluster.memoryIds.length ?? 0;
      if (ids > ANSWER_IDS && taken > 0) break;
      taken++;
      if (opened) found.push(opened);
      else {
        partial = true;
        await this.unopened(row.cluster);
      }
    }
    const clusters = await this.living(
      actor,
      origin,
      found.map(({ cluster }) => cluster),
    );
    await this.record(
      actor,
      origin,
      found.map(({ subject }, i) => ({ subject, cluster: clusters[i]! })),
    );
    return { clusters, total, next: rows.length > taken ? rows[taken - 1]!.cluster : null, partial };
  }

  /** A cluster as it is stored, and its subject; no event of the reading. @throws ClusterError `not_found` */
  async find(actor: Actor, origin: Origin, id: string): Promise<Found> {
    const { writer, recorder, now } = this.deps;
    const [row] = isUuid(id) ? await writer.read(clusterById, { id: id.toLowerCase() }) : [];
    if (!row) throw new ClusterError('not_found');
    if (row.namespace_id === actor.namespace.id) {
      const found = await this.open(row);
      if (within({ user_id: found.cluster.user }, actor.boundTo ?? {})) return found;
    }
    // The answer is that of a missing one; only the log says that somebody asked for what is not theirs.
    const event = clusterEvent('authz.access.denied', { actor, origin, time: now() }, [row.cluster]);
    const leaf = recorder.leaf({ ...event, success: false, code: 'not_found' });
    await writer.commit({ steps: [actor.guard], leaves: [leaf] });
    throw new ClusterError('not_found');
  }

  /** The clusters without the ids of memories that have ended. */
  async living(actor: Actor, origin: Origin, clusters: Cluster[]): Promise<Cluster[]> {
    if (clusters.length === 0) return [];
    const asked = clusters.map(({ user, memoryIds: ids }) => ({ user, ids }));
    const own = await this.deps.memories.ofUsers(actor, origin, asked);
    return clusters.map((cluster, i) => ({ ...cluster, memoryIds: own[i]! }));
  }

  private async rows(actor: Actor, query: ClusterQuery): Promise<{ rows: ClusterRow[]; total: number }> {
    const { writer, keys } = this.deps;
    const { boundTo } = actor;
    const { user_id: user = boundTo?.user_id, topic, category } = query;
    const page = { after: query.after ?? '', limit: query.limit + 1 };
    if (user === undefined && actor.kind === 'api_key' && boundTo === undefined)
      throw new InputError('Say whose clusters: give user_id.');
    if (user === undefined && (topic ?? category) !== undefined)
      throw new InputError('A topic or category is sought in the clusters of one user: give user_id.');
    if (!within(user === undefined ? {} : { user_id: user }, boundTo ?? {})) return NO_CLUSTERS;
    if (user === undefined) {
      const namespace = actor.namespace.id;
      const [rows, [count]] = await Promise.all([
        writer.read(clustersOfNamespace, { namespace, ...page }),
        writer.read(countOfNamespace, { namespace }),
      ]);
      return { rows, total: count!.total };
    }
    const digest = keys.digest(actor.namespace.id, { kind: 'user', id: user });
    const [row] = await writer.read(subjectByDigest, { digest });
    if (row?.state !== 'active') return NO_CLUSTERS;
    const { id: subject, key } = await keys.of(row);
    const sought = {
      subject,
      topic: topic === undefined ? EMPTY : topicDigest(key, topic),
      anyTopic: Number(topic === undefined),
      category: category === undefined ? EMPTY : categoryDigest(key, category),
      anyCategory: Number(category === undefined),
    };
    const [rows, [count]] = await Promise.all([
      writer.read(clustersOfSubject, { ...sought, ...page }),
      writer.read(countOfSubject, sought),
    ]);
    return { rows, total: count!.total };
  }

  private async open(row: ClusterRow): Promise<Found> {
    const subject = await this.deps.keys.of(row);
    const { cluster: id, version, created: createdAt, last_built_at: lastBuiltAt } = row;
    const body = openBody(subject, id, version, row.body);
    return { subject, cluster: { ...body, id, version, createdAt, lastBuiltAt } };
  }

  /** On disk before the answer: which clusters reached whom, and the ids of memories in them. */
  private async record(actor: Actor, origin: Origin, found: Found[]): Promise<void> {
    const { writer, recorder, now } = this.deps;
    const memoryIds = [...new Set(found.flatMap(({ cluster }) => cluster.memoryIds))];
    const ids = found.map(({ cluster }) => cluster.id);
    const event = clusterEvent('cluster.retrieved', { actor, origin, time: now() }, ids, {
      memory_ids: memoryIds,
    });
    const subjects = new Map(found.map(({ subject }) => [subject.id, subject]));
    const [only] = subjects.values();
    const leaf = subjects.size === 1 ? leafOf(event, only!.key) : recorder.leaf(event);
    await writer.commit({ steps: [actor.guard], leaves: [leaf] });
  }

  /** What does not open was changed from outside: the page goes on without it, and the log says so. */
  private async unopened(id: string): Promise<void> {
    const { writer, recorder, now } = this.deps;
    const leaf = recorder.leaf({
      type: 'security.breach.attempt',
      time: now(),
      actor: { kind: 'system' },
      resource: { type: 'cluster', ids: [id] },
      success: false,
      code: 'decryption_failed',
    });
    await writer.commit({ steps: [], leaves: [leaf] });
  }
}
