import { beforeAll, describe, expect, test } from 'vitest';
import { type Api, apiOf, bearer, registered } from '../api.ts';
import { type Server, startServer } from '../server-process.ts';
import { Battery, expectMem0Error, expectProblem } from './refusals.ts';

const USER = 'bad-credentials';
let server: Server;
let battery: Battery;
let open: Api;
let id: string;
beforeAll(async () => {
  server = await startServer();
  battery = new Battery(server);
  open = battery.counting(apiOf(server.url));
  id = (await battery.api('POST', '/memories', { content: 'the only one', user_id: USER })).body.id;
});

describe('credentials', () => {
  test('missing or malformed ones are a 401 that says how to send one', async () => {
    const key = server.apiKey;
    const { token } = await registered(server.url, 'carol');
    const wrong: Record<string, string>[] = [
      {},
      { authorization: '' },
      { authorization: key },
      { authorization: 'Bearer' },
      { authorization: 'Bearer ' },
      { authorization: `Basic ${btoa('admin:x')}` },
      { authorization: `Bearer ${key.slice(0, -1)}` },
      { authorization: `Bearer ${key}x` },
      { authorization: `Bearer ${key.toLowerCase()}` },
      { authorization: `Bearer ${key}, Bearer ${key}` },
      { authorization: `Token ${token}` },
      { 'x-api-key': token },
      { 'x-api-key': '' },
      { 'x-api-key': `${key},${key}` },
      { authorization: `Bearer ${token}`, 'x-api-key': key },
      { authorization: `Bearer ${token.slice(0, -3)}AAA` },
      { authorization: `Bearer ${btoa('{"alg":"none","typ":"at+jwt"}')}.${token.split('.')[1]}.` },
      { cookie: `token=${token}; api_key=${key}` },
    ];
    for (const headers of wrong) {
      const answer = await open('POST', '/memories', { content: 'x', user_id: USER }, headers);
      expectProblem(answer, 401, 'unauthenticated');
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(answer.text).not.toContain(key);
    }
    for (const query of [`?api_key=${key}`, `?access_token=${token}`, `?token=${key}`])
      expectProblem(await open('GET', `/memories${query}`), 401, 'unauthenticated');
  });

  test('end at a logout, a new password and a revoked key', async () => {
    const { api, token, password } = await registered(server.url, 'dave');
    const key = (await api('POST', '/api-keys', { name: 'soon gone' })).body;
    const keyed = apiOf(server.url, { 'x-api-key': key.key });
    expect((await keyed('GET', '/v1/ping/')).status).toBe(200);
    expect((await api('DELETE', `/api-keys/${key.id}`)).status).toBe(200);
    expectMem0Error(await keyed('GET', '/v1/ping/'), 401, 'unauthenticated');

    const words = { current_password: password, new_password: 'Another-Horse-8' };
    const changed = await api('POST', '/auth/change-password', words);
    expect(changed.status).toBe(200);
    expectProblem(await open('GET', '/auth/me', undefined, bearer(token)), 401, 'unauthenticated');
    const fresh = apiOf(server.url, bearer(changed.body.access_token));
    expect((await fresh('GET', '/auth/me')).status).toBe(200);
    expect((await fresh('POST', '/auth/logout')).status).toBe(200);
    expectProblem(await fresh('GET', '/auth/me'), 401, 'unauthenticated');
  });

  test('an API key makes no keys, has no profile and no password', async () => {
    const { api } = battery;
    expectProblem(await api('POST', '/api-keys', { name: 'x' }), 403, 'permission_denied');
    expectProblem(await api('GET', '/api-keys'), 403, 'permission_denied');
    expectProblem(await api('GET', '/auth/me'), 403, 'permission_denied');
    const words = { current_password: 'x', new_password: 'Another-Horse-8' };
    expectProblem(await api('POST', '/auth/change-password', words), 403, 'permission_denied');
  });

  test('a key that may only read writes nothing', async () => {
    const { api } = await registered(server.url, 'erin');
    const made = await api('POST', '/api-keys', { name: 'reader', permissions: ['memories:read'] });
    const reader = battery.counting(apiOf(server.url, { 'x-api-key': made.body.key }));
    expect((await reader('GET', `/memories?user_id=${USER}`)).status).toBe(200);
    const body = { content: 'x', user_id: USER };
    expectProblem(await reader('POST', '/memories', body), 403, 'permission_denied');
    expectProblem(await reader('PUT', `/memories/${id}`, { content: 'x' }), 403, 'permission_denied');
    expectProblem(await reader('DELETE', `/memories/${id}`), 403, 'permission_denied');
    expectMem0Error(await reader('POST', '/v3/memories/add/', { messages: 'x', user_id: USER }), 403);
    expectMem0Error(await reader('DELETE', `/v1/memories/?user_id=${USER}`), 403);
  });
});

test('an unknown user and a wrong password look the same', async () => {
  const open = apiOf(server.url);
  const answers = await Promise.all(
    ['alice', 'nobody_here', 'alice@example.com', 'nobody@example.com'].map((username) =>
      open('POST', '/auth/login', { username, password: 'Wrong-Horse-6' }),
    ),
  );
  for (const answer of answers) expectProblem(answer, 401, 'invalid_credentials');
  expect(new Set(answers.map(({ body }) => body.detail)).size).toBe(1);
});

test('all that was refused left nothing behind, and the server is well', () =>
  battery.expectNothingElseStored());
