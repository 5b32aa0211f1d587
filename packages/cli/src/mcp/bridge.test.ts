import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bridge } from './bridge.ts';
import { type Door, NotReached, type Post, type Reply } from './door.ts';
import type { Message } from './messages.ts';

const ok = (result: object): Reply => ({
  status: 200,
  body: JSON.stringify({ jsonrpc: '2.0', id: 99, result }),
});
const cut = () => Promise.reject(new Error('socket hang up'));

describe('the bridge', () => {
  let input: PassThrough;
  let output: PassThrough;
  let posts: (Post & { body: Message })[];
  let reply: (post: Post & { body: Message }) => Promise<Reply>;
  let stop: AbortController;
  let running: Promise<void>;
  let written: string;

  function start(to: Writable = output, lastAnswersMs = 10_000): void {
    const door: Door = {
      post(post) {
        posts.push(post as Post & { body: Message });
        return reply(post as Post & { body: Message });
      },
      died: new Promise(() => undefined),
      close: async () => undefined,
    };
    const given = { input, output: to, door, stop: stop.signal, lastAnswersMs };
    running = new Bridge({ ...given, defaultUser: 'Änn 1' }).run();
  }
  beforeEach(() => {
    input = new PassThrough();
    output = new PassThrough();
    written = '';
    output.on('data', (chunk: Buffer) => {
      written += chunk;
    });
    posts = [];
    stop = new AbortController();
    reply = async () => ok({});
    start();
  });
  afterEach(() => {
    input.end();
  });

  const send = (...lines: (object | string)[]) => {
    for (const line of lines) input.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
  };
  const answers = (): Message[] =>
    written
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  /** Everything that is answered to these lines, after the end of the input. */
  async function after(...lines: (object | string)[]): Promise<Message[]> {
    send(...lines);
    input.end();
    await running;
    return answers();
  }
  const request = (id: number | string, method: string, params?: object) => ({
    jsonrpc: '2.0',
    id,
    method,
    ...(params && { params }),
  });
  const call = (id: number | string, name: string) => request(id, 'tools/call', { name, arguments: {} });
  const listOf = (...tools: object[]) => ok({ tools });

  it('posts each message with the default user, and answers under the id that was asked with', async () => {
    expect(await after(request('a', 'ping'))).toEqual([{ jsonrpc: '2.0', id: 'a', result: {} }]);
    expect(posts[0]!.headers['memhold-default-user']).toBe('%C3%84nn%201');
    expect(posts[0]!.body).toEqual(request('a', 'ping'));
  });

  it('answers what is no message, and goes on', async () => {
    const got = await after(
      'no json',
      '[]',
      '7',
      '{"jsonrpc":"1.0","id":4,"method":"x"}',
      '{"jsonrpc":"2.0","id":{},"method":"x"}',
      '{"jsonrpc":"2.0","id":9007199254740993,"method":"x"}',
      '{"jsonrpc":"2.0","id":1e999,"method":"x"}',
      `{"jsonrpc":"2.0","id":5,"method":"${'x'.repeat(4 * 1024 * 1024)}"}`,
      request(6, 'ping'),
    );
    const errors = got.filter(({ error }) => error).map(({ id, error }) => [id, error!.code]);
    expect(errors).toEqual([
      [null, -32700],
      [null, -32600],
      [null, -32600],
      [4, -32600],
      [null, -32600],
      [null, -32600],
      [null, -32600],
      [null, -32600],
    ]);
    expect(got.filter(({ result }) => result)).toEqual([{ jsonrpc: '2.0', id: 6, result: {} }]);
    expect(posts).toHaveLength(1);
  });

  it('notifications and answers get no answer', async () => {
    reply = cut;
    const notification = { jsonrpc: '2.0', method: 'notifications/initialized' };
    expect(await after(notification, { jsonrpc: '2.0', id: 3, result: {} })).toEqual([]);
    expect(posts.map(({ body }) => body.method)).toEqual(['notifications/initialized']);
  });

  it('tells the server the revision that the handshake agreed on', async () => {
    reply = async () => ok({ protocolVersion: '2025-11-25' });
    send(request(1, 'initialize', { protocolVersion: '2025-11-25' }));
    await expect.poll(answers).toHaveLength(1);
    await after(request(2, 'ping'));
    expect(posts.map(({ headers }) => headers['mcp-protocol-version'])).toEqual([undefined, '2025-11-25']);
  });

  it('a write whose answer was cut off is never sent again, and its outcome is said to be unknown', async () => {
    reply = cut;
    const [answer] = await after(call(1, 'add_memory'));
    expect(answer!.error!.message).toContain('search before you repeat it');
    expect(answer!.error!.data).toEqual({ code: 'outcome_unknown' });
    expect(posts).toHaveLength(1);
  });

  it('what only reads is asked again: by its method, or by what the server said of the tool', async () => {
    reply = async () =>
      listOf(
        { name: 'search_memories', annotations: { readOnlyHint: true } },
        { name: 'add_memory', annotations: { readOnlyHint: false } },
      );
    send(request(1, 'tools/list'));
    await expect.poll(answers).toHaveLength(1);
    const tries = new Map<unknown, number>();
    reply = async ({ body }) => {
      tries.set(body.id, (tries.get(body.id) ?? 0) + 1);
      return tries.get(body.id)! < 3 ? cut() : ok({ id: body.id });
    };
    await after(call(2, 'search_memories'), call(3, 'add_memory'), request(4, 'prompts/list'));
    expect(Object.fromEntries(tries)).toEqual({ 2: 3, 3: 1, 4: 3 });
  });

  it('a read that is cut off each time ends with an error', async () => {
    reply = cut;
    const [answer] = await after(request(1, 'ping'));
    expect(answer!.error!.data).toEqual({ code: 'no_answer' });
    expect(posts).toHaveLength(4);
  });

  it('a write that reached nobody is said not to be done', async () => {
    reply = () => Promise.reject(new NotReached('nobody is there'));
    const [answer] = await after(call(1, 'add_memory'));
    expect(answer!.error).toMatchObject({
      message: 'Nothing was done: nobody is there',
      data: { code: 'not_reached' },
    });
  });

  it.each([
    [{ status: 401, body: '{"code":"unauthenticated","detail":"No."}' }, /MEMHOLD_TOKEN/, 'unauthenticated'],
    [{ status: 503, body: '{"code":"overloaded","detail":"Try again."}' }, /Try again/, 'overloaded'],
    [{ status: 200, body: '<html>' }, /status 200.*memhold server/, undefined],
    [{ status: 200, body: '"text"' }, /memhold server/, undefined],
  ])('an answer that is no JSON-RPC becomes an error with its reason: %j', async (given, message, code) => {
    reply = async () => given;
    const [answer] = await after(call(1, 'add_memory'));
    expect(answer!.id).toBe(1);
    expect(answer!.error!.message).toMatch(message);
    expect(answer!.error!.data).toEqual({ status: given.status, ...(code && { code }) });
    expect(posts).toHaveLength(1);
  });

  it('a cancelled request is given up and gets no answer', async () => {
    let given: AbortSignal | undefined;
    reply = ({ signal, body }) => {
      if (body.id !== 1) return Promise.resolve(ok({}));
      given = signal;
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };
    expect(await after(call(1, 'search_memories'), cancelled, request(2, 'ping'))).toMatchObject([{ id: 2 }]);
    expect(given!.aborted).toBe(true);
  });

  it('what is nested too deeply to be sent is said not to be done', async () => {
    reply = async ({ body }) => ok({ sent: JSON.stringify(body).length });
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const line = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add_memory","arguments":{"text":${deep}}}}`;
    const [answer] = await after(line);
    expect(answer).toMatchObject({ id: 1, error: { code: -32600 } });
    expect(answer!.error!.message).toContain('Nothing was done');
  });

  it('a second request with an id that is under way is refused', async () => {
    const first = Promise.withResolvers<Reply>();
    reply = () => first.promise;
    send(request(1, 'ping'), request(1, 'ping'));
    await expect.poll(answers).toMatchObject([{ id: null, error: { code: -32600 } }]);
    first.resolve(ok({}));
    expect(await after()).toMatchObject([{ error: {} }, { id: 1, result: {} }]);
  });

  it('what is under way is answered when the input ends, and when it is told to stop', async () => {
    const first = Promise.withResolvers<Reply>();
    reply = () => first.promise;
    send(request(1, 'ping'));
    await expect.poll(() => posts).toHaveLength(1);
    stop.abort();
    first.resolve(ok({}));
    await running;
    expect(answers()).toMatchObject([{ id: 1 }]);
  });

  it('what told it to stop before it began is heard', async () => {
    input.end();
    await running;
    input = new PassThrough();
    stop = new AbortController();
    stop.abort();
    start();
    await running;
    expect(input.destroyed).toBe(true);
  });

  it('answers that wait for a slow host leave no listeners behind', async () => {
    input.end();
    await running;
    input = new PassThrough();
    const taken: (() => void)[] = [];
    let lines = 0;
    const slow = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => taken.push(done) });
    slow.on('drain', () => lines++);
    start(slow);
    const before = slow.listenerCount('close');
    for (let id = 0; id < 100; id++) send(request(id, 'ping'));
    await expect.poll(() => slow.writableLength).toBeGreaterThan(3000);
    expect(slow.listenerCount('close')).toBeLessThanOrEqual(before + 2);
    while (lines === 0) {
      taken.shift()?.();
      await new Promise(setImmediate);
    }
    await expect.poll(() => slow.listenerCount('close')).toBe(before);
    input.end();
    await running;
  });

  it('a host that reads nothing does not keep it from ending', async () => {
    stop.abort();
    await running;
    input = new PassThrough();
    stop = new AbortController();
    const stuck = new Writable({ highWaterMark: 1, write: () => undefined });
    start(stuck, 20);
    for (let id = 0; id < 300; id++) send(request(id, 'ping'));
    await expect.poll(() => posts.length).toBeGreaterThanOrEqual(256);
    stop.abort();
    await running;
  });

  it('ends quietly when nobody reads its answers any more', async () => {
    input.destroy();
    await running;
    input = new PassThrough();
    start(
      new Writable({
        write: (_chunk, _encoding, done) => done(Object.assign(new Error('gone'), { code: 'EPIPE' })),
      }),
    );
    send(request(1, 'ping'));
    await running;
  });
});
