import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Api, apiOf } from '../api.ts';
import type { Server } from '../server-process.ts';
import { alertReceiver } from './alert-receiver.ts';
import {
  ADMIN_PASSWORD,
  keyOf,
  loggedIn,
  made,
  newPerson,
  type Person,
  startWithAdmin,
  teamOf,
} from './cast.ts';
import { letterTo } from './outbox.ts';

const SECRET = 'abcdefgh'.repeat(4);
const MAIL = 'security@example.org';
const seen = new Set<string>();

let server: Server;
let admin: Person;
let receiver: Awaited<ReturnType<typeof alertReceiver>>;
const settings = () => ({
  MEMHOLD_ALERT_WEBHOOK: receiver.url,
  MEMHOLD_ALERT_SECRET: `whsec_${SECRET}`,
  MEMHOLD_ALERT_EMAIL: MAIL,
  // So that the test may come from many addresses.
  MEMHOLD_TRUSTED_PROXIES: '127.0.0.1',
  MEMHOLD_REGISTRATION: 'open',
});

beforeAll(async () => {
  receiver = await alertReceiver(SECRET);
  ({ server, admin } = await startWithAdmin(settings()));
});
afterAll(async () => {
  console.info(
    `${seen.size} kinds of alerts, ${receiver.delivered.length} delivered: ${[...seen].join(' ')}`,
  );
  expect(seen.size).toBeGreaterThanOrEqual(10);
  expect(receiver.unsigned()).toBe(0);
  for (const { text } of receiver.delivered)
    expect(text).not.toMatch(/198\.51\.100|2001:db8|admin@|marmalade|somebody-\d|mh_/);
  expect(server.output()).not.toMatch(/request failed|Uncaught|of-the-receiver|MfKQ9r8/);
  await server.stop();
  await receiver.close();
});

const from = (ip: string) => apiOf(server.url, { 'x-forwarded-for': ip });
const login = (ip: string, username: string) =>
  from(ip)('POST', '/auth/login', { username, password: 'Wrong-Horse-6' });

/** Stores memories of a user, a hundred a request; their ids. */
async function store(api: Api, user: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const some = Math.min(100, count - ids.length);
    const messages = Array.from({ length: some }, (_, i) => ({
      role: 'user',
      content: `note ${ids.length + i}`,
    }));
    const { results } = await made(
      api('POST', '/v3/memories/add/', { messages, user_id: user, infer: false }),
    );
    ids.push(...results.map(({ id }: { id: string }) => id));
  }
  return ids;
}

async function alerted(kind: string, about = '') {
  const alert = await receiver.alertOf(kind, about);
  seen.add(kind);
  return alert;
}

/** What the log tells of a detection, newest first. */
async function findings(detection: string, by = admin.api) {
  const { logs } = (await made(
    by('GET', '/audit/logs?event_type=security.suspicious.activity&limit=1000'),
  )) as {
    logs: Record<string, unknown>[];
  };
  return logs.filter(({ action }) => action === detection);
}

async function metric(name: string, api = admin.api): Promise<string[]> {
  const { text } = await api('GET', '/metrics');
  return text.split('\n').filter((line) => line.startsWith(name));
}

test('what people usually do alerts nobody', async () => {
  const { api, id } = await newPerson(server, 'everyday');
  const key = await keyOf(server, api);
  await store(key.api, id, 30);
  for (let i = 0; i < 20; i++)
    await made(key.api('POST', '/memories/search', { query: 'note', user_id: id, top_k: 10 }));
  await login('198.51.100.9', 'everyday');
  await loggedIn(server, 'everyday', 'Correct-Horse-7');
  // What comes through is the only sign that everything before it was looked at.
  const { id: second } = await newPerson(server, 'second-in-charge');
  await made(admin.api('PATCH', `/users/${second}`, { role: 'admin' }));
  const { severity, summary } = await alerted('privilege_change', second);
  expect([severity, summary]).toEqual(['error', expect.stringContaining(`account ${admin.id} made`)]);
  expect(receiver.delivered.map(({ kind }) => kind)).toEqual(['privilege_change']);
});

describe('a canary', () => {
  let id: string;
  let key: { id: string; api: Api };

  beforeAll(async () => {
    id = (await made(admin.api('POST', '/memories', { content: 'marmalade recipe', user_id: 'cook' }))).id;
    key = await keyOf(server, admin.api);
  });

  test('is set by who manages the namespace, and by no program', async () => {
    const before = await key.api('GET', `/memories/${id}`);
    expect(await made(admin.api('POST', '/canaries', { memory_id: id }))).toMatchObject({ memory_id: id });
    expect((await admin.api('POST', '/canaries', { memory_id: id })).body.code).toBe('canary_exists');
    for (const [method, path, body] of [
      ['POST', '/canaries', { memory_id: id }],
      ['GET', '/canaries', undefined],
      ['DELETE', `/canaries/${id}`, undefined],
    ] as const)
      expect((await key.api(method, path, body)).body.code).toBe('permission_denied');
    const after = await key.api('GET', `/memories/${id}`);
    expect([after.status, after.text]).toEqual([before.status, before.text]);
    expect((await admin.api('GET', '/canaries')).body.canaries).toMatchObject([{ memory_id: id }]);
  });

  test('of another namespace is neither made, nor seen, nor removed', async () => {
    const other = (await teamOf(server, await newPerson(server, 'other-boss'))).admin;
    const missing = await other.api('POST', '/canaries', {
      memory_id: '01890000-0000-7000-8000-000000000000',
    });
    const foreign = await other.api('POST', '/canaries', { memory_id: id });
    expect([foreign.status, foreign.body.detail]).toEqual([404, missing.body.detail]);
    expect((await other.api('GET', '/canaries')).body).toEqual({ canaries: [] });
    expect((await other.api('DELETE', `/canaries/${id}`)).status).toBe(404);
  });

  const doors: [string, (api: Api) => ReturnType<Api>][] = [
    ['a search', (api) => api('POST', '/memories/search', { query: 'marmalade', user_id: 'cook' })],
    ['a list', (api) => api('GET', '/memories?user_id=cook')],
    ['a mere count', (api) => api('GET', '/memories?user_id=cook&offset=1000')],
    ['a look-up', (api) => api('GET', `/memories/${id}`)],
    ['its history', (api) => api('GET', `/memories/${id}/history`)],
    [
      'a search of mem0',
      (api) => api('POST', '/v3/memories/search/', { query: 'marmalade', filters: { user_id: 'cook' } }),
    ],
    ['an update', (api) => api('PUT', `/memories/${id}`, { metadata: { seen: true } })],
  ];
  test.each(doors)('that %s reaches is found with who it was, in log, alert and metric', async (_, reach) => {
    const thief = await keyOf(server, admin.api);
    const { status } = await reach(thief.api);
    expect(status).toBe(200);
    const [finding] = await foundInLog('canary_read', thief.id);
    expect(finding).toMatchObject({ severity: 'critical', namespace: admin.namespace, resource_ids: [id] });
  });

  test('the first of them went to the webhook and by mail', async () => {
    expect(await alerted('canary_read', id)).toMatchObject({
      type: 'security.suspicious.activity',
      severity: 'critical',
      resource: { type: 'memory', ids: [id] },
    });
    expect((await letterTo(server, MAIL, 'Security alert canary_read')).text).toContain(id);
    const counted = (await metric('memhold_alerts_total{detection="canary_read"')).join();
    expect(counted).toMatch(/held_back="no"} [1-5]/);
  });

  test('is one no more once it is removed', async () => {
    await made(admin.api('DELETE', `/canaries/${id}`));
    const late = await keyOf(server, admin.api);
    await made(late.api('GET', `/memories/${id}`));
    await made(admin.api('POST', '/canaries', { memory_id: id }));
    const later = await keyOf(server, admin.api);
    await made(later.api('GET', `/memories/${id}`));
    await foundInLog('canary_read', later.id);
    expect((await findings('canary_read')).filter((one) => JSON.stringify(one).includes(late.id))).toEqual(
      [],
    );
  });

  test('that was read just before a crash is found, once', async () => {
    const thief = await keyOf(server, admin.api);
    await made(thief.api('GET', `/memories/${id}`));
    await server.kill('SIGKILL');
    server = await server.restart();
    admin = await loggedIn(server, 'admin', ADMIN_PASSWORD);
    await foundInLog('canary_read', thief.id);
    await server.stop();
    server = await server.restart();
    admin = await loggedIn(server, 'admin', ADMIN_PASSWORD);
    // Another one behind it shows that the start has looked at everything before.
    const next = await keyOf(server, admin.api);
    await made(next.api('GET', `/memories/${id}`));
    await foundInLog('canary_read', next.id);
    expect(
      (await findings('canary_read')).filter((one) => JSON.stringify(one).includes(thief.id)),
    ).toHaveLength(1);
  });
});

/** Waits until the log tells of a detection that names `about`. */
async function foundInLog(detection: string, about: string) {
  return vi.waitFor(
    async () => {
      const found = (await findings(detection)).filter((one) => JSON.stringify(one).includes(about));
      if (found.length === 0) throw new Error(`no ${detection} of ${about}`);
      return found;
    },
    { timeout: 20_000, interval: 50 },
  );
}

describe('guessing', () => {
  test('one account from several networks is brute force, though no network is locked out', async () => {
    const { id } = await newPerson(server, 'target');
    for (let i = 0; i < 10; i++) expect((await login(`198.51.${i}.1`, 'target')).status).toBe(401);
    const alert = await alerted('brute_force', id);
    expect(alert.resource).toEqual({ type: 'account', ids: [id] });
    const [finding] = await findings('brute_force');
    expect(finding).toMatchObject({
      resource_ids: [id],
      username: 'target',
      ip_address: expect.stringMatching(/^198/),
    });
  });

  test('many accounts from the neighbours of one network is credential stuffing', async () => {
    for (let i = 0; i < 10; i++) await login(`2001:db8:77:${i}::1`, `somebody-${i}`);
    await alerted('credential_stuffing');
    const [finding] = await findings('credential_stuffing');
    expect(JSON.stringify(finding)).toContain('2001:db8:77::/48');
  });

  test('a hundred API keys that are none are token guessing', async () => {
    const guesses = Array.from({ length: 100 }, (_, i) =>
      from('198.51.100.77')('GET', '/memories', undefined, {
        'x-api-key': `mh_guess-${i}-${'x'.repeat(40)}`,
      }),
    );
    for (const { status } of await Promise.all(guesses)) expect(status).toBe(401);
    await alerted('token_guessing');
  });
});

describe('one actor and very many memories', () => {
  test('a key that copies the store out is a mass read, across subjects an error', async () => {
    const key = await keyOf(server, admin.api);
    for (let i = 0; i < 20; i++) await store(key.api, `reader-${i}`, 100);
    await made(key.api('GET', '/memories?user_id=reader-0&top_k=1000'));
    for (let i = 0; i < 20; i++) await made(key.api('GET', `/memories?user_id=reader-${i}&top_k=1000`));
    expect(await alerted('mass_read', key.id)).toMatchObject({
      severity: 'error',
      summary: expect.stringMatching(/reached \d{4} different memories of at least \d\d data subjects/),
      resource: { type: 'api_key', ids: [key.id] },
    });
  });

  test('a hundred deletions are a mass deletion, through one request or many', async () => {
    const key = await keyOf(server, admin.api);
    await store(key.api, 'forgotten', 60);
    const ids = await store(key.api, 'remembered', 40);
    await made(key.api('DELETE', '/v1/memories/?user_id=forgotten'));
    for (const id of ids) await made(key.api('DELETE', `/memories/${id}`));
    const { summary } = await alerted('mass_delete', key.id);
    expect(summary).toContain('deleted 100 memories');
  });

  test('twenty originals of redacted texts are a mass revelation', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 20; i++) {
      const token = `AKIA${String(i)
        .padStart(2, '2')
        .replaceAll(/[0189]/g, 'Z')}QWERTYUIOPASDF`.slice(0, 20);
      const { id, screening } = await made(
        admin.api('POST', '/memories', { content: `aws key ${token} of ${i}` }),
      );
      expect(screening.action).toBe('redacted');
      ids.push(id);
    }
    for (const id of ids) await made(admin.api('GET', `/memories/${id}/original`));
    await alerted('mass_reveal', admin.id);
  });
});

test('an alarm of the log alerts by itself: a refresh token that comes again', async () => {
  await newPerson(server, 'copied');
  const open = apiOf(server.url);
  const { refresh_token } = await made(
    open('POST', '/auth/login', { username: 'copied', password: 'Correct-Horse-7' }),
  );
  await made(open('POST', '/auth/refresh', { refresh_token }));
  expect((await open('POST', '/auth/refresh', { refresh_token })).status).toBe(401);
  expect(await alerted('auth.token.reused')).toMatchObject({
    severity: 'critical',
    type: 'auth.token.reused',
  });
});

describe('metrics', () => {
  test('are read with a key that may do nothing else, and by no other program', async () => {
    const scraper = await keyOf(server, admin.api, { permissions: ['metrics:read'] });
    const { status, headers, text } = await scraper.api('GET', '/metrics');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    for (const series of [
      'memhold_ready 1',
      'memhold_audit_log_size ',
      'process_resident_memory_bytes ',
      'memhold_http_requests_total{method="POST",route="/auth/login",status="401"} ',
      'memhold_http_request_seconds_bucket{method="GET",route="/memories/:id",le="+Inf"} ',
      'memhold_alert_deliveries_total{channel="webhook",outcome="delivered"} ',
      'memhold_alert_deliveries_total{channel="email",outcome="delivered"} ',
    ])
      expect(text).toContain(series);
    expect((await scraper.api('GET', '/memories?user_id=a')).status).toBe(403);
    expect((await (await keyOf(server, admin.api)).api('GET', '/metrics')).status).toBe(403);
  });

  test('are not for who rules a namespace only, nor for a key of theirs', async () => {
    const { api } = (await teamOf(server, await newPerson(server, 'team-boss'))).admin;
    expect((await api('GET', '/metrics')).status).toBe(403);
    const key = { name: 'k', permissions: ['metrics:read'] };
    expect((await api('POST', '/api-keys', key)).body.code).toBe('permission_denied');
  });

  test('hold nothing that a caller chose', async () => {
    await admin.api('GET', '/no-such-path/chosen-by-the-caller?q=chosen');
    await admin.api('GET', '/memories/chosen-by-the-caller');
    const { text } = await admin.api('GET', '/metrics');
    expect(text).not.toMatch(/chosen|198\.51|example\.org|of-the-receiver/);
    expect(text).toContain('memhold_http_requests_total{method="any",route="none",status="404"}');
  });
});

test('a witness that does not answer shows in the metrics and alerts', async () => {
  const nobody = 'http://127.0.0.1:9/witness';
  const other = await startWithAdmin({ ...settings(), MEMHOLD_AUDIT_WITNESS_URL: nobody });
  const sinks = () => metric('memhold_audit_sink_healthy{what="witness"', other.admin.api);
  await vi.waitFor(async () => expect((await sinks()).some((line) => line.endsWith(' 0'))).toBe(true), {
    timeout: 10_000,
    interval: 50,
  });
  expect(await alerted('audit.sink.failed')).toMatchObject({
    severity: 'error',
    summary: expect.stringContaining('127.0.0.1:9'),
  });
  await other.server.stop();
});
