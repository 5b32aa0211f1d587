// Webhooks on a real server, told to a receiver that misbehaves in every way that it can.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Api } from './api.ts';
import { keyOf, loggedIn, made, newPerson, type Person, startWithAdmin, teamOf } from './attacks/cast.ts';
import type { Server } from './server-process.ts';
import { isSigned, type Manner, webhookReceiver } from './webhook-receiver.ts';

const TEXT = 'the marmalade of the team';
const MISSING = '01890000-0000-7000-8000-000000000000';
let server: Server;
let admin: Person;
let receiver: Awaited<ReturnType<typeof webhookReceiver>>;
/** Two namespaces with an administrator each. */
let ours: { id: string; admin: Person };
let theirs: { id: string; admin: Person };

const register = (by: Api, path: string, more: object = {}) =>
  made(by('POST', '/webhooks', { name: path, url: `${receiver.url}${path}`, ...more }));
const remember = async (by: Api, user = 'ann'): Promise<string> =>
  (await made(by('POST', '/memories', { content: TEXT, user_id: user }))).id;
/** Which were taken, each at its first time. */
const firsts = (path: string) => [...new Set(receiver.taken(path))];

beforeAll(async () => {
  receiver = await webhookReceiver();
  ({ server, admin } = await startWithAdmin());
  const founder = await newPerson(server, 'founder');
  const other = await newPerson(server, 'other');
  ours = await teamOf(server, founder, 'ours');
  theirs = await teamOf(server, other, 'theirs');
});
afterAll(async () => {
  await server.stop();
  await receiver.close();
});

describe('a webhook', () => {
  test('is told of each change in order, signed, without a text, and of no other namespace', async () => {
    const { api } = ours.admin;
    const { id, signing_secret, ...shown } = await register(api, '/all');
    expect(shown).toMatchObject({
      active: true,
      event_types: ['memory_add', 'memory_update', 'memory_delete'],
    });
    await register(theirs.admin.api, '/theirs');
    const foreign = await remember(theirs.admin.api);
    const memory = await remember(api);
    await made(api('PUT', `/memories/${memory}`, { content: `${TEXT}, again` }));
    await made(api('GET', `/memories/${memory}`));
    await made(api('DELETE', `/memories/${memory}`));
    const last = await remember(api, 'bob');
    await receiver.hasTaken('/all', [last]);
    await receiver.hasTaken('/theirs', [foreign]);
    const told = receiver.at('/all').map(({ body }) => [body.event, body.memory_ids, body.user_id]);
    expect(told).toEqual([
      ['memory_add', [memory], 'ann'],
      ['memory_update', [memory], 'ann'],
      ['memory_delete', [memory], 'ann'],
      ['memory_add', [last], 'bob'],
    ]);
    expect(receiver.taken('/theirs')).toEqual([foreign]);
    for (const one of receiver.at('/all')) {
      expect(isSigned(signing_secret, one)).toBe(true);
      expect(one.body.project_id).toBe(ours.id);
      expect(one.headers['webhook-id']).toBe(one.body.event_id);
    }
    expect(receiver.received.filter(({ text }) => text.includes('marmalade'))).toEqual([]);
    const stored = await made(api('GET', `/webhooks/${id}`));
    expect(stored).toMatchObject({ healthy: true, behind: 0 });
    expect(JSON.stringify([stored, await made(api('GET', '/webhooks'))])).not.toContain(signing_secret);
    await made(api('DELETE', `/webhooks/${id}`));
  });

  test('loses nothing and keeps the order, whatever the receiver does, and though the server is killed', async () => {
    const { api } = ours.admin;
    const { id, signing_secret } = await register(api, '/wild');
    const { id: stuck } = await register(api, '/stuck');
    receiver.always.set('/stuck', 'hang');
    receiver.manners.set('/wild', [
      ...['fail', 'take', 'redirect', 'take', 'redirect here', 'take', 'flood', 'take'],
      ...['break off', 'take', 'hang', 'take', 'hang'],
    ] as Manner[]);
    const memories: string[] = [];
    for (let i = 0; i < 7; i++) memories.push(await remember(api));
    await receiver.hasTaken('/wild', memories.slice(0, 6));
    // In the middle of a delivery that hangs.
    await vi.waitFor(
      () =>
        expect(
          receiver
            .at('/wild')
            .map(({ manner }) => manner)
            .filter((one) => one === 'hang'),
        ).toHaveLength(2),
      {
        timeout: 60_000,
        interval: 20,
      },
    );
    expect(await made(api('GET', `/webhooks/${stuck}`))).toMatchObject({ healthy: false, behind: 7 });
    await server.kill('SIGKILL');
    server = await server.restart();
    const again = await loggedIn(server, ours.admin.username, ours.admin.password, ours.id);
    ours.admin = again;
    admin = await loggedIn(server, 'admin', admin.password);
    theirs.admin = await loggedIn(server, theirs.admin.username, theirs.admin.password, theirs.id);
    memories.push(await remember(again.api));
    await receiver.hasTaken('/wild', memories);
    expect(firsts('/wild')).toEqual(memories);
    // Also what was not taken came in order: none was passed over.
    const tried = receiver.at('/wild').map(({ body }) => memories.indexOf(body.memory_ids[0]));
    const furthest = tried.map((_, i) => Math.max(-1, ...tried.slice(0, i)));
    expect(tried.every((at, i) => at <= furthest[i]! + 1)).toBe(true);
    expect(receiver.at('/wild').every((one) => isSigned(signing_secret, one))).toBe(true);
    expect(receiver.at('/followed'), 'nobody is followed').toEqual([]);
    // A repetition has the id of what it repeats.
    const ids = new Map(
      receiver.at('/wild').map(({ headers, body }) => [headers['webhook-id'], body.memory_ids[0]]),
    );
    expect(ids.size).toBe(memories.length);
    await vi.waitFor(
      async () =>
        expect(await made(again.api('GET', `/webhooks/${id}`))).toMatchObject({ healthy: true, behind: 0 }),
      { timeout: 30_000, interval: 50 },
    );
    const { logs } = await made(admin.api('GET', '/audit/logs?event_type=webhook.failed'));
    expect(logs.flatMap(({ resource_ids }: { resource_ids: string[] }) => resource_ids)).toEqual(
      expect.arrayContaining([id, stuck]),
    );
    receiver.always.delete('/stuck');
    await receiver.hasTaken('/stuck', memories);
    expect(firsts('/stuck')).toEqual(memories);
    expect(receiver.taken('/theirs')).not.toEqual(expect.arrayContaining([memories[0]]));
  });

  test('that is switched off hears nothing, and once it is on again of what happens then', async () => {
    const { api } = ours.admin;
    const { id } = await register(api, '/off');
    await made(api('PATCH', `/webhooks/${id}`, { active: false }));
    const missed = await remember(api);
    await made(api('PATCH', `/webhooks/${id}`, { active: true, event_types: ['memory_add'] }));
    const heard = await remember(api);
    await receiver.hasTaken('/off', [heard]);
    expect(receiver.taken('/off')).not.toContain(missed);
  });
});

describe('who manages webhooks', () => {
  test('another namespace finds nothing: the same answer as for what never was', async () => {
    const { id } = await register(ours.admin.api, '/mine');
    const { api } = theirs.admin;
    const same = async (method: string, path: (id: string) => string, body?: object) => {
      const [foreign, missing] = [await api(method, path(id), body), await api(method, path(MISSING), body)];
      const without = ({ text }: typeof foreign) => text.replace(/"request_id":"[^"]+"/, '');
      expect([foreign.status, without(foreign)]).toEqual([404, without(missing)]);
    };
    await same('GET', (one) => `/webhooks/${one}`);
    await same('PATCH', (one) => `/webhooks/${one}`, { url: `${receiver.url}/stolen` });
    await same('DELETE', (one) => `/webhooks/${one}`);
    await same('PUT', (one) => `/api/v1/webhooks/${one}/`, { url: `${receiver.url}/stolen` });
    await same('DELETE', (one) => `/api/v1/webhooks/${one}/`);
    await same('GET', (one) => `/api/v1/webhooks/projects/${one === id ? ours.id : one}/`);
    await same('POST', (one) => `/api/v1/webhooks/projects/${one === id ? ours.id : one}/`, {
      url: `${receiver.url}/stolen`,
    });
    expect(JSON.stringify((await api('GET', '/webhooks')).body)).not.toContain(id);
    expect(await made(ours.admin.api('GET', `/webhooks/${id}`))).toMatchObject({ version: 1, active: true });
  });

  test('a key needs the permission, and must not be bound to anybody', async () => {
    const { api } = ours.admin;
    const permissions = ['memories:read', 'webhooks:manage'];
    const key = await keyOf(server, api, { permissions });
    expect((await key.api('GET', '/webhooks')).status).toBe(200);
    const bound = await keyOf(server, api, { permissions, entities: { agent_id: 'robot' } });
    const plain = await keyOf(server, api);
    for (const one of [bound, plain])
      for (const [method, path] of [
        ['GET', '/webhooks'],
        ['POST', '/webhooks'],
        ['GET', `/api/v1/webhooks/projects/${ours.id}/`],
        ['DELETE', `/api/v1/webhooks/${MISSING}/`],
      ] as const) {
        const body = method === 'POST' ? { url: `${receiver.url}/x` } : undefined;
        const { status, body: problem } = await one.api(method, path, body);
        expect([status, problem.code]).toEqual([403, 'permission_denied']);
      }
  });

  test.each([
    ['no address', {}],
    ['plain http to another machine', { url: 'http://hooks.example.org/in' }],
    ['credentials in the address', { url: `https://user:${'word'}@hooks.example.org/in` }],
    ['an address where clouds keep credentials', { url: 'https://169.254.169.254/latest' }],
    ['the same in disguise', { url: 'https://[::ffff:a9fe:a9fe]/' }],
    ['no text', { url: 7 }],
    ['an address without end', { url: `https://hooks.example.org/${'x'.repeat(2048)}` }],
    ['a type that is none', { url: 'https://hooks.example.org/', event_types: ['memory_stolen'] }],
    ['no type', { url: 'https://hooks.example.org/', event_types: [] }],
    ['a member that is none', { url: 'https://hooks.example.org/', secret: 'mine' }],
  ])('%s is refused whole', async (_, body) => {
    const before = (await made(ours.admin.api('GET', '/webhooks'))).webhooks.length;
    const answer = await ours.admin.api('POST', '/webhooks', body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_input']);
    expect((await made(ours.admin.api('GET', '/webhooks'))).webhooks).toHaveLength(before);
  });

  test('the calls of the mem0 clients have their shapes', async () => {
    const { api } = ours.admin;
    const path = `/api/v1/webhooks/projects/${ours.id}/`;
    const given = {
      name: 'Memory Logger',
      url: `${receiver.url}/mem0`,
      event_types: ['memory:add', 'memory_categorize'],
    };
    const answer = await api('POST', path, { ...given, project_id: ours.id });
    expect(answer.status).toBe(201);
    const { signing_secret, ...webhook } = answer.body;
    expect(webhook).toEqual({
      webhook_id: expect.any(String),
      name: 'Memory Logger',
      url: given.url,
      event_types: ['memory_add', 'memory_categorize'],
      is_active: true,
      project: ours.id,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    expect((await api('GET', path)).body).toContainEqual(webhook);
    const one = `/api/v1/webhooks/${webhook.webhook_id}/`;
    expect((await api('PUT', one, { name: 'other' })).body).toEqual({
      message: 'Webhook updated successfully',
    });
    const memory = await remember(api);
    await receiver.hasTaken('/mem0', [memory]);
    expect(receiver.at('/mem0').every((delivery) => isSigned(signing_secret, delivery))).toBe(true);
    expect((await api('PUT', one, {})).body).toMatchObject({
      code: 'invalid_input',
      error: expect.any(String),
    });
    expect((await api('DELETE', one)).body).toEqual({ message: 'Webhook deleted successfully' });
    expect((await api('DELETE', one)).status).toBe(404);
  });

  test('If-Match keeps two from changing one unseen, and the twenty-first is refused', async () => {
    const { api } = theirs.admin;
    const { id } = await register(api, '/once');
    const change = (name: string) => api('PATCH', `/webhooks/${id}`, { name }, { 'if-match': '"1"' });
    expect((await change('first')).headers.get('etag')).toBe('"2"');
    expect((await change('second')).body.code).toBe('stale_version');
    const { webhooks } = await made(api('GET', '/webhooks'));
    for (let i = webhooks.length; i < 20; i++) await register(api, '/once');
    const { status, body } = await api('POST', '/webhooks', { url: `${receiver.url}/once` });
    expect([status, body.code]).toEqual([409, 'limit_reached']);
  });
});
