import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Actor } from '../access/actor.ts';
import { AccessError } from '../access/errors.ts';
import { McpDoor } from './door.ts';
import { prompt } from './prompt.ts';
import { tool } from './tool.ts';

const coded = (code: string) => Object.assign(new Error(`sentence of ${code}`), { code });
const actor = { kind: 'operator', id: 'o' } as Actor;
const origin = { requestId: 'r', client: { path: '/mcp' } };
const HEADERS = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };

let thrown: unknown;
let refused: unknown[];
let calls: unknown[];
beforeEach(() => {
  thrown = undefined;
  refused = [];
  calls = [];
});

const echo = tool({
  name: 'echo',
  title: 'Echo',
  description: 'Says it again.',
  effect: 'reads',
  input: z.strictObject({ say: z.string().max(10), times: z.int().optional() }),
  output: z.object({ said: z.string() }),
  example: { say: 'hello' },
  async run(caller, { say }) {
    calls.push(caller);
    if (thrown !== undefined) throw thrown;
    return { said: say };
  },
});
const ask = prompt({
  name: 'ask',
  title: 'Ask',
  description: 'Asks.',
  input: z.strictObject({ what: z.string().describe('About what.'), how: z.string().optional() }),
  async message() {
    if (thrown !== undefined) throw thrown;
    return 'Well?';
  },
});
const resources = {
  templates: [],
  list: () => [],
  read: async () => {
    if (thrown !== undefined) throw thrown;
    return undefined;
  },
};
const door = new McpDoor({ tools: [echo], resources: [resources], prompts: [ask] });

const answer = async (body: unknown, headers: Record<string, string> = {}) => {
  const asked = { actor, origin, headers: { ...HEADERS, ...headers }, body };
  const { status, body: text } = await door.answer({
    ...asked,
    refused: ({ code }, tool) => void refused.push([code, tool]),
  });
  return { status, ...(text === '' ? {} : JSON.parse(text)) };
};
const message = (method: string, params: object = {}) => ({ jsonrpc: '2.0', id: 7, method, params });
const call = (args: unknown = { say: 'hello' }) =>
  answer(message('tools/call', { name: 'echo', arguments: args }));

describe('a tool', () => {
  test('gets the caller of the request, the default user, and its own name for the log', async () => {
    const headers = { 'memhold-default-user': 'J%C3%BCrgen' };
    const params = { name: 'echo', arguments: { say: 'hello', times: null } };
    const { status, result } = await answer(message('tools/call', params), headers);
    expect([status, result.structuredContent]).toEqual([200, { said: 'hello' }]);
    expect(calls).toEqual([
      { actor, origin: { ...origin, client: { path: '/mcp', tool: 'echo' } }, defaultUser: 'Jürgen' },
    ]);
  });

  test.each(['not_found', 'invalid_filter', 'content_rejected', 'stale_version', 'rate_limited'])(
    'that meets %s answers with it',
    async (code) => {
      thrown = coded(code);
      const { status, result } = await call();
      expect([status, result.isError]).toEqual([200, true]);
      expect(result.content[0].text).toMatch(new RegExp(`^${code}: `));
      expect(result.structuredContent).toBeUndefined();
    },
  );

  test('without the right answers so, and the audit log is told', async () => {
    thrown = new AccessError('permission_denied', 'memories:write');
    const { result } = await call();
    expect(result.content[0].text).toBe(
      'permission_denied: This credential lacks the permission memories:write.',
    );
    expect(refused).toEqual([['permission_denied', 'echo']]);
  });

  test.each(['storage_full', 'overloaded', 'shutting_down', 'stale_authorization'])(
    'that meets %s ends the request with its status',
    async (code) => {
      thrown = coded(code);
      await expect(call()).rejects.toBe(thrown);
      expect(refused).toEqual([]);
    },
  );

  test('that fails by a defect says nothing of it, and the request fails', async () => {
    thrown = new Error('SELECT secret FROM memories');
    await expect(call()).rejects.toBe(thrown);
  });

  test.each([
    [{}, /say: /],
    [{ say: 'much too long for it' }, /say: /],
    [{ say: 'x', other: 1 }, /other/],
    [{ say: 1 }, /say: /],
  ])('called with %j says how to call it', async (args, why) => {
    const { result } = await call(args);
    expect(result.isError).toBe(true);
    expect(result.content[0].text).toMatch(why);
    expect(result.content[0].text).toMatch(/Call echo with arguments such as \{"say":"hello"\}\.$/);
    expect(calls).toEqual([]);
  });
});

describe('resources and prompts', () => {
  const read = () => answer(message('resources/read', { uri: 'memory://x' }));
  const get = (params: object = { what: 'x' }) =>
    answer(message('prompts/get', { name: 'ask', arguments: params }));

  test('answer errors of the service as errors of the protocol', async () => {
    expect((await read()).error.message).toMatch(/not found/i);
    thrown = coded('permission_denied');
    for (const ask of [read, get]) expect((await ask()).error.message).toMatch(/^(.*)permission_denied: /);
    expect(refused).toEqual([
      ['permission_denied', 'resource'],
      ['permission_denied', 'prompt ask'],
    ]);
    thrown = coded('storage_full');
    for (const ask of [read, get]) await expect(ask()).rejects.toBe(thrown);
  });

  test('a prompt is listed with the arguments that it needs, and checks them', async () => {
    const { result } = await answer(message('prompts/list'));
    expect(result.prompts[0].arguments).toEqual([
      { name: 'what', description: 'About what.', required: true },
      { name: 'how', description: '', required: false },
    ]);
    expect((await get({})).error).toMatchObject({ code: -32602, message: expect.stringMatching(/what/) });
    expect((await get()).result.messages[0].content.text).toBe('Well?');
  });
});

test('every request stands for itself: two at once keep their callers apart', async () => {
  const headers = (name: string) => ({ 'memhold-default-user': name });
  const body = message('tools/call', { name: 'echo', arguments: { say: 'x' } });
  const names = Array.from({ length: 20 }, (_, i) => `user-${i}`);
  await Promise.all(names.map((name) => answer(body, headers(name))));
  expect(calls.map((one) => (one as { defaultUser: string }).defaultUser).sort()).toEqual(names.sort());
});

test('batches and streams are refused in the words of JSON-RPC', async () => {
  expect(await answer([message('tools/list')])).toMatchObject({
    status: 400,
    id: null,
    error: { code: -32600 },
  });
  expect(await answer(message('subscriptions/listen'))).toMatchObject({
    status: 404,
    id: 7,
    error: { code: -32601 },
  });
});

test('a schema is one that clients of every revision can read', () => {
  expect(echo.listed.inputSchema).toEqual({
    type: 'object',
    properties: {
      say: { type: 'string', maxLength: 10 },
      times: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
    },
    required: ['say'],
    additionalProperties: false,
  });
  expect(echo.listed.outputSchema).not.toHaveProperty('additionalProperties');
});
