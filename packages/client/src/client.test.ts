import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { MemholdClient, MemholdError } from './index.ts';

const TOKEN = `mh_live_${'0123456789abcdef'}`;
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Seen {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: unknown;
}

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A client whose server records each request and answers as told. */
async function answering(answer: (response: ServerResponse, seen: Seen) => void, timeoutMs = 2000) {
  const seen: Seen[] = [];
  const url = await listen(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { method, url, headers } = request;
    const entry = { method, url, headers, body: text === '' ? undefined : JSON.parse(text) };
    seen.push(entry);
    answer(response, entry);
  });
  return { client: new MemholdClient({ url: `${url}/`, token: TOKEN, timeoutMs }), seen };
}

function json(value: unknown, status = 200, headers: Record<string, string> = {}) {
  return (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
  };
}

async function failureOf(promise: Promise<unknown>): Promise<MemholdError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(MemholdError);
  const shown = `${String(error)}\n${inspect(error, { depth: 9 })}\n${JSON.stringify(error)}`;
  expect(shown).not.toContain(TOKEN);
  return error as MemholdError;
}

describe('calls', () => {
  it('add sends a bare text as content, with the token', async () => {
    const { client, seen } = await answering(
      json({ id: 'a', message: 'stored', version: 1, screening: {} }, 201),
    );
    expect((await client.add('Ada drinks tea')).id).toBe('a');
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/memories', body: { content: 'Ada drinks tea' } });
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it('add sends all fields of an object', async () => {
    const { client, seen } = await answering(json({ id: 'a' }, 201));
    const memory = {
      content: 'x',
      user_id: 'ada',
      thread_id: 't',
      metadata: { k: [1] },
      expires_on: '2027-01-01',
    };
    await client.add(memory);
    expect(seen[0]?.body).toEqual(memory);
  });

  it('list pages with top_k and offset, and leaves out what is not given', async () => {
    const { client, seen } = await answering(json({ memories: [], total: 0 }));
    expect(await client.list({ user_id: 'a&b', limit: 5, offset: 10 })).toEqual({ memories: [], total: 0 });
    await client.list();
    expect(seen.map(({ url }) => url)).toEqual(['/memories?user_id=a%26b&top_k=5&offset=10', '/memories']);
  });

  it('search posts the query', async () => {
    const { client, seen } = await answering(json({ results: [{ id: 'a', score: 1 }] }));
    const { results } = await client.search('tea', {
      user_id: 'ada',
      filters: { topic: 'drinks' },
      limit: 3,
    });
    expect(results[0]?.id).toBe('a');
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/memories/search' });
    expect(seen[0]?.body).toEqual({ query: 'tea', user_id: 'ada', filters: { topic: 'drinks' }, top_k: 3 });
  });

  it('update names the version it expects, where given', async () => {
    const { client, seen } = await answering(json({ id: 'a', version: 4 }));
    await client.update('a', { content: 'new' }, { version: 3 });
    await client.update('a', { metadata: {} });
    expect(seen.map(({ headers }) => headers['if-match'])).toEqual(['"3"', undefined]);
    expect(seen.map(({ body }) => body)).toEqual([{ content: 'new' }, { metadata: {} }]);
  });

  it('get, history, delete and health reach their routes, with ids encoded', async () => {
    const { client, seen } = await answering(json({ id: 'a', history: [], status: 'ok' }));
    await client.get('a/b');
    await client.history('a');
    await client.delete('a');
    await client.health();
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /memories/a%2Fb',
      'GET /memories/a/history',
      'DELETE /memories/a',
      'GET /health',
    ]);
  });

  it('delete accepts an answer without a body', async () => {
    const { client } = await answering((response) => response.writeHead(204).end());
    await expect(client.delete('a')).resolves.toBeUndefined();
  });
});

describe('errors of the server', () => {
  it('carry the code and detail of a problem document', async () => {
    const problem = {
      type: 'about:blank',
      title: 'Not found',
      status: 404,
      detail: 'no such memory',
      code: 'not_found',
    };
    const { client } = await answering(json(problem, 404, { 'content-type': 'application/problem+json' }));
    const error = await failureOf(client.get('a'));
    expect(error).toMatchObject({ code: 'not_found', status: 404 });
    expect(error.message).toBe('GET /memories/a answered 404: no such memory');
    expect(error.retryAfterSeconds).toBeUndefined();
  });

  it('carry Retry-After in seconds, from a number or a date', async () => {
    const { client: counted } = await answering(json({ code: 'overloaded' }, 503, { 'retry-after': '7' }));
    expect(await failureOf(counted.health())).toMatchObject({
      code: 'overloaded',
      status: 503,
      retryAfterSeconds: 7,
    });
    const date = new Date(Date.now() + 60_000).toUTCString();
    const { client: dated } = await answering(json({}, 429, { 'retry-after': date }));
    expect((await failureOf(dated.health())).retryAfterSeconds).toBeGreaterThan(50);
  });

  it('are named by their status when the body is something else', async () => {
    const { client } = await answering((response) => response.writeHead(502).end('<html>Bad gateway</html>'));
    expect(await failureOf(client.health())).toMatchObject({ code: 'http_502', status: 502 });
  });

  it('stay themselves when their body is cut off', async () => {
    const { client } = await answering((response) => {
      response.writeHead(503, { 'content-length': '500', 'retry-after': '3' });
      response.write('{"code":', () => response.destroy());
    });
    expect(await failureOf(client.health())).toMatchObject({ code: 'http_503', retryAfterSeconds: 3 });
  });

  it('never repeat a token that the server echoes', async () => {
    const { client } = await answering((response, { headers }) =>
      json(
        { code: `bad ${headers.authorization}`, detail: `unknown ${headers.authorization}` },
        401,
      )(response),
    );
    expect((await failureOf(client.list())).message).toContain('***');
  });
});

describe('answers that are none', () => {
  it.each([
    ['malformed JSON', '{"memories": [', 'invalid_response'],
    ['an empty body', '', 'invalid_response'],
    ['null', 'null', 'invalid_response'],
    ['an array', '[]', 'invalid_response'],
    ['some other object', '{"hello":"world"}', 'invalid_response'],
    ['a field of another type', '{"memories":{}}', 'invalid_response'],
  ])('%s', async (_name, body, code) => {
    const { client } = await answering((response) => response.writeHead(200).end(body));
    expect(await failureOf(client.list())).toMatchObject({ code, status: 200 });
  });

  it('a body that is cut off', async () => {
    const { client } = await answering((response) => {
      response.writeHead(200, { 'content-length': '500' });
      response.write('{"memories":[]', () => response.destroy());
    });
    expect(await failureOf(client.list())).toMatchObject({ code: 'connection_failed', status: 0 });
  });

  it('a server that hangs before its answer', async () => {
    const { client } = await answering(() => {}, 60);
    const error = await failureOf(client.list());
    expect(error).toMatchObject({ code: 'timeout', status: 0 });
    expect(error.message).toBe('GET /memories had no complete answer within 60 ms');
  });

  it('a server that hangs within its answer', async () => {
    const { client } = await answering((response) => {
      response.writeHead(200);
      response.write('{"memories"');
    }, 60);
    expect(await failureOf(client.list())).toMatchObject({ code: 'timeout' });
  });

  it('a closed port', async () => {
    const url = await listen(() => {});
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const error = await failureOf(new MemholdClient({ url, token: TOKEN }).health());
    expect(error.code).toBe('connection_failed');
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('a redirect, which is not followed', async () => {
    let reached = 0;
    const elsewhere = await listen((_request, response) => {
      reached++;
      response.end('{}');
    });
    const { client } = await answering((response) => response.writeHead(307, { location: elsewhere }).end());
    expect(await failureOf(client.add('secret plan'))).toMatchObject({
      code: 'unexpected_redirect',
      status: 307,
    });
    expect(reached).toBe(0);
  });

  it('a fetch that throws with the request in its message', async () => {
    const client = new MemholdClient({
      token: TOKEN,
      fetch: async (_input, init) => {
        throw new Error(`refused ${JSON.stringify(init)}`);
      },
    });
    expect((await failureOf(client.list())).code).toBe('connection_failed');
  });
});

describe('arguments', () => {
  it.each([
    { url: 'ftp://127.0.0.1' },
    { url: 'nonsense' },
    { url: 'http://user:pass@127.0.0.1' },
    { token: 'two\nlines' },
    { token: '' },
    { timeoutMs: 0 },
    { timeoutMs: Number.NaN },
  ])('that cannot work are refused: %o', (options) => {
    expect(() => new MemholdClient(options)).toThrow(MemholdError);
    expect(() => new MemholdClient(options)).not.toThrow(/pass@|two/);
  });

  it.each(['', '.', '..'])('refuse the id %j, which would reach another route', async (id) => {
    const { client, seen } = await answering(json({}));
    expect((await failureOf(client.delete(id))).code).toBe('invalid_argument');
    expect(seen).toHaveLength(0);
  });

  it('keep the path that the server is mounted below', async () => {
    const urls: string[] = [];
    const client = new MemholdClient({
      url: 'https://example.org/memhold//',
      fetch: async (input) => {
        urls.push(String(input));
        return Response.json({ status: 'ok' });
      },
    });
    await client.health();
    expect(urls).toEqual(['https://example.org/memhold/health']);
  });

  it('do not show in a printed client', () => {
    const client = new MemholdClient({ token: TOKEN });
    expect(inspect(client, { showHidden: true, depth: 9 })).not.toContain(TOKEN);
  });
});
