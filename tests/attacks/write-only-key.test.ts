import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportedEvents, exportLog } from '../audit-log.ts';
import { type Server, startServer } from '../server-process.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer({ settings: { MEMHOLD_ADMIN_PASSWORD: 'Correct-Horse-7' } });
});
afterAll(() => server.stop());

async function post(path: string, body: object, credential: Record<string, string>) {
  const headers = { 'content-type': 'application/json', ...credential };
  const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await response.json()) as Record<string, string>;
}

test('a key that may only write learns nothing of a memory by changing it, through either door', async () => {
  const { access_token } = await post('/auth/login', { username: 'admin', password: 'Correct-Horse-7' }, {});
  const bearer = { authorization: `Bearer ${access_token}` };
  const { key } = await post('/api-keys', { name: 'ingest', permissions: ['memories:write'] }, bearer);
  const { id } = await post(
    '/memories',
    { content: `the lighthouse is green, the card of its keeper ${'4111'.padEnd(16, '1')}`, user_id: 'u' },
    { 'x-api-key': key! },
  );
  const headers = { 'x-api-key': key!, 'content-type': 'application/json' };
  const change = { metadata: { seen: true, mail: 'ada@lighthouse.org' } };
  const calls: [method: string, path: string, body: object][] = [
    ['PUT', `/memories/${id}`, change],
    ['PUT', `/v1/memories/${id}/`, change],
    ['PATCH', '/memories/batch', { memories: [{ id, ...change }] }],
    ['PUT', '/v1/batch/', { memories: [{ memory_id: id, ...change }] }],
  ];
  for (const [method, path, body] of calls) {
    const changed = await fetch(server.url + path, { method, headers, body: JSON.stringify(body) });
    const text = await changed.text();
    expect([changed.status, text]).toEqual([200, expect.not.stringMatching(/lighthouse|card/)]);
    // What it sent itself, it is told of.
    expect(text).toContain('email');
  }
  for (const path of [`/memories/${id}`, `/v1/memories/${id}/`])
    expect((await fetch(server.url + path, { headers })).status).toBe(403);
});

test('a key that may not delete cannot have a memory deleted by giving it a last day', async () => {
  const { access_token } = await post('/auth/login', { username: 'admin', password: 'Correct-Horse-7' }, {});
  const bearer = { authorization: `Bearer ${access_token}` };
  const { key } = await post('/api-keys', { name: 'writer', permissions: ['memories:write'] }, bearer);
  const { id } = await post('/memories', { content: 'to be kept', user_id: 'u' }, { 'x-api-key': key! });
  const headers = { 'x-api-key': key!, 'content-type': 'application/json' };
  for (const [path, field] of [
    [`/memories/${id}`, 'expires_on'],
    [`/v1/memories/${id}/`, 'expiration_date'],
  ]) {
    const change = (day: string | null) =>
      fetch(server.url + path, {
        method: 'PUT',
        headers,
        body: JSON.stringify({ [field!]: day, metadata: {} }),
      });
    expect([(await change('2001-01-01')).status, (await change(null)).status]).toEqual([403, 200]);
  }
  await post('/policies/run', { policies: ['memory-expiry'] }, bearer);
  expect((await server.api('GET', `/memories/${id}`)).status).toBe(200);
});

test('asking for a memory of somebody else is on record, though the answer is that of a missing one', async () => {
  const { id } = (await server.api('POST', '/memories', { content: 'mine', user_id: 'u' })).body;
  await server.api('POST', '/auth/register', {
    username: 'mallory',
    email: 'mallory@example.com',
    password: 'Correct-Horse-7',
  });
  const { access_token } = await post(
    '/auth/login',
    { username: 'mallory', password: 'Correct-Horse-7' },
    {},
  );
  const headers = { authorization: `Bearer ${access_token}` };
  expect((await fetch(`${server.url}/memories/${id}`, { headers })).status).toBe(404);
  await server.stop();
  const { file } = await exportLog(server.dataDir);
  const denied = exportedEvents(file).filter(({ type }) => type === 'authz.access.denied');
  expect(denied.some((event) => event.resource?.ids.includes(id))).toBe(true);
  server = await server.restart();
});
