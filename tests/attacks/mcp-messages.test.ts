import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JSON_RPC, message } from '../mcp-clients.ts';
import { type Server, startServer } from '../server-process.ts';
import { rawCall } from './raw-call.ts';

const OWN_PAGE = 'https://app.example.org';
let server: Server;
beforeAll(async () => {
  server = await startServer({
    settings: {
      MEMHOLD_PUBLIC_URL: 'https://memory.example.org',
      MEMHOLD_CORS_ORIGINS: OWN_PAGE,
      MEMHOLD_MAX_BODY_BYTES: '65536',
    },
  });
});
afterAll(async () => {
  expect(server.output()).not.toMatch(/request failed|internal_error|Uncaught|at .*\.[jt]s:\d+/);
  await server.stop();
});

const store = { name: 'add_memory', arguments: { text: 'planted', user_id: 'planted' } };
const post = (body: unknown, headers: Record<string, string | string[]> = {}, host?: string) =>
  rawCall(server.url, {
    method: 'POST',
    path: '/mcp',
    headers: { ...JSON_RPC, 'x-api-key': server.apiKey, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(host !== undefined && { host }),
  });
const planted = async () => (await server.api('GET', '/memories?user_id=planted')).body.total as number;

describe('a web page cannot reach the tools', () => {
  const port = () => new URL(server.url).port;

  test('under a name that is not the server’s, though it resolves to it', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${port()}`,
      'localhost.evil.example',
      'evil@localhost',
      'memory.example.org.evil',
      '127.0.0.1.nip.io',
      'localhost/',
      'localhost#',
    ])
      expect([host, (await post(message('tools/call', store), {}, host)).status]).toEqual([
        host,
        expect.toSatisfy((status: number) => status === 403 || status === 400),
      ]);
    const { body } = await post(message('tools/list'), {}, 'evil.example');
    expect(body).toMatchObject({ status: 403, code: 'host_refused' });
    expect(body.detail).toContain('MEMHOLD_PUBLIC_URL');
    expect(await planted()).toBe(0);
  });

  test('from an origin that nobody allowed', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      'http://memory.example.org',
      `${OWN_PAGE}.evil`,
      `${OWN_PAGE}:8443`,
      'http://127.0.0.1',
      'http://localhost',
      'file://',
      'app.example.org',
      'chrome-extension://abc',
      '*',
      '',
    ]) {
      const { status, body } = await post(message('tools/call', store), { origin });
      expect([origin, status, body.code]).toEqual([origin, 403, 'origin_refused']);
    }
    expect(await planted()).toBe(0);
  });

  test('but a page of this server or of an allowed origin can, and a program under each name of the server', async () => {
    const own = server.url.replace('127.0.0.1', 'localhost');
    const list = message('tools/list');
    for (const origin of [OWN_PAGE, 'https://memory.example.org', server.url])
      expect([origin, (await post(list, { origin })).status]).toEqual([origin, 200]);
    expect((await post(list, { origin: own }, new URL(own).host)).status).toBe(200);
    for (const host of [
      'localhost',
      'LOCALHOST:80',
      '127.0.0.1:1',
      '[::1]:8000',
      'memory.example.org',
      'memory.example.org:443',
      '192.0.2.7',
    ])
      expect([host, (await post(list, {}, host)).status]).toEqual([host, 200]);
  });
});

describe('messages that are none', () => {
  const call = (more: object) => ({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: store, ...more });
  const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const odd: [string, unknown][] = [
    ['a batch', [call({}), call({ id: 2 })]],
    ['a batch of one', [call({})]],
    ['an empty batch', []],
    ['a nested batch', [[call({})]]],
    ['null', 'null'],
    ['a number', '1'],
    ['a string', '"tools/call"'],
    ['no JSON', '{"jsonrpc":"2.0",'],
    ['nothing', ''],
    ['an empty object', {}],
    ['the id null', call({ id: null })],
    ['an id that is an object', call({ id: { a: 1 } })],
    ['an id that is a list', call({ id: [1] })],
    ['the id true', call({ id: true })],
    ['a broken id', call({ id: 1.5 })],
    ['another version', call({ jsonrpc: '1.0' })],
    ['no version', { id: 1, method: 'tools/call', params: store }],
    ['a method that is no text', call({ method: 1 })],
    ['params that are a list', call({ params: [store] })],
    ['params that are text', call({ params: 'add_memory' })],
    ['no params', call({ params: undefined })],
    ['a name that is no text', call({ params: { ...store, name: ['add_memory'] } })],
    ['arguments that are a list', call({ params: { ...store, arguments: [store.arguments] } })],
    ['arguments that are text', call({ params: { ...store, arguments: '{"text":"planted"}' } })],
    [
      'arguments that are nested deeply',
      JSON.stringify(
        call({ params: { ...store, arguments: { text: 'x', user_id: 'planted', metadata: 0 } } }),
      ).replace('"metadata":0', `"metadata":{"a":${deep(20_000)}}`),
    ],
    [
      'a filter that is nested deeply',
      JSON.stringify(
        call({ params: { name: 'search_memories', arguments: { query: 'x', user_id: 'u', filters: 0 } } }),
      ).replace('"filters":0', `"filters":{"AND":${deep(20_000)}}`),
    ],
    [
      'a prototype',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add_memory","arguments":{"__proto__":{"text":"planted","user_id":"planted"}}}}',
    ],
    ['the tool __proto__', call({ params: { name: '__proto__', arguments: {} } })],
    ['the tool constructor', call({ params: { name: 'constructor', arguments: {} } })],
    ['an unknown method', call({ method: 'tools/install' })],
    ['a method of clients', call({ method: 'sampling/createMessage' })],
    ['a stream', call({ method: 'subscriptions/listen' })],
    ['an answer', { jsonrpc: '2.0', id: 1, result: {} }],
    ['a call that wants no answer', { jsonrpc: '2.0', method: 'tools/call', params: store }],
    [
      'lone surrogates',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add_memory","arguments":{"text":"planted \\ud800","user_id":"planted"}}}',
    ],
    ['a name with NUL', call({ params: { ...store, arguments: { text: 'x', user_id: 'planted\0' } } })],
    [
      'a body beyond the limit',
      call({ params: { ...store, arguments: { text: 'x'.repeat(70_000), user_id: 'planted' } } }),
    ],
  ];

  test.each(odd)('%s: refused, and nothing is stored', async (_, body) => {
    const { status, text } = await post(body);
    expect(status, text).toBeLessThan(500);
    expect(text).not.toMatch(/\bat .*\.[jt]s|node_modules|SqliteError/);
    if (status === 200)
      expect(JSON.parse(text)).toSatisfy(
        (answer: { error?: object; result?: { isError?: boolean } }) =>
          answer.error !== undefined || answer.result?.isError === true,
      );
    expect(await planted()).toBe(0);
  });

  test.each([
    [415, { 'content-type': 'text/plain' }],
    [415, { 'content-type': 'application/x-www-form-urlencoded' }],
    [406, { accept: 'text/html' }],
    [400, { 'mcp-protocol-version': '2020-01-01' }],
    [400, { 'mcp-protocol-version': '2026-07-28' }],
  ])('%i for the headers %j', async (status, headers) => {
    const answer = await post(message('tools/call', store), headers as unknown as Record<string, string>);
    expect(answer.status, answer.text).toBe(status);
    expect(await planted()).toBe(0);
  });

  test('a header that names another tool than the message is refused', async () => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const named = (name: string) =>
      post(message('tools/call', { ...store, _meta }), {
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': name,
      });
    expect((await named('list_memories')).status).toBe(400);
    expect(await planted()).toBe(0);
    expect(JSON.parse((await named('add_memory')).text).result.isError).toBeUndefined();
    expect(await planted()).toBe(1);
    await server.api('DELETE', '/v1/memories/?user_id=planted');
  });

  test('a session id of the client’s own making is no session', async () => {
    const answer = await post(message('tools/list'), { 'mcp-session-id': 'abc' });
    expect(answer.status).toBe(200);
  });
});
