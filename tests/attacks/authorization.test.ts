import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportLike } from '../../packages/server/src/scans/testing/reports.ts';
import { type Answer, type Api, apiOf } from '../api.ts';
import { appWithRoutes } from '../route-list.ts';
import type { Server } from '../server-process.ts';
import { joined, keyOf, loggedIn, made, newPerson, type Person, startWithAdmin, teamOf } from './cast.ts';
import { type Name, ROWS, refusalOf, STANDINGS, type Standing } from './rights.ts';

const { routes } = await appWithRoutes();
const NOWHERE = '01890000-0000-7000-8000-000000000000';
const MARK = 'the marmalade of the victim';
/** Where somebody who is let in is refused for another reason: nothing to find, or a wrong password. */
const LET_IN: Record<string, number[]> = {
  'POST /auth/token-keys/rotate': [404],
  'POST /auth/sessions': [404],
  'POST /auth/step-up': [401, 429],
  'POST /auth/change-password': [401, 429],
  'POST /auth/change-email': [401, 429],
  'POST /auth/mfa/disable': [404],
  'POST /auth/mfa/recovery-codes': [404],
  'PUT /v1/batch/': [404],
  'POST /v1/feedback/': [404],
  // Without the headers of the protocol.
  'POST /mcp': [406],
  'GET /mcp': [405],
  'DELETE /mcp': [405],
};
/** Older doors end what is not there without complaint: the same for what is somebody else's. */
const ENDS_NOTHING = /^DELETE \/v[12]\/entities\//;
/** Calls of the mem0 API that are not here: the same for whatever they name. */
const NOT_HERE =
  /^\w+ \/(?:v2\/profiles\/|v2\/entities\/user\/|api\/v1\/orgs\/(?!.*:project\/$))|^DELETE \/api\/v1\/orgs\//;
/** What ends the caller's own session: walked with one of its own. */
const ENDS = ['/auth/logout', '/auth/logout-all'];

let server: Server;
let admin: Person;
/** Another administrator: what the one in the walk does to itself does not concern this one. */
let warden: Person;
let victim: Person;
let team: { id: string; admin: Person };
/** Ids of the victim's, by the place they have in a path. */
let ids: Record<
  | 'memory'
  | 'cluster'
  | 'webhook'
  | 'scan'
  | 'key'
  | 'session'
  | 'user'
  | 'namespace'
  | 'member'
  | 'invitation'
  | 'name',
  string
>;
/** Where the namespace's administrator is at home: with their own id, but somebody else's beside it. */
let home: string;
let callers: Record<Name, { api: Api; again?: () => Promise<Person> }>;
let before: string;
const sent = { requests: 0, refused: 0, missing: 0, allowed: 0 };

/** All that the victim sees of their own. */
async function seen(): Promise<string> {
  const { api } = victim;
  const answers = [
    await api('GET', `/memories/${ids.memory}`),
    await api('GET', `/memories/${ids.memory}/history`),
    await api('GET', '/memories'),
    await api('GET', '/api-keys'),
    await api('GET', '/auth/me'),
    await api('GET', '/auth/sessions'),
    await team.admin.api('GET', `/clusters/${ids.cluster}`),
    await team.admin.api('GET', '/webhooks'),
    await team.admin.api('GET', `/scans/${ids.scan}`),
    await team.admin.api('GET', `/namespaces/${team.id}`),
    await team.admin.api('GET', `/namespaces/${team.id}/members`),
    await team.admin.api('GET', `/namespaces/${team.id}/invitations`),
    await warden.api('GET', `/users/${ids.user}/certificates`),
  ];
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  return answers.map(({ text }) => text).join('\n');
}

beforeAll(async () => {
  ({ server, admin } = await startWithAdmin());
  victim = await newPerson(server, 'victim');
  team = await teamOf(server, victim, 'team of the victim');
  const friend = await newPerson(server, 'friend');
  await joined(server, team.admin, team.id, friend, 'user');
  const invitation = await made(
    team.admin.api('POST', `/namespaces/${team.id}/invitations`, { email: 'guest@victim.example' }),
  );
  const name = { name: 'DNS:victim.example.org' };
  const note = await made(team.admin.api('POST', '/memories', { content: MARK }));
  const cluster = { topic: MARK, memory_ids: [note.id] };
  ids = {
    cluster: (await made(team.admin.api('POST', '/clusters', cluster))).cluster_id,
    memory: (await made(victim.api('POST', '/memories', { content: MARK }))).id,
    webhook: (await made(team.admin.api('POST', '/webhooks', { url: 'https://hooks.example.org/' }))).id,
    scan: (await made(team.admin.api('POST', '/scans', reportLike({ project: 'shop of the victim' })))).id,
    key: (await keyOf(server, victim.api, { name: 'key of the victim' })).id,
    session: (await loggedIn(server, 'victim', victim.password)).session,
    user: victim.id,
    namespace: team.id,
    member: friend.id,
    invitation: invitation.id,
    name: (await made(admin.api('POST', `/users/${victim.id}/certificates`, name))).id,
  };

  const { id: wardenId } = await newPerson(server, 'warden');
  await made(admin.api('PATCH', `/users/${wardenId}`, { role: 'admin' }));
  warden = await loggedIn(server, 'warden', victim.password);

  const user = await newPerson(server, 'mallory');
  const ruler = await newPerson(server, 'ruler');
  home = (await teamOf(server, ruler)).id;
  await newPerson(server, 'reader');
  const { users } = (await admin.api('GET', '/users')).body;
  const { id: readerId } = users.find((one: { username: string }) => one.username === 'reader');
  await made(admin.api('PATCH', `/users/${readerId}`, { role: 'readonly' }));
  const person = async (username: string, password: string, namespace?: string) => {
    const again = () => loggedIn(server, username, password, namespace);
    return { api: (await again()).api, again };
  };
  const key = async (more: object) => ({ api: (await keyOf(server, user.api, more)).api });
  const revoked = await keyOf(server, user.api);
  await made(user.api('DELETE', `/api-keys/${revoked.id}`));
  callers = {
    'no credential': { api: apiOf(server.url) },
    'a credential that is none': {
      api: apiOf(server.url, { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' }),
    },
    'a revoked key': { api: revoked.api },
    'a certificate that no trusted proxy vouches for': {
      api: apiOf(server.url, { 'client-cert': ':AAAA:', 'x-forwarded-for': '127.0.0.1' }),
    },
    'a readonly account': await person('reader', victim.password),
    'a user': await person('mallory', victim.password),
    'an administrator of a namespace': await person('ruler', victim.password, home),
    'an administrator of the server': await person('admin', admin.password),
    'a key': await key({}),
    'a bound key': await key({ entities: { user_id: user.id, agent_id: 'robot' } }),
    'a write-only key': await key({ permissions: ['memories:write'] }),
    'a read-only key': await key({ permissions: ['memories:read', 'clusters:read'] }),
  };
  before = await seen();
});
afterAll(async () => {
  console.info(`${routes.length} routes, ${JSON.stringify(sent)}`);
  expect(server.output()).not.toMatch(/request failed|internal_error|Uncaught|at .*\.[jt]s:\d+/);
  await server.stop();
});

/** The paths of a route with each combination of ids that the caller has no business with. */
function pathsOf(url: string, name: Name): { path: string; like: string }[] {
  const of =
    /^\/(?:(?:api\/)?v1\/)?(memories|clusters|webhooks|scans|api-keys|auth\/sessions|users|namespaces)\//.exec(
      url,
    )?.[1];
  const kinds = {
    memories: 'memory',
    clusters: 'cluster',
    webhooks: 'webhook',
    scans: 'scan',
    'api-keys': 'key',
    'auth/sessions': 'session',
    users: 'user',
    namespaces: 'namespace',
  };
  const id = of === undefined ? NOWHERE : ids[kinds[of as keyof typeof kinds] as keyof typeof ids];
  const filled = (first: string, second: (key: keyof typeof ids) => string) =>
    url
      .replace(':username', 'victim')
      .replace(':page', 'invitation')
      .replace(':member', second('member'))
      .replace(':invitation', second('invitation'))
      .replace(':type/:name', `user/${second('user')}`)
      .replace(':name', second('name'))
      .replace('organizations/:org', `organizations/${second('namespace')}`)
      .replace(/(organizations.*projects)\/:project/, `$1/${second('namespace')}`)
      .replace('webhooks/projects/:project', `webhooks/projects/${second('namespace')}`)
      .replace(':id', first);
  const missing = filled(NOWHERE, () => NOWHERE).replace('/victim', '/nobody');
  const paths = [{ path: filled(id, (key) => ids[key]), like: missing }];
  if (name === 'an administrator of a namespace' && /^\/namespaces\/:id\/.*:/.test(url))
    paths.push({ path: filled(home, (key) => ids[key]), like: filled(home, () => NOWHERE) });
  // The server's administrator has a say over every account, so not in the victim's place but in nobody's.
  if (name === 'an administrator of the server' && url.startsWith('/users/'))
    return [{ path: filled(NOWHERE, (key) => ids[key]), like: missing }];
  return paths;
}

const missingStatus = (route: string) => (NOT_HERE.test(route) ? 501 : ENDS_NOTHING.test(route) ? 200 : 404);

const withoutId = ({ status, body }: Answer) => ({ status, body: { ...body, request_id: 0 } });

test('the table names every route of the server, and no other', () => {
  const all = routes.filter(({ method }) => method !== 'HEAD').map(({ method, url }) => `${method} ${url}`);
  expect(Object.keys(ROWS).sort()).toEqual(all.sort());
});

describe.each(Object.keys(STANDINGS) as Name[])('%s', (name) => {
  const standing: Standing = STANDINGS[name];

  test.each(Object.keys(ROWS))('%s', async (route) => {
    const [method, url] = route.split(' ') as [string, string];
    const row = ROWS[route]!;
    const caller = callers[name];
    const { api } = caller;
    const body = ['GET', 'DELETE'].includes(method)
      ? undefined
      : JSON.parse(JSON.stringify(row.body ?? {}).replace(':namespace', ids.namespace));
    const refusal = refusalOf(standing, row);
    for (const { path, like } of pathsOf(url, name)) {
      const answer = await api(method, path, body);
      sent.requests++;
      const what = [name, method, path, answer.text];
      if (refusal !== undefined) {
        expect([...what, answer.status]).toEqual([...what, refusal]);
        expect(answer.body.code).toBe(refusal === 401 ? 'unauthenticated' : 'permission_denied');
        if (refusal === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
        sent.refused++;
      } else if (
        path !== url &&
        row.need !== 'public' &&
        !(name.endsWith('of the server') && ['/auth/users/:username', '/audit/logs/user/:id'].includes(url))
      ) {
        expect([...what, answer.status]).toEqual([...what, missingStatus(route)]);
        expect(withoutId(answer)).toEqual(withoutId(await api(method, like, body)));
        sent.missing++;
      } else {
        expect(
          LET_IN[route] ?? (NOT_HERE.test(route) ? [501] : [200, 201, 202, 400]),
          what.join(' '),
        ).toContain(answer.status);
        sent.allowed++;
      }
      if (method === 'GET') {
        const head = await api('HEAD', path);
        expect([...what, head.status, head.text]).toEqual([...what, answer.status, '']);
      }
      if (ENDS.includes(url) && caller.again && answer.status === 200) {
        expect((await api('GET', '/auth/me')).status).toBe(401);
        caller.api = (await caller.again()).api;
      }
      const knowsAll = name.endsWith('of the server') && /users|invitations/.test(url);
      // The log has everybody's ids, names of keys and namespaces among its private parts, and nobody's texts.
      const readsLog = name.endsWith('of the server') && row.need === 'audit:read';
      const marks = readsLog ? [MARK] : [MARK, 'of the victim'];
      if (!readsLog) marks.push(ids.memory, ids.cluster, ids.webhook, ids.scan, ids.key, ids.session);
      if (!knowsAll && !readsLog)
        marks.push(victim.id, ids.invitation, ids.member, ids.name, 'victim@', team.id);
      if (row.need !== 'public') for (const mark of marks) expect(answer.text).not.toContain(mark);
    }
  });
});

test('the victim has lost nothing, and nothing was added', async () => {
  expect(await seen()).toBe(before);
  expect(sent.requests).toBeGreaterThan(Object.keys(ROWS).length * Object.keys(STANDINGS).length - 1);
  expect(Math.min(sent.refused, sent.missing, sent.allowed)).toBeGreaterThan(50);
});
