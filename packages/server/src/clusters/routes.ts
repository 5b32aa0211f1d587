import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { can } from '../access/actor.ts';
import { actorOf } from '../http/app.ts';
import { expectedVersion, IF_MATCH } from '../http/if-match.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { changedCluster, clusterPage, createdCluster, deletedCluster, storedCluster } from './answers.ts';
import { clusterChanges, listQuery, newCluster } from './schema.ts';
import type { Cluster, ClusterService } from './service.ts';

/** Times in ISO 8601. */
function present(cluster: Cluster): z.output<typeof storedCluster> {
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
  const create = {
    summary: 'Put memories of one user together under a topic',
    details: 'A user has at most 10,000. The words are screened as memories are. The ETag is its version.',
    body: newCluster,
    answers: { 201: createdCluster },
    errors: ['not_found', 'cluster_exists', 'content_rejected', 'limit_reached'],
  };
  app.post(
    '/clusters',
    { config: { access: 'clusters:write', describe: create } },
    async (request, reply) => {
      const actor = actorOf(request, 'clusters:write');
      const input = parse(newCluster, request.body);
      const { cluster, screening } = await clusters.create(actor, originOf(request), input);
      return withVersion(reply, cluster)
        .status(201)
        .send({ ...present(cluster), screening });
    },
  );

  const list = {
    summary: 'List clusters, the oldest first',
    details:
      'A topic or category is sought in the clusters of one user. A page ends early at 5,000 memory ids.',
    query: listQuery,
    answers: { 200: clusterPage },
  };
  app.get('/clusters', { config: { access: 'clusters:read', describe: list } }, async (request) => {
    const actor = actorOf(request, 'clusters:read');
    const page = await clusters.list(actor, originOf(request), parse(listQuery, request.query));
    const { total, next, partial } = page;
    return { clusters: page.clusters.map(present), total, next, ...(partial && { partial }) };
  });

  const get = {
    summary: 'Read a cluster',
    details: 'The ETag is its version.',
    answers: { 200: storedCluster },
    errors: ['not_found'],
  };
  app.get('/clusters/:id', { config: { access: 'clusters:read', describe: get } }, async (request, reply) => {
    const cluster = await clusters.get(actorOf(request, 'clusters:read'), originOf(request), idOf(request));
    return withVersion(reply, cluster).send(present(cluster));
  });

  const update = {
    summary: 'Change a cluster',
    details: 'What is absent stays; null clears. The ETag is the new version.',
    headers: IF_MATCH,
    body: clusterChanges,
    answers: { 200: changedCluster },
    errors: ['not_found', 'stale_version', 'invalid_version', 'cluster_exists', 'content_rejected'],
  };
  app.put(
    '/clusters/:id',
    { config: { access: 'clusters:write', describe: update } },
    async (request, reply) => {
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
    },
  );

  const remove = {
    summary: 'Delete a cluster; its memories stay',
    headers: IF_MATCH,
    answers: { 200: deletedCluster },
    errors: ['not_found', 'stale_version', 'invalid_version'],
  };
  app.delete('/clusters/:id', { config: { access: 'clusters:write', describe: remove } }, async (request) => {
    const actor = actorOf(request, 'clusters:write');
    const id = idOf(request);
    await clusters.delete(actor, originOf(request), id, expectedVersion(request));
    return { cluster_id: id, message: 'Cluster deleted' };
  });
}
