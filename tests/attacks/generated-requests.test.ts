import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, type Api, apiOf } from '../api.ts';
import { appWithRoutes } from '../route-list.ts';
import type { Server } from '../server-process.ts';
import {
  joined,
  keyOf,
  loggedIn,
  made,
  newPerson,
  operatorOf,
  type Person,
  startWithAdmin,
  teamOf,
} from './cast.ts';
import { randomOf } from './random.ts';

/**
 * Requests that nobody thought of: any caller, any route, the ids of anybody, bodies bent out of shape. What belongs
 * to a tenant carries its mark; no answer to another tenant holds it.
 */
const REQUESTS = process.env.MEMHOLD_TEST_LONG ? 50_000 : 2_000;
const AT_ONCE = 8;
const SEED = Number(process.env.MEMHOLD_TEST_SEED ?? 20_261_121);
const random = randomOf(SEED);
const { pick, chance, whole } = random;

const { routes } = await appWithRoutes();
/** These end the session that asks, or hash passwords until nobody can log in. */
const LEFT_OUT =
  /^\/auth\/(logout|login|register|step-up|change-|forgot|verify-email|reset|mfa\/disable|mfa\/rec)/;
const walked = routes.filter(({ url }) => !LEFT_OUT.test(url));
const memories = walked.filter(({ url }) => /memories|clusters/.test(url));

interface Tenant {
  mark: string;
  /** Ids that other tenants know somehow, and use. */
  ids: Record<Kind, string[]>;
}
type Kind = 'memory' | 'cluster' | 'key' | 'session' | 'user' | 'namespace' | 'invitation' | 'name';
const KINDS: Kind[] = ['memory', 'cluster', 'key', 'session', 'user', 'namespace', 'invitation', 'name'];

interface Caller {
  name: string;
  tenant: Tenant;
  api: Api;
  /** Reads only what it must not change: an administrator could remove the others. */
  leaves?: RegExp;
}

let server: Server;
const tenants: Tenant[] = [];
const callers: Caller[] = [];
/** Asks nothing at all, and has lost nothing in the end. */
let silent: Person;
let before: string;
const statuses = new Map<number, number>();

const ownOf = async ({ api, namespace }: Person) => {
  const paths = [
    '/memories',
    '/clusters',
    '/api-keys',
    '/auth/me',
    '/auth/sessions',
    '/namespaces',
    `/namespaces/${namespace}`,
  ];
  const answers = await Promise.all(paths.map((path) => api('GET', path)));
  expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200));
  return answers.map(({ text }) => text).join('\n');
};

/** A tenant with something of everything, each with its mark on it. */
async function tenantOf(admin: Person, people: Person[], namespace: string): Promise<Tenant> {
  const [owner] = people as [Person];
  const mark = `mark-of-${owner.username}-${namespace.slice(-6)}`;
  const ids: Tenant['ids'] = {
    memory: [],
    cluster: [],
    key: [],
    session: [],
    user: people.map(({ id }) => id),
    namespace: [namespace],
    invitation: [],
    name: [],
  };
  for (const one of people) {
    for (const words of ['likes tea', 'walks by the sea', 'was in Rome']) {
      const content = `${mark} ${words}`;
      ids.memory.push((await made(one.api('POST', '/memories', { content, metadata: { of: mark } }))).id);
    }
    const grouping = { topic: `${mark} of ${one.username}`, memory_ids: ids.memory.slice(-2), summary: mark };
    const grouped = await one.api('POST', '/clusters', grouping);
    // Only an administrator of the namespace may.
    if (grouped.status === 201) ids.cluster.push(grouped.body.cluster_id);
    ids.key.push((await keyOf(server, one.api, { name: mark })).id);
    ids.session.push((await loggedIn(server, one.username, one.password)).session);
    const name = { name: `URI:urn:${mark}:${one.username}` };
    ids.name.push((await made(admin.api('POST', `/users/${one.id}/certificates`, name))).id);
  }
  const tenant = { mark, ids };
  tenants.push(tenant);
  return tenant;
}

beforeAll(async () => {
  let admin: Person;
  ({ server, admin } = await startWithAdmin());
  const [alice, bob, carol, dave] = (await Promise.all(
    ['alice', 'bob', 'carol', 'dave'].map((name) => newPerson(server, name)),
  )) as [Person, Person, Person, Person];
  silent = await newPerson(server, 'silent');

  for (const person of [alice, bob]) {
    const tenant = await tenantOf(admin, [person], person.namespace);
    const { api, username } = person;
    const keys = [
      {},
      { entities: { user_id: person.id } },
      { permissions: ['memories:read'] },
      { permissions: ['memories:write'] },
    ];
    callers.push({ name: username, tenant, api });
    for (const more of keys)
      callers.push({ name: `key of ${username}`, tenant, api: (await keyOf(server, api, more)).api });
  }
  const { id, admin: ruler } = await teamOf(server, carol);
  const member = await joined(server, ruler, id, dave, 'user');
  const team = await tenantOf(admin, [ruler, member], id);
  const invited = await made(
    ruler.api('POST', `/namespaces/${id}/invitations`, { email: `${team.mark}@example.com` }),
  );
  team.ids.invitation.push(invited.id);
  // What would end the other callers of the team is theirs to do, and left out.
  const leaves = new RegExp(`/members/|/namespaces/${id}(/membership)?$`);
  callers.push({ name: 'administrator of the team', tenant: team, api: ruler.api, leaves });
  callers.push({ name: 'member of the team', tenant: team, api: member.api, leaves });
  callers.push({ name: 'key of the team', tenant: team, api: (await keyOf(server, ruler.api)).api });
  callers.push({ name: 'key of a member', tenant: team, api: (await keyOf(server, member.api)).api });

  const house: Tenant = {
    mark: 'mark-of-nobody',
    ids: { ...team.ids, ...Object.fromEntries(KINDS.map((kind) => [kind, []])) },
  };
  callers.push({
    name: 'administrator',
    tenant: house,
    api: admin.api,
    leaves: /\/users|\/invitations|token-keys/,
  });
  callers.push({ name: 'ready key', tenant: house, api: server.api });
  callers.push({ name: 'nobody', tenant: house, api: apiOf(server.url) });

  await tenantOf(admin, [silent], silent.namespace);
  before = await ownOf(silent);
});
afterAll(() => server.stop());

const strange = () =>
  pick<unknown>([
    '',
    '*',
    '%',
    "' or 1=1 --",
    '../..',
    '\u0000',
    '\u{1f600}',
    'x'.repeat(300),
    -1,
    0,
    1e21,
    null,
    true,
    [],
    {},
    ['*'],
    { ne: 'x' },
    { in: ids('user') },
    { gte: '' },
  ]);
const ids = (kind: Kind) => tenants.flatMap((tenant) => tenant.ids[kind]);
const anyId = () => (chance(0.9) ? pick(ids(pick(KINDS)).concat('nobody')) : String(strange()));

function condition(): unknown {
  const id = pick([...ids('user'), ...ids('memory')]);
  return pick<() => unknown>([
    () => id,
    () => ({ in: [id, anyId()] }),
    () => ({ ne: 'x' }),
    () => '*',
    () => ({ contains: 'mark' }),
    strange,
  ])();
}
const FIELDS = [
  'user_id',
  'agent_id',
  'app_id',
  'run_id',
  'id',
  'memory_ids',
  'thread_id',
  'metadata',
  'created_at',
  'namespace',
];
function filter(depth = 3): unknown {
  if (depth > 0 && chance(0.4)) {
    const parts = Array.from({ length: whole(1, 3) }, () => filter(depth - 1));
    return pick<() => unknown>([() => ({ AND: parts }), () => ({ OR: parts }), () => ({ NOT: parts })])();
  }
  return { [pick(FIELDS)]: condition() };
}

const entities = () =>
  chance(0.7) ? { user_id: pick(ids('user')) } : { [pick(['agent_id', 'run_id'])]: 'robot' };
const role = () => pick(['admin', 'user', 'readonly', 'root']);
/** By the end of a route's path: what it wants, before it is bent. */
const BODIES: [RegExp, () => object][] = [
  [
    /search\/?$/,
    () => ({
      query: pick(['tea', 'mark', 'sea Rome', 'x']),
      ...(chance(0.5) ? entities() : {}),
      ...(chance(0.7) ? { filters: filter() } : {}),
      top_k: whole(1, 50),
    }),
  ],
  [/^\/v3\/memories\/$/, () => ({ filters: filter() })],
  [/add\/$/, () => ({ messages: [{ role: 'user', content: 'a note' }], ...entities() })],
  [
    /^\/clusters/,
    () => ({
      topic: pick(['tea', 'the sea', 'Rome']),
      ...(chance(0.8) ? { memory_ids: [...new Set([pick(ids('memory')), anyId()])] } : {}),
      ...(chance(0.5) ? { user_id: pick(ids('user')) } : {}),
      ...(chance(0.3) ? { category: 'plans', summary: 'a note' } : {}),
    }),
  ],
  [/^\/memories$/, () => ({ content: 'a note', ...(chance(0.5) ? entities() : {}) })],
  [/^\/memories\//, () => ({ content: 'changed' })],
  [/^\/v1\/memories\//, () => ({ text: 'changed' })],
  [
    /api-keys$/,
    () => ({
      name: 'k',
      ...(chance(0.5) ? { entities: entities() } : {}),
      permissions: pick([['memories:read'], ['memories:write', 'memories:delete'], ['keys:manage']]),
    }),
  ],
  [/rotate$/, () => ({ overlap_seconds: whole(-1, 100) })],
  [/invitations$/, () => ({ role: role(), ...(chance(0.3) ? { email: 'x@example.com' } : {}) })],
  [/accept$/, () => ({ token: `mhi_${'x'.repeat(43)}` })],
  [/members\/:member$/, () => ({ role: role() })],
  [/^\/namespaces$/, () => ({ name: 'n' })],
  [/^\/namespaces\/:id$/, () => ({ audit_reads: pick(['durable', 'deferred', 'never']) })],
  [/^\/users/, () => ({ role: role(), is_active: chance(0.5) })],
  [/certificates$/, () => ({ name: `DNS:${whole(1, 9)}.example.org` })],
  [/^\/auth\/sessions$/, () => ({ namespace: chance(0.5) ? silent.namespace : 'nowhere' })],
  [/confirm$/, () => ({ code: '000000' })],
  [/refresh$/, () => ({ refresh_token: `mhr_${'x'.repeat(43)}` })],
];

function bent(body: Record<string, unknown>): unknown {
  const kind = whole(0, 9);
  if (kind > 3) return body;
  if (kind === 0) return { ...body, [pick([...FIELDS, 'role', 'account', 'constructor'])]: strange() };
  if (kind === 1 && Object.keys(body).length > 0) return { ...body, [pick(Object.keys(body))]: strange() };
  if (kind === 2) return JSON.stringify(body).slice(0, -whole(1, 4));
  return { ...body, ...entities() };
}

const KIND_OF: [RegExp, Kind][] = [
  [/^\/(v1\/)?memories\/:id/, 'memory'],
  [/^\/clusters\/:id/, 'cluster'],
  [/^\/api-keys\/:id/, 'key'],
  [/^\/auth\/sessions\/:id/, 'session'],
  [/^\/users\/:id/, 'user'],
  [/^\/namespaces\/:id/, 'namespace'],
];
const PLACES: Record<string, Kind> = { ':member': 'user', ':invitation': 'invitation', ':name': 'name' };

/** One path of a route: mostly with an id of the right kind, of anybody. */
function pathOf(url: string): string {
  const kind = KIND_OF.find(([pattern]) => pattern.test(url))?.[1];
  const filled = url.replace(/:\w+/g, (place) => {
    const right = PLACES[place] ?? kind;
    const id = right && chance(0.85) ? pick(ids(right).concat('nobody')) : anyId();
    const spelled = chance(0.05) ? id.toUpperCase() : id;
    return encodeURIComponent(spelled) + (chance(0.02) ? '%2e%2e%2f' : '');
  });
  const query = new URLSearchParams();
  if (chance(0.4)) query.set(pick(FIELDS), chance(0.8) ? anyId() : '*');
  if (chance(0.1)) query.append('user_id', anyId());
  if (chance(0.1))
    query.set(pick(['top_k', 'offset', 'page', 'after', 'limit', 'page_size']), String(whole(-1, 1200)));
  if (chance(0.1)) query.set('namespace', pick(ids('namespace')));
  return `${chance(0.03) ? filled.replace('/', '//') : filled}${query.size > 0 ? `?${query}` : ''}`;
}

interface Sent {
  caller: Caller;
  method: string;
  path: string;
  body: unknown;
  headers: Record<string, string>;
}
function generated(): Sent {
  for (;;) {
    const caller = pick(callers);
    const route = pick(chance(0.5) ? memories : walked);
    const method = chance(0.05) ? pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) : route.method;
    const path = pathOf(route.url);
    if (method !== 'GET' && caller.leaves?.test(path.split('?')[0]!)) continue;
    const make = BODIES.find(([pattern]) => pattern.test(route.url))?.[1] ?? (() => ({}));
    const bare = ['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(method);
    const headers: Record<string, string> = {};
    if (chance(0.1)) headers['if-match'] = pick(['"1"', '*', '"9"', 'x']);
    if (chance(0.05)) headers['x-user-id'] = pick(ids('user'));
    if (chance(0.05)) headers['x-namespace'] = pick(ids('namespace'));
    if (chance(0.05)) headers['x-http-method-override'] = 'DELETE';
    if (chance(0.03)) headers['x-original-url'] = `/memories/${pick(ids('memory'))}`;
    return {
      caller,
      method,
      path,
      body: bare ? undefined : bent(make() as Record<string, unknown>),
      headers,
    };
  }
}

function check({ caller, method, path, body }: Sent, { status, text }: Answer): void {
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const what = `${caller.name}: ${method} ${path} ${JSON.stringify(body)} → ${status} ${text.slice(0, 500)}`;
  // 501: a call of another API that is not here.
  if (status >= 500 && status !== 501) throw new Error(what);
  // Users, their names, what certificates are called and the log of the whole server are an administrator's business.
  if (caller.name === 'administrator' && /^\/+(users|auth|audit)/.test(path)) return;
  for (const { mark } of tenants)
    if (mark !== caller.tenant.mark && text.includes(mark)) throw new Error(what);
}

test(`${REQUESTS} generated requests: no answer holds another tenant's mark, none is a 5xx`, {
  timeout: 1_200_000,
}, async () => {
  let left = REQUESTS;
  const work = async () => {
    while (left-- > 0) {
      const one = generated();
      check(one, await one.caller.api(one.method, one.path, one.body, one.headers));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const counted = [...statuses].sort(([a], [b]) => a - b);
  const total = counted.reduce((sum, [, count]) => sum + count, 0);
  console.info(
    `seed ${SEED}: ${total} requests, ${counted.map(([status, count]) => `${count}×${status}`).join(', ')}`,
  );
  expect(total).toBe(REQUESTS);
  // Many were let in, and many met somebody else's.
  for (const status of [200, 400, 403, 404]) expect(statuses.get(status)).toBeGreaterThan(REQUESTS / 50);
});

test('every caller is who they were, and finds its own marks and no others', async () => {
  for (const { name, tenant, api } of callers) {
    if (name === 'nobody') continue;
    const { status } = await api('GET', '/v1/ping/');
    expect([name, status]).toEqual([name, 200]);
    const found = await api('POST', '/memories', {
      content: `${tenant.mark} again`,
      user_id: tenant.ids.user.at(-1) ?? 'u',
    });
    expect([name, [201, 403, 404].includes(found.status)]).toEqual([name, true]);
  }
});

test('who sent nothing has lost nothing', async () => {
  expect(await ownOf(silent)).toBe(before);
  const operator = operatorOf(server);
  const { users } = (await operator('GET', '/users?limit=1000')).body;
  const roles = users.map(
    ({ username, roles }: { username: string; roles: string[] }) => `${username} ${roles}`,
  );
  expect(roles.sort()).toEqual([
    'admin admin',
    'alice user',
    'bob user',
    'carol user',
    'dave user',
    'silent user',
  ]);
  expect(server.output()).not.toMatch(/request failed|internal_error|Uncaught|at .*\.[jt]s:\d+/);
});
