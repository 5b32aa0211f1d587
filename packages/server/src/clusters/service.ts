import type { Actor, Authorized } from '../access/actor.ts';
import type { AuditEvent } from '../audit/entry.ts';
import { leafOf } from '../audit/recorder.ts';
import { UnitRefused } from '../database/errors.ts';
import type { Step } from '../database/unit.ts';
import { requireSubject } from '../encryption/store.ts';
import type { Entity, Subject } from '../encryption/subject-keys.ts';
import { InputError } from '../http/input.ts';
import type { Origin } from '../http/origin.ts';
import { newId } from '../ids.ts';
import { type Screening, within } from '../memories/memory.ts';
import { screenEntities } from '../memories/screening.ts';
import { type Cluster, type ClusterBody, sealBody, stateOf } from './cluster.ts';
import { rulesOf, screenWords, type Words } from './content.ts';
import { digestsOf } from './digests.ts';
import { ClusterError } from './errors.ts';
import { clusterEvent } from './events.ts';
import { type ClusterDeps, type ClusterPage, ClusterReading } from './reading.ts';
import type { ClusterChanges, ClusterQuery, NewCluster } from './schema.ts';
import { deleteCluster, insertCluster, nameFree, replaceCluster, roomForCluster } from './store.ts';

export type { Cluster } from './cluster.ts';
export type { ClusterDeps, ClusterPage } from './reading.ts';

export interface Screened {
  cluster: Cluster;
  screening: Screening;
}

/** Clusters that one user may have. */
const MOST = 10_000;
const ATTEMPTS = 5;

interface Request {
  actor: Actor;
  origin: Origin;
  time: number;
}

/** Clusters: memories of one user that belong to one topic, put together by hand. */
export class ClusterService {
  private readonly deps: ClusterDeps;
  private readonly reading: ClusterReading;

  constructor(deps: ClusterDeps) {
    this.deps = deps;
    this.reading = new ClusterReading(deps);
  }

  get(actor: Authorized<'clusters:read'>, origin: Origin, id: string): Promise<Cluster> {
    return this.reading.get(actor, origin, id);
  }

  list(actor: Authorized<'clusters:read'>, origin: Origin, query: ClusterQuery): Promise<ClusterPage> {
    return this.reading.list(actor, origin, query);
  }

  /**
   * @throws InputError for ids that are no memories of the user; ClusterError `cluster_exists`, `not_found` for a user
   * beyond the actor's reach; MemoryError `content_rejected`; UnitRefused `limit_reached`
   */
  async create(actor: Authorized<'clusters:write'>, origin: Origin, input: NewCluster): Promise<Screened> {
    const user = userOf(actor, input.user_id);
    screenEntities({ user_id: user });
    const { topic, category = null, summary = null, memory_ids: memoryIds } = input;
    const { screening, ...words } = screenWords({ topic, category, summary });
    const entity: Entity = { kind: 'user', id: user };
    return this.onSubject(actor, entity, async () => {
      // Before anything is made of a user whom nobody has heard of.
      await this.checkMemories(actor, origin, user, memoryIds);
      const subject = await this.deps.keys.ensure(actor.namespace, entity);
      const id = newId();
      const time = this.deps.now();
      const body: ClusterBody = { user, ...words, memoryIds };
      const digests = digestsOf(subject.key, body);
      const sealed = sealBody(subject, id, 1, body);
      const row = { id, subject: subject.id, ...digests, at: time, built: time, body: sealed };
      const event = this.changed('cluster.created', { actor, origin, time }, { id, user, screening });
      await this.commit(actor, subject, { ...event, after: stateOf(body) }, [
        { ...roomForCluster.bind({ subject: subject.id, most: MOST }), otherwise: 'limit_reached' },
        unique(subject, digests.name, id),
        insertCluster.bind(row),
      ]);
      return { cluster: { ...body, id, version: 1, createdAt: time, lastBuiltAt: time }, screening };
    });
  }

  /**
   * Changes a cluster; what is absent stays. With `expected`, only that version.
   * @throws as `create` does, and ClusterError `stale_version`, `not_found`
   */
  update(
    actor: Authorized<'clusters:write'>,
    origin: Origin,
    id: string,
    changes: ClusterChanges,
    expected?: number,
  ): Promise<Screened> {
    return this.onVersion(expected, async () => {
      const { cluster: before, subject } = await this.current(actor, origin, id, expected);
      const { user, version: from, createdAt } = before;
      const { screening, ...words } = screenWords(changedWords(before, changes));
      const time = this.deps.now();
      if (changes.memory_ids) await this.checkMemories(actor, origin, user, changes.memory_ids);
      const body: ClusterBody = { user, ...words, memoryIds: changes.memory_ids ?? before.memoryIds };
      const version = from + 1;
      const lastBuiltAt = changes.memory_ids ? time : before.lastBuiltAt;
      const digests = digestsOf(subject.key, body);
      const sealed = sealBody(subject, before.id, version, body);
      const row = { id: before.id, ...digests, from, version, built: lastBuiltAt, body: sealed };
      const about = { id: before.id, user, screening };
      const event = this.changed('cluster.updated', { actor, origin, time }, about);
      await this.commit(actor, subject, { ...event, before: stateOf(before), after: stateOf(body) }, [
        unique(subject, digests.name, before.id),
        { ...replaceCluster.bind(row), otherwise: 'stale_version' },
      ]);
      const updated = { ...body, id: before.id, version, createdAt, lastBuiltAt };
      const [cluster] = await this.reading.living(actor, origin, [updated]);
      return { cluster: cluster!, screening };
    });
  }

  /** Removes a cluster; its memories stay. @throws ClusterError `not_found`, `stale_version` */
  delete(actor: Authorized<'clusters:write'>, origin: Origin, id: string, expected?: number): Promise<void> {
    return this.onVersion(expected, async () => {
      const { cluster, subject } = await this.current(actor, origin, id, expected);
      const step = deleteCluster.bind({ id: cluster.id, version: cluster.version });
      const time = this.deps.now();
      const event = this.changed('cluster.deleted', { actor, origin, time }, cluster);
      await this.commit(actor, subject, { ...event, before: stateOf(cluster) }, [
        { ...step, otherwise: 'stale_version' },
      ]);
    });
  }

  private async current(actor: Actor, origin: Origin, id: string, expected: number | undefined) {
    const found = await this.reading.find(actor, origin, id);
    if (expected !== undefined && found.cluster.version !== expected) throw new ClusterError('stale_version');
    return found;
  }

  /** Somebody else's ids and ids of nothing are refused alike. */
  private async checkMemories(actor: Actor, origin: Origin, user: string, ids: string[]): Promise<void> {
    const [own = []] = await this.deps.memories.ofUsers(actor, origin, [{ user, ids }], true);
    const known = new Set(own);
    const message = 'is no memory of this user';
    const problems = ids.flatMap((id, i) => (known.has(id) ? [] : [{ path: `memory_ids.${i}`, message }]));
    if (problems.length === 0) return;
    const [first] = problems;
    throw new InputError(`${first!.path}: ${message}`, problems.slice(0, 20));
  }

  private changed(
    type: 'cluster.created' | 'cluster.updated' | 'cluster.deleted',
    request: Request,
    { id, user, screening }: { id: string; user: string; screening?: Screening },
  ): AuditEvent {
    const rules = screening ? rulesOf(screening) : [];
    return clusterEvent(type, request, [id], { user_id: user, ...(rules.length > 0 && { rules }) });
  }

  private async commit(actor: Actor, subject: Subject, event: AuditEvent, steps: Step[]): Promise<void> {
    const guards = [actor.guard, requireSubject(subject.id, subject.generation)];
    try {
      await this.deps.writer.commit({
        steps: [...guards, ...steps],
        leaves: [leafOf(event, subject.key)],
      });
    } catch (error) {
      const taken = error instanceof UnitRefused && error.code === 'cluster_exists';
      throw taken ? new ClusterError('cluster_exists') : error;
    }
  }

  /** Once more with the new key, where the subject's was replaced since it was read. */
  private async onSubject<T>(actor: Actor, entity: Entity, attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt();
    } catch (error) {
      if ((error as { code?: string }).code !== 'subject_changed') throw error;
      this.deps.keys.forget(actor.namespace.id, entity);
      return attempt();
    }
  }

  /** A change that names no version is tried again when another one came between. */
  private async onVersion<T>(expected: number | undefined, attempt: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt();
      } catch (error) {
        const stale = (error as { code?: string }).code === 'stale_version';
        if (!stale || expected !== undefined || tries === ATTEMPTS) throw error;
      }
    }
  }
}

function unique(subject: Subject, name: Uint8Array, id: string): Step {
  return { ...nameFree.bind({ subject: subject.id, name, id }), otherwise: 'cluster_exists' };
}

/** Absent stays as it is, null clears. */
function changedWords(before: Words, { topic, category, summary }: ClusterChanges): Words {
  return {
    topic: topic ?? before.topic,
    category: category === undefined ? before.category : category,
    summary: summary === undefined ? before.summary : summary,
  };
}

/** @throws ClusterError `not_found` for somebody whom the actor does not reach; InputError where nobody is named */
function userOf({ kind, id, boundTo = {} }: Actor, given: string | undefined): string {
  const user = given ?? boundTo.user_id ?? (kind === 'account' ? id : undefined);
  if (user === undefined) throw new InputError('Say whose cluster this is: give user_id.');
  if (!within({ user_id: user }, boundTo))
    throw new ClusterError('not_found', 'This credential has no user_id of that name.');
  return user;
}
