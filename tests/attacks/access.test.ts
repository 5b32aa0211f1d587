import { beforeAll, describe, expect, test } from 'vitest';
import { type Api, apiOf, bearer, registered } from '../api.ts';
import { appWithRoutes, isPublic, PUBLIC, pathOf } from '../route-list.ts';
import { type Server, startServer } from '../server-process.ts';
import { expectProblem } from './refusals.ts';

// The list comes from the route modules; the answers from the real server.
const { routes } = await appWithRoutes();
const guarded = routes.filter((route) => !isPublic(route));
const bodyFor = (method: string) => (['GET', 'HEAD', 'DELETE'].includes(method) ? undefined : {});
let server: Server;
let open: Api;
beforeAll(async () => {
  server = await startServer();
  open = apiOf(server.url);
});

describe('without a credential', () => {
  test.each(guarded.map((route) => [route.method, pathOf(route)]))('%s %s is a 401', async (method, path) => {
    const answer = await open(method, path, bodyFor(method));
    expect([method, path, answer.status]).toEqual([method, path, 401]);
    if (method !== 'HEAD') expect(answer.body.code).toBe('unauthenticated');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  test.each(PUBLIC)('%s answers', async (route) => {
    const [method, path] = route.split(' ') as [string, string];
    const answer = await open(method, path.replace(':page', 'verify-email'), bodyFor(method));
    expect([200, 400]).toContain(answer.status);
  });

  test('the probes tell nothing of what is stored, of accounts or of the host', async () => {
    for (const path of ['/', '/health', '/ready', '/health/detailed']) {
      const { text } = await open('GET', path);
      expect(text).not.toMatch(/hostname|platform|cpu|load|memory_total|username|\/tmp\/|node_version/i);
      expect(text).not.toContain(server.dataDir);
    }
  });
});

describe('with a credential that has no permission', () => {
  let powerless: Api;
  beforeAll(async () => {
    const { api } = await registered(server.url, 'walker');
    // A key must carry some permission: this one opens none of the routes.
    const made = await api('POST', '/api-keys', { name: 'powerless', permissions: ['clusters:read'] });
    powerless = apiOf(server.url, { 'x-api-key': made.body.key });
  });

  const protectedRoutes = guarded.filter(
    ({ access }) => access !== 'authenticated' && access !== 'clusters:read',
  );
  test.each(protectedRoutes.map((route) => [route.method, pathOf(route)]))(
    '%s %s is a 403',
    async (method, path) => {
      const answer = await powerless(method, path, bodyFor(method));
      expect([method, path, answer.status]).toEqual([method, path, 403]);
      if (method !== 'HEAD') expect(answer.body.code).toBe('permission_denied');
    },
  );
});

describe('an administrator with the first password', () => {
  test('may change it and do nothing else before', async () => {
    const { adminPassword: password } = server;
    const login = await open('POST', '/auth/login', { username: 'admin', password });
    expect(login.status).toBe(200);
    const admin = apiOf(server.url, bearer(login.body.access_token));
    for (const route of guarded) {
      if (route.url.startsWith('/auth/') && !route.url.includes(':')) continue;
      const answer = await admin(route.method, pathOf(route), bodyFor(route.method));
      expect([route.method, route.url, answer.status]).toEqual([route.method, route.url, 403]);
      if (route.method !== 'HEAD') expect(answer.body.code).toBe('password_change_required');
    }
    const words = { current_password: password, new_password: 'Chosen-Horse-7' };
    const changed = await admin('POST', '/auth/change-password', words);
    expect(changed.status).toBe(200);
    const fresh = apiOf(server.url, bearer(changed.body.access_token));
    expect((await fresh('GET', '/api-keys')).status).toBe(200);
    expectProblem(
      await open('POST', '/auth/login', { username: 'admin', password }),
      401,
      'invalid_credentials',
    );
  });
});

test('a user cannot look at other users, and no user name is told from a missing one', async () => {
  const { api } = await registered(server.url, 'curious');
  const [other, nobody] = await Promise.all([
    api('GET', '/auth/users/admin'),
    api('GET', '/auth/users/nobody'),
  ]);
  expectProblem(other, 404, 'not_found');
  expect({ ...other.body, request_id: 0 }).toEqual({ ...nobody.body, request_id: 0 });
  expect((await api('GET', '/auth/users/curious')).body.username).toBe('curious');
});

test('a registered address is not told from a new one', async () => {
  const body = { username: 'first_owner', email: 'shared@example.com', password: 'First-Horse-7' };
  const first = await open('POST', '/auth/register', body);
  const second = await open('POST', '/auth/register', {
    ...body,
    username: 'second_owner',
    email: 'SHARED@example.com',
  });
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(Object.keys(second.body.user)).toEqual(Object.keys(first.body.user));
  const login = await open('POST', '/auth/login', { username: 'second_owner', password: body.password });
  expectProblem(login, 401, 'invalid_credentials');
});
