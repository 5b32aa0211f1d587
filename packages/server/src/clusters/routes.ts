import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { can } from '../access/actor.ts';
import { actorOf } from '../http/app.ts';
import { expectedVersion } from '../http/if-match.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { clusterChanges, listQuery, newCluster } from './schema.ts';
import type { Cluster, ClusterService } from './service.ts';

/** Times in ISO 8601. */
function present(cluster: Cluster) {
  const { id, user, topic, category, memoryIds, summary, version, createdAt, lastBuiltAt } = cluster;
  return {
    cluster_id: id,
    user_id: user,
    topic,
    category,
    memory_ids: memoryIds,
    summary,
    version,
    created_at: new Date(createdAt).toISOString(),
    last_built_at: new Date(lastBuiltAt).toISOString(),
  };
}

const idOf = (request: FastifyRequest) => (request.params as { id: string }).id;
const withVersion = (reply: FastifyReply, { version }: Cluster) => reply.header('etag', `"${version}"`);

/** Clusters: memories of one user under a topic. */
export function clusterRoutes(app: FastifyInstance, clusters: ClusterService): void {
  /** `{user_id?, topic, category?, memory_ids, summary?}` → 201 the cluster, and what the screen found. */
  app.post('/clusters', { config: { access: 'clusters:write' } }, async (request, reply) => {
    const actor = actorOf(request, 'clusters:write');
    const input = parse(newCluster, request.body);
    const { cluster, screening } = await clusters.create(actor, originOf(request), input);
    return withVersion(reply, cluster)
      .status(201)
      .send({ ...present(cluster), screening });
  });

  /** `?user_id&topic&category&limit=50&after=` → `{clusters, total, next}`, oldest first. */
  app.get('/clusters', { config: { access: 'clusters:read' } }, async (request) => {
    const actor = actorOf(request, 'clusters:read');
    const page = await clusters.list(actor, originOf(request), parse(listQuery, request.query));
    const { total, next, partial } = page;
    return { clusters: page.clusters.map(present), total, next, ...(partial && { partial }) };
  });

  app.get('/clusters/:id', { config: { access: 'clusters:read' } }, async (request, reply) => {
    const cluster = await clusters.get(actorOf(request, 'clusters:read'), originOf(request), idOf(request));
    return withVersion(reply, cluster).send(present(cluster));
  });

  /** `{topic?, category?, memory_ids?, summary?}`, `If-Match: "<version>"` → the cluster; 409 when it has changed. */
  app.put('/clusters/:id', { config: { access: 'clusters:write' } }, async (request, reply) => {
    const actor = actorOf(request, 'clusters:write');
    const changes = parse(clusterChanges, request.body);
    const expected = expectedVersion(request);
    const updated = await clusters.update(actor, originOf(request), idOf(request), changes, expected);
    const { cluster, screening } = updated;
    // Who may only write does not read the rest of it by changing a part.
    const shown = can(actor, 'clusters:read')
      ? present(cluster)
      : { cluster_id: cluster.id, version: cluster.version };
    return withVersion(reply, cluster).send({ ...shown, screening });
  });

  app.delete('/clusters/:id', { config: { access: 'clusters:write' } }, async (request) => {
    const actor = actorOf(request, 'clusters:write');
    const id = idOf(request);
    await clusters.delete(actor, originOf(request), id, expectedVersion(request));
    return { cluster_id: id, message: 'Cluster deleted' };
  });
}
