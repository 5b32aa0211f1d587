import { type Key, NAME, ok, refused, type Stage, TEXT } from './stage.ts';
import { inSession, type Provocation, SYSTEM, told } from './told.ts';

const USER = `${NAME}-of-the-app`;
/** Made here, so that no secret stands in the repository. */
const ACCESS_KEY = `AKIA${[...'QWERTZUIOPASDFGH'].reverse().join('')}`;

/** Memories, clusters of them, and canaries among them. */
export function memoryEvents(stage: Stage) {
  let key: Key;
  let memory: string;
  let redacted: string;
  let cluster: string;
  let canary: string;
  const memories = (...ids: string[]) => ({
    namespace: stage.admin.namespace,
    resource: ['memory', ids] as const,
  });
  const clusters = (...ids: string[]) => ({
    namespace: stage.admin.namespace,
    resource: ['cluster', ids] as const,
  });
  const store = async (content: string) =>
    (await ok(key.api('POST', '/memories', { content, user_id: USER }))).id as string;
  const byAdmin = () => inSession(stage.admin);

  return {
    'memory.created': async () => {
      key = await stage.key({
        permissions: ['memories:read', 'memories:write', 'memories:delete', 'clusters:read'],
      });
      memory = await store(`${TEXT}s sleep by day`);
      return told(key.who, 'POST /memories', { ...memories(memory), states: 'after' });
    },
    'memory.retrieved': async () => {
      await ok(key.api('GET', `/memories/${memory}`));
      return told(key.who, `GET /memories/${memory}`, memories(memory));
    },
    'memory.listed': async () => {
      await ok(stage.admin.api('GET', `/memories?user_id=${USER}`));
      return told(byAdmin(), `GET /memories?user_id=${USER}`, memories(memory));
    },
    'memory.searched': async () => {
      await ok(key.api('POST', '/memories/search', { query: `${TEXT} sleep`, user_id: USER }));
      return told(key.who, 'POST /memories/search', memories(memory));
    },
    'memory.updated': async () => {
      await ok(key.api('PUT', `/memories/${memory}`, { content: `${TEXT}s sleep all day` }));
      const about = { ...memories(memory), states: 'before and after' } as const;
      return told(key.who, `PUT /memories/${memory}`, about);
    },
    'memory.history.retrieved': async () => {
      await ok(key.api('GET', `/memories/${memory}/history`));
      return told(key.who, `GET /memories/${memory}/history`, memories(memory));
    },
    'memory.redacted': async () => {
      stage.secrets.add(ACCESS_KEY);
      redacted = await store(`the ${TEXT} key is ${ACCESS_KEY}`);
      return told(key.who, 'POST /memories', memories(redacted));
    },
    'memory.revealed': async () => {
      await ok(stage.admin.api('GET', `/memories/${redacted}/original`));
      return told(byAdmin(), `GET /memories/${redacted}/original`, memories(redacted));
    },
    'memory.rejected': async () => {
      const body = { content: TEXT, user_id: ACCESS_KEY };
      await refused(key.api('POST', '/memories', body), 'content_rejected');
      return told(key.who, 'POST /memories', { ...memories(), code: 'content_rejected' });
    },

    'cluster.created': async () => {
      const body = { user_id: USER, topic: `${TEXT} days`, memory_ids: [memory] };
      ({ cluster_id: cluster } = await ok(stage.admin.api('POST', '/clusters', body)));
      return told(byAdmin(), 'POST /clusters', { ...clusters(cluster), states: 'after' });
    },
    'cluster.retrieved': async () => {
      const path = `/clusters?user_id=${USER}&topic=${TEXT}%20days`;
      await ok(key.api('GET', path));
      return told(key.who, `GET ${path}`, clusters(cluster));
    },
    'cluster.updated': async () => {
      await ok(stage.admin.api('PUT', `/clusters/${cluster}`, { summary: `${TEXT}s, mostly asleep` }));
      const about = { ...clusters(cluster), states: 'before and after' } as const;
      return told(byAdmin(), `PUT /clusters/${cluster}`, about);
    },
    'cluster.deleted': async () => {
      await ok(stage.admin.api('DELETE', `/clusters/${cluster}`));
      return told(byAdmin(), `DELETE /clusters/${cluster}`, { ...clusters(cluster), states: 'before' });
    },
    'memory.deleted': async () => {
      await ok(key.api('DELETE', `/memories/${memory}`));
      return told(key.who, `DELETE /memories/${memory}`, { ...memories(memory), states: 'before' });
    },

    'entity.listed': async () => {
      await ok(stage.admin.api('GET', '/entities?type=user'));
      const about = { namespace: stage.admin.namespace, resource: ['entity', []] } as const;
      return told(byAdmin(), 'GET /entities?type=user', about);
    },
    'memory.event.retrieved': async () => {
      const body = { messages: [{ role: 'user', content: `${TEXT} wakes` }], user_id: USER, infer: false };
      const { event_id: id } = await ok(key.api('POST', '/v3/memories/add/', body));
      await ok(key.api('GET', `/v1/event/${id}/`));
      const about = { namespace: stage.admin.namespace, resource: ['event', [id]] } as const;
      return told(key.who, `GET /v1/event/${id}/`, about);
    },

    'canary.created': async () => {
      canary = await store(`the ${TEXT} vault`);
      await ok(stage.admin.api('POST', '/canaries', { memory_id: canary }));
      return told(byAdmin(), 'POST /canaries', memories(canary));
    },
    'security.suspicious.activity': async () => {
      await ok(key.api('GET', `/memories/${canary}`));
      await stage.logged('security.suspicious.activity', ({ resource_ids: [id] }) => id === canary);
      const about = {
        ...memories(canary),
        action: 'canary_read',
        code: 'canary_read',
        fromNetwork: true,
      } as const;
      return told(SYSTEM, undefined, about);
    },
    'canary.removed': async () => {
      await ok(stage.admin.api('DELETE', `/canaries/${canary}`));
      return told(byAdmin(), `DELETE /canaries/${canary}`, memories(canary));
    },
  } satisfies Record<string, Provocation>;
}
