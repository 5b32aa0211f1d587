import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { answerOf } from './mcp-clients.ts';
import { connectV1, connectV2, localHost, RawHost, remoteHost } from './mcp-host.ts';
import { CHANGING, callEveryTool, READING } from './mcp-tools.ts';
import { memhold, type Server, settingsFor, startServer, temporaryFolder } from './server-process.ts';

const long = process.env.MEMHOLD_TEST_LONG === '1';
const ROUNDS = long ? 10 : 2;
const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'raw', version: '1.0.0' },
  },
};
const call = (id: number, name: string, args: object) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args },
});

interface Client {
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(request: { name: string; arguments: Record<string, unknown> }): Promise<object>;
}

/** What a host does with a client of any kind. */
async function useEveryTool(client: Client, user: string): Promise<void> {
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name).sort()).toEqual([...READING, ...CHANGING].sort());
  const use = async (name: string, args: Record<string, unknown>) =>
    answerOf(await client.callTool({ name, arguments: args }));
  await callEveryTool(use, user);
  // Whose memories these are was said when the host was set up.
  await use('add_memory', { text: `The ${user} is in the blue box` });
  const { data } = await use('search_memories', { query: user });
  expect(data.results[0]).toMatchObject({ memory: `The ${user} is in the blue box`, user_id: 'ann' });
  expect(await use('search_memories', { query: 7 })).toMatchObject({ isError: true });
}

/** One on which nobody listens (any more). */
async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  return port;
}

let dataDir: string;
let server: Server;
/** Holds `dataDir`, from its first start on. */
let holder: RawHost;
beforeAll(async () => {
  dataDir = join(temporaryFolder(), 'new', 'data');
  holder = new RawHost(localHost(dataDir));
  server = await startServer();
});

test('nothing on standard output but JSON-RPC, from the first start on an empty folder', async () => {
  holder.send('this is no message');
  holder.send([initialize]);
  holder.send(initialize);
  holder.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  holder.send(call(1, 'add_memory', { text: 'The first thing said' }));
  await holder.answer(({ id }) => id === 1);
  const messages = holder.lines.map((line) => JSON.parse(line));
  expect(messages.map(({ jsonrpc }) => jsonrpc)).toEqual(['2.0', '2.0', '2.0', '2.0']);
  expect(messages.map(({ id, error }) => [id, error?.code]).sort()).toEqual(
    [
      [null, -32700],
      [null, -32600],
      [0, undefined],
      [1, undefined],
    ].sort(),
  );
  expect(holder.errors).toContain(`${dataDir}.api-key`);
  const secret = readFileSync(`${dataDir}.api-key`, 'utf8').trim();
  expect(holder.errors).not.toContain(secret);
});

test('the official clients call every tool: through the host that holds the folder, a server that runs on one, and a server at an address', async () => {
  const address = remoteHost(server.url, server.apiKey);
  const [newest, before, older, beside, remote, olderRemote] = await Promise.all([
    connectV2(localHost(dataDir)),
    connectV2(localHost(dataDir), 'legacy'),
    connectV1(localHost(dataDir)),
    connectV2(localHost(server.dataDir)),
    connectV2(address),
    connectV1(address),
  ]);
  expect(newest.client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
  expect(before.client.getNegotiatedProtocolVersion()).toBe('2025-11-25');
  await Promise.all([
    useEveryTool(newest.client, 'compass'),
    useEveryTool(before.client, 'lantern'),
    useEveryTool(older.client, 'sextant'),
    useEveryTool(beside.client, 'kettle'),
    useEveryTool(remote.client, 'teapot'),
    useEveryTool(olderRemote.client, 'spoon'),
  ]);
  expect((await newest.client.readResource({ uri: 'memory://recent' })).contents).toHaveLength(1);
  const { prompts } = await older.client.listPrompts();
  expect(prompts.map(({ name }) => name).sort()).toEqual(['recall', 'save']);
  // Past its own answers, each ends with its input: a client kills what does not.
  await Promise.all([newest, before, older, beside, remote, olderRemote].map(({ client }) => client.close()));
});

test('a server does not start while a host holds the folder, and says who does; commands go through the host', async () => {
  const [refused, users] = await Promise.all([
    memhold(['serve', '--port', '0'], settingsFor(dataDir)),
    memhold(['users', 'list', '--json'], settingsFor(dataDir)),
  ]);
  expect(refused.code).toBe(1);
  expect(refused.errors).toContain(`memhold mcp\` (process ${holder.child.pid})`);
  expect(refused.errors).toContain(`process ${process.pid} started`);
  expect([users.code, users.errors]).toEqual([0, '']);
});

test('a credential that the server does not take, and a server that is not there, are told to each request', async () => {
  const stranger = new RawHost(remoteHost(server.url, `${server.apiKey.slice(0, -3)}xyz`));
  stranger.send(initialize);
  const refused = await stranger.answer(({ id }) => id === 0);
  expect(refused.error!.message).toContain('MEMHOLD_TOKEN');
  expect(JSON.stringify(refused)).not.toContain(server.apiKey.slice(0, -3));
  const nobody = new RawHost(remoteHost(`http://127.0.0.1:${await freePort()}`, server.apiKey));
  nobody.send(call(1, 'add_memory', { text: 'x' }));
  expect((await nobody.answer(({ id }) => id === 1)).error!.message).toContain('Nothing was done');
});

test('flags that contradict each other, and a server without a token, are usage errors', async () => {
  for (const args of [
    ['--url', server.url],
    ['--token', 'x'],
    ['--url', server.url, '--token', 'x', '--data-dir', '/tmp/x'],
    ['--url', 'http://memory.example.org', '--token', 'x'],
    ['--user', 'x'.repeat(129)],
  ]) {
    const { code, output } = await memhold(['mcp', ...args], settingsFor(dataDir));
    expect([code, output]).toEqual([2, '']);
  }
});

test(`50 concurrent creates over stdio are all there, ${ROUNDS} of ${ROUNDS} times`, async () => {
  const count = async (id: number): Promise<number> => {
    holder.send(call(id, 'get_memories', { page_size: 100, page: 1, filters: {} }));
    return (await holder.answer((one) => one.id === id)).result.structuredContent.count;
  };
  const before = await count(10);
  for (let round = 1; round <= ROUNDS; round++) {
    const ids = Array.from({ length: 50 }, (_, i) => round * 100 + i);
    for (const id of ids) holder.send(call(id, 'add_memory', { text: `parallel thought ${id}` }));
    for (const id of ids) expect((await holder.answer((one) => one.id === id)).result.isError).not.toBe(true);
    expect(await count(10 + round)).toBe(before + 50 * round);
  }
});

describe('a host ends, and the folder is free at once', () => {
  const isFree = () => !existsSync(join(dataDir, 'holder.pid'));

  test('with its input, when what was said right before is done', async () => {
    holder.send(call(2, 'add_memory', { text: 'Said right before the end' }));
    holder.child.stdin!.end();
    expect([await holder.ended(), isFree()]).toEqual([0, true]);
    const { result } = await holder.answer(({ id }) => id === 2);
    expect(result.isError).not.toBe(true);
  });

  test('quietly, when nobody reads its answers any more', async () => {
    const host = new RawHost(localHost(dataDir));
    host.send(call(1, 'search_memories', { query: 'right before the end', limit: 1 }));
    const { result } = await host.answer(({ id }) => id === 1);
    expect(result.structuredContent.results[0].memory).toBe('Said right before the end');
    host.child.stdout!.destroy();
    host.send({ jsonrpc: '2.0', id: 2, method: 'ping' });
    expect([await host.ended(), host.errors, isFree()]).toEqual([0, '', true]);
  });

  test('when it is told to stop', async () => {
    const host = new RawHost(localHost(dataDir));
    host.send(initialize);
    await host.answer(({ id }) => id === 0);
    host.child.kill('SIGTERM');
    expect([await host.ended(), isFree()]).toEqual([0, true]);
  });
});
