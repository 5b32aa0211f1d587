import { copyFileSync, cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../packages/server/src/database/sqlite.ts';
import { openKeyring } from '../../packages/server/src/encryption/keyring.ts';
import { apiOf, bearer } from '../api.ts';
import { type Server, startServer, temporaryFolder } from '../server-process.ts';
import { filesBelow, type Haystack, occurrences } from './byte-search.ts';

/** One distinctive text for every place where a caller can put one. */
const needles = {
  text: 'Quokkasaurus wintered behind the copper observatory',
  mem0Text: 'Wolframite parachutes hum beneath Reykjavik',
  systemFree: 'Zanzibar locksmith prefers glacial marzipan',
  textBeforeUpdate: 'Umbrella of the seventh cartographer',
  textAfterUpdate: 'Lanterns of the eighth cartographer',
  mem0AfterUpdate: 'Periwinkle submarines of Ouagadougou',
  deletedText: 'Forgotten marmalade treaty of Antananarivo',
  mem0Deleted: 'Abandoned theremin of Ulaanbaatar',
  unicodeText: 'Łódź żółw naïve 記憶 ключ',
  query: 'Where did the ferruginous hippocampus nap',
  mem0Query: 'Which obsidian tramline sang at midnight',
  metadataKey: 'clandestineOrchid',
  metadataValue: 'Tourmaline handshake protocol',
  filterValue: 'Unobtainable quince ledger',
  userId: 'user-xylophone-7731',
  mem0User: 'user-zeppelin-9904',
  agentId: 'agent-harpsichord-12',
  appId: 'app-gramophone-55',
  runId: 'run-metronome-81',
  threadId: 'thread-bassoon-4242',
  speaker: 'Speaker Hildegard Ravensworth',
  category: 'category-petrichor',
  username: 'peregrine_took_88',
  email: 'peregrine.took@shire-mail.example',
  fullName: 'Peregrin Tookborough the Third',
  password: 'Second-Breakfast-7',
  keyName: 'Keyring of the Brandywine',
  keyEntity: 'bound-to-thistledown',
  userAgent: 'Palantir-Browser/9.7 (Orthanc)',
  pathId: 'nonexistent-gloaming-id',
  pathName: 'unroutable-vermilion-path',
  badField: 'unexpectedMoonstoneField',
};
const redactedSecret = ['ghp', 'wD4gQkV8sLm2TzR9xYb5NcJ7hPf3Ka'].join('_');

/** Puts every needle through its door; every one of these answers is checked, so that none was refused silently. */
async function fill(server: Server): Promise<void> {
  const n = needles;
  const { api, url } = server;
  const agent = { 'user-agent': n.userAgent };
  const ok = async (method: string, path: string, body?: unknown, expected = 200) => {
    const answer = await api(method, path, body, agent);
    expect([method, path, answer.status, answer.status === expected ? '' : answer.text]).toEqual([
      method,
      path,
      expected,
      '',
    ]);
    return answer.body;
  };
  const entities = { user_id: n.userId, agent_id: n.agentId, app_id: n.appId, run_id: n.runId };
  const rest = {
    thread_id: n.threadId,
    speaker: n.speaker,
    categories: [n.category],
    metadata: { [n.metadataKey]: n.metadataValue },
  };
  await ok('POST', '/memories', { content: n.text, ...entities, ...rest }, 201);
  await ok('POST', '/memories', { content: n.systemFree, run_id: n.runId }, 201);
  await ok('POST', '/memories', { content: n.unicodeText, user_id: n.userId }, 201);
  await ok('POST', '/memories', { content: `The token is ${redactedSecret} now`, user_id: n.userId }, 201);
  const changing = await ok('POST', '/memories', { content: n.textBeforeUpdate, user_id: n.userId }, 201);
  await ok('PUT', `/memories/${changing.id}`, { content: n.textAfterUpdate });
  await ok('GET', `/memories/${changing.id}/history`);
  const ending = await ok('POST', '/memories', { content: n.deletedText, user_id: n.userId }, 201);
  await ok('DELETE', `/memories/${ending.id}`);
  const filters = { metadata: { [n.metadataKey]: n.filterValue } };
  await ok('POST', '/memories/search', { query: n.query, user_id: n.userId, filters });
  await ok('GET', `/memories?user_id=${n.userId}&thread_id=${n.threadId}`);

  const mem0 = { user_id: n.mem0User, infer: false };
  const messages = [n.mem0Text, n.mem0Deleted].map((content) => ({ role: 'user', content, name: n.speaker }));
  const { results } = await ok('POST', '/v3/memories/add/', { messages, ...mem0, metadata: rest.metadata });
  await ok('PUT', `/v1/memories/${results[0].id}/`, { text: n.mem0AfterUpdate });
  await ok('DELETE', `/v1/memories/${results[1].id}/`);
  await ok('POST', '/v3/memories/search/', { query: n.mem0Query, filters: { user_id: n.mem0User } });

  const open = apiOf(url, agent);
  const profile = { username: n.username, email: n.email, full_name: n.fullName, password: n.password };
  expect((await open('POST', '/auth/register', profile)).status).toBe(201);
  const login = await open('POST', '/auth/login', { email: n.email, password: n.password });
  expect(login.status).toBe(200);
  const own = apiOf(url, { ...bearer(login.body.access_token), ...agent });
  expect((await own('POST', '/memories', { content: n.text })).status).toBe(201);
  expect(
    (await own('POST', '/auth/login', { username: n.username, password: `${n.password}x` })).status,
  ).toBe(401);
  const key = await own('POST', '/api-keys', { name: n.keyName, entities: { user_id: n.keyEntity } });
  expect(key.status).toBe(201);
  generated.push(login.body.access_token, key.body.key, server.apiKey);
  if (server.adminPassword) generated.push(server.adminPassword);

  // What is refused must not be kept either, nor told to the log.
  expect((await api('GET', `/memories/${n.pathId}`, undefined, agent)).status).toBe(404);
  expect((await api('GET', `/${n.pathName}`, undefined, agent)).status).toBe(404);
  expect((await api('POST', '/memories', { content: n.text, [n.badField]: 1 }, agent)).status).toBe(400);
  expect((await api('POST', '/memories', `{"content": "${n.text}`, agent)).status).toBe(400);
}

const generated: string[] = [];
const secretsOf = () => Object.fromEntries(generated.map((text, i) => [`credential ${i}`, text]));
const logOf = (server: Server): Haystack => ({ name: 'log', bytes: Buffer.from(server.output()) });

function expectNothing(haystacks: Haystack[]): void {
  const all = { ...needles, redactedSecret, ...secretsOf() };
  expect(occurrences(haystacks, all)).toEqual([]);
  const bytes = haystacks.reduce((sum, hay) => sum + hay.bytes.length, 0);
  console.log(`${Object.keys(all).length} texts, ${haystacks.length} files, ${bytes} bytes looked through`);
  expect(bytes).toBeGreaterThan(50_000);
}

let server: Server;
beforeAll(async () => {
  server = await startServer({ settings: { MEMHOLD_LOG_LEVEL: 'debug' } });
  await fill(server);
});

test('the search itself finds a text in every form that it looks for', () => {
  const text = needles.metadataValue;
  const around = (middle: Buffer) => Buffer.concat([Buffer.from('\x01xx'), middle, Buffer.from('yy\x02')]);
  const planted = [
    around(Buffer.from(text)),
    around(Buffer.from(text, 'utf16le')),
    Buffer.from(around(Buffer.from(text)).toString('hex')),
    ...[1, 2, 3].map((n) =>
      Buffer.from(Buffer.concat([Buffer.alloc(n), Buffer.from(text), Buffer.alloc(2)]).toString('base64')),
    ),
  ];
  for (const [i, bytes] of planted.entries())
    expect(occurrences([{ name: `planted ${i}`, bytes }], { text })).not.toEqual([]);
});

describe('nothing that a caller said is readable at rest', () => {
  test('after kill -9, with the write-ahead log still there', async () => {
    await server.kill('SIGKILL');
    expect(existsSync(join(server.dataDir, 'memhold.db-wal'))).toBe(true);
    expectNothing([...filesBelow(server.dataDir), logOf(server)]);
  });

  test('after a restart, a second filling and a proper stop', async () => {
    server = await server.restart();
    const open = needles.username;
    needles.username = `${open}b`;
    needles.email = needles.email.replace('@', '.b@');
    await fill(server);
    await server.stop();
    expectNothing([...filesBelow(server.dataDir), logOf(server)]);
  });

  test('nor for somebody who has the key of the database pages, in any page, used or free', async () => {
    // As on PostgreSQL, which has no page encryption: what is left are the sealed fields.
    const copy = join(temporaryFolder(), 'data');
    cpSync(server.dataDir, copy, { recursive: true });
    copyFileSync(`${server.dataDir}.key`, `${copy}.key`);
    const { pageKey } = await openKeyring(join(copy, 'keyring.json'), { keyFile: `${copy}.key` });
    const file = join(copy, 'memhold.db');
    const db = connect(file, pageKey, 'write');
    const rows = db.prepare('SELECT count(*) AS n FROM memories').get() as { n: number };
    expect(rows.n).toBeGreaterThan(10);
    db.pragma('journal_mode=DELETE');
    db.pragma(`rekey=''`);
    db.close();
    const plain = readFileSync(file);
    expect(plain.subarray(0, 15).toString()).toBe('SQLite format 3');
    expectNothing([{ name: 'plain pages', bytes: plain }]);
  });
});
