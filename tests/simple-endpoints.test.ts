import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, apiOf, bearer } from './api.ts';
import { exportedEvents, exportLog } from './audit-log.ts';
import { memhold, type Server, settingsFor, startServer } from './server-process.ts';

const FIRST = 'first-static-token-of-the-operator-0001';
const SECOND = 'second-static-token-of-the-operator-0002';
const LIMITED = { MEMHOLD_RATE_LIMITS: 'on', OPENAI_API_KEY: 'sk-of-nobody', MODEL_NAME: 'gpt-4' };

let server: Server;
let api: Api;
const using = (token: string): Api => apiOf(server.url, bearer(token));

beforeAll(async () => {
  server = await startServer({ settings: { ...LIMITED, AUTH_TOKEN: FIRST } });
  api = using(FIRST);
});
afterAll(() => server.stop());

const limitOf = ({ headers }: { headers: Headers }) =>
  ['limit', 'remaining'].map((name) => Number(headers.get(`x-ratelimit-${name}`)));

describe('the simple endpoints, with a static token', () => {
  let id: string;

  test('remember, search, list and forget', async () => {
    const metadata = { source: 'chat' };
    const messages = [
      { role: 'user', content: 'I take my tea with oat milk' },
      { role: 'assistant', content: 'Noted: oat milk' },
    ];
    const made = await api('POST', '/remember', { user_id: 'ann', messages, metadata, tags: ['drinks'] });
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({ count: 2, memories: [{ user_id: 'ann' }, { user_id: 'ann' }] });
    id = made.body.memories[0].id;

    const found = await api('POST', '/search', { user_id: 'ann', query: 'tea', limit: 1 });
    expect(found.body).toEqual({
      memories: [
        expect.objectContaining({
          id,
          memory: 'I take my tea with oat milk',
          metadata,
          tags: ['drinks'],
          categories: ['drinks'],
          expires_at: null,
        }),
      ],
      count: 1,
    });
    expect((await api('POST', '/list', { user_id: 'ann' })).body).toMatchObject({ count: 2 });
    expect((await api('POST', '/list', { user_id: 'bob' })).body).toEqual({ memories: [], count: 0 });

    const gone = await api('POST', '/forget', { user_id: 'ann', memory_id: id });
    expect([gone.status, gone.body]).toEqual([200, { success: true, message: 'Memory deleted' }]);
    const again = await api('POST', '/forget', { user_id: 'ann', memory_id: id });
    expect([again.status, again.body.code]).toEqual([404, 'not_found']);
    const all = await api('POST', '/forget', { user_id: 'ann', confirm: 'all' });
    expect(all.body).toEqual({ success: true, message: '1 memory deleted' });
    expect((await api('POST', '/list', { user_id: 'ann' })).body.count).toBe(0);
  });

  test('are found by every other door, with the same secrets taken out', async () => {
    const secret = `ghp_${'A1b2C3d4E5f6'.repeat(3)}`;
    const { body } = await api('POST', '/remember', { user_id: 'eve', messages: `my token is ${secret}` });
    expect(body.memories[0].screening.action).toBe('redacted');
    expect(JSON.stringify(body)).not.toContain(secret);
    const native = await api('GET', '/memories?user_id=eve');
    expect(native.body.memories[0].content).toBe(body.memories[0].memory);
  });

  test('tell of their limits, and refuse the request beyond in their own words', async () => {
    const other = using(server.apiKey);
    const before = Math.floor(Date.now() / 1000);
    // One comes free every six seconds: on a slow machine there are a few more than ten.
    let answer = await other('POST', '/forget', { user_id: 'ann', confirm: 'all' });
    expect(limitOf(answer)).toEqual([10, 9]);
    for (let sent = 1; answer.status === 200; sent++) {
      expect(sent).toBeLessThan(40);
      answer = await other('POST', '/forget', { user_id: 'ann', confirm: 'all' });
    }
    expect(answer.status).toBe(429);
    expect(answer.body).toEqual({ error: 'Rate limit exceeded', detail: '10 per minute' });
    expect(limitOf(answer)).toEqual([10, 0]);
    expect(Number(answer.headers.get('x-ratelimit-reset'))).toBeGreaterThan(before);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    // Another credential, and another endpoint, have their own.
    expect((await other('POST', '/list', { user_id: 'ann' })).status).toBe(200);
    expect(limitOf(await api('POST', '/search', { user_id: 'ann', query: 'x' }))[0]).toBe(30);
  });

  test('leave the phrases in the log that operators watch for, and no token', async () => {
    expect((await using('x'.repeat(40))('POST', '/list', { user_id: 'ann' })).status).toBe(401);
    expect((await apiOf(server.url)('POST', '/list', { user_id: 'ann' })).status).toBe(401);
    for (const phrase of [
      'Invalid authorization token provided',
      'No authorization header provided',
      'Rate limit exceeded for IP 127.0.0.1',
    ])
      expect(server.output()).toMatch(new RegExp(`"level":40[^\\n]*"msg":"${phrase}"`));
    expect(server.output()).not.toContain(FIRST);
  });

  test('a start names the settings that have no effect', () => {
    expect(server.output()).toContain('OPENAI_API_KEY, MODEL_NAME have no effect in this version');
    expect(server.output()).toContain("AUTH_TOKEN opens the administrator's memories");
    expect(server.output()).not.toContain('sk-of-nobody');
  });
});

test('a probe of this machine sees both shapes of health, as often as it likes', async () => {
  const open = apiOf(server.url);
  for (let probe = 0; probe < 25; probe++) expect((await open('GET', '/health')).status).toBe(200);
  const { body, headers } = await open('GET', '/health');
  expect(body).toEqual({
    status: 'healthy',
    message: 'Service is alive',
    details: { uptime_seconds: expect.any(Number), pid: expect.any(Number) },
    memory_service_available: true,
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  });
  expect(headers.get('x-ratelimit-limit')).toBeNull();
});

test('health is limited by network, but for the networks of probes', async () => {
  await server.stop();
  server = await server.restart({
    ...LIMITED,
    AUTH_TOKEN: SECOND,
    MEMHOLD_TRUSTED_PROXIES: 'loopback',
    MEMHOLD_TRUSTED_PROBES: '192.0.2.0/24',
  });
  const from = (ip: string) => apiOf(server.url, { 'x-forwarded-for': ip })('GET', '/health');
  let answer = await from('198.51.100.7');
  expect(limitOf(answer)).toEqual([10, 9]);
  for (let sent = 1; answer.status === 200; sent++) {
    expect(sent).toBeLessThan(40);
    answer = await from('198.51.100.7');
  }
  expect([answer.status, answer.body]).toEqual([
    429,
    { error: 'Rate limit exceeded', detail: '10 per minute' },
  ]);
  expect((await from('198.51.100.8')).status).toBe(200);
  for (let probe = 0; probe < 15; probe++) expect((await from('192.0.2.9')).status).toBe(200);
});

describe('AUTH_TOKEN over restarts', () => {
  // The server runs with the second token by now.
  test('another token replaces the first one', async () => {
    expect((await using(FIRST)('POST', '/list', { user_id: 'ann' })).status).toBe(401);
    expect((await using(SECOND)('POST', '/list', { user_id: 'eve' })).body.count).toBe(1);
  });

  test('without the setting the key is gone, and a command beside the server changes nothing', async () => {
    const beside = await memhold(['keys', 'list'], settingsFor(server.dataDir));
    expect([beside.code, beside.output]).toEqual([0, expect.stringContaining('auth-token')]);
    await server.stop();
    const closed = await memhold(['keys', 'list'], settingsFor(server.dataDir));
    expect([closed.code, closed.output]).toEqual([0, expect.stringContaining('auth-token')]);
    server = await server.restart({});
    expect((await using(SECOND)('POST', '/list', { user_id: 'eve' })).status).toBe(401);
    expect((await server.api('POST', '/list', { user_id: 'eve' })).body.count).toBe(1);
  });

  test('each change of it is in the audit log', async () => {
    const events = exportedEvents((await exportLog(server.dataDir)).file);
    const changes = events.filter(
      ({ type, resource }) =>
        /^apikey\.(?:created|revoked)$/.test(type) && resource?.ids?.includes('auth-token'),
    );
    expect(changes.map(({ type }) => type)).toEqual([
      'apikey.created',
      'apikey.revoked',
      'apikey.created',
      'apikey.revoked',
    ]);
  });

  test('a short one keeps the server from starting, and says why', async () => {
    const { code, errors } = await memhold(['serve'], { AUTH_TOKEN: 'too-short-to-be-safe' });
    expect(code).not.toBe(0);
    expect(errors).toContain('AUTH_TOKEN must be 32 to 1024');
    expect(errors).not.toContain('too-short-to-be-safe');
  });
});
