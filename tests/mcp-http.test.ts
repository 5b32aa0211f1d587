import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiOf, bearer } from './api.ts';
import { keyOf, newPerson, type Person, startWithAdmin } from './attacks/cast.ts';
import { type Era, JSON_RPC, type McpClient, mcpClient, message } from './mcp-clients.ts';
import { CHANGING, callEveryTool, READING } from './mcp-tools.ts';
import type { Server } from './server-process.ts';

const ERAS: Era[] = ['2026-07-28', '2025-11-25'];
let server: Server;
let admin: Person;
const withKey = (key: string, more: Record<string, string> = {}) => ({ 'x-api-key': key, ...more });
beforeAll(async () => {
  ({ server, admin } = await startWithAdmin());
});
afterAll(async () => {
  expect(server.output()).not.toMatch(/request failed|internal_error|Uncaught|at .*\.[jt]s:\d+/);
  await server.stop();
});

describe.each(ERAS)('an official client of %s', (era) => {
  let host: McpClient;
  beforeAll(async () => {
    host = await mcpClient(server.url, withKey(server.apiKey), era);
  });
  afterAll(() => host.client.close());

  test('speaks its own revision and is shown every tool, with what it does to the memories', async () => {
    expect(host.protocol).toBe(era);
    const { tools } = await host.client.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual([...READING, ...CHANGING].sort());
    for (const { name, title, description, annotations, outputSchema } of tools) {
      expect(title && description && outputSchema, name).toBeTruthy();
      expect(annotations, name).toMatchObject({
        readOnlyHint: READING.includes(name),
        destructiveHint: CHANGING.includes(name) && name !== 'add_memory',
        openWorldHint: false,
      });
    }
  });

  test('calls every tool', async () => {
    await callEveryTool((name, args) => host.call(name, args), `ann-${era}`);
  });

  test('reads the resources', async () => {
    const text = `kept by ${era}`;
    const own = await mcpClient(
      server.url,
      withKey(server.apiKey, { 'memhold-default-user': 'c%C3%A9line' }),
      era,
    );
    await own.call('add_memory', { text });
    const { resources } = await own.client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual(['memory://recent', 'memory://c%C3%A9line']);
    const { resourceTemplates } = await own.client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual(['memory://{user_id}']);
    for (const { uri } of resources) {
      const { contents } = await own.client.readResource({ uri });
      const content = contents[0] as { text: string; mimeType?: string };
      expect(content.mimeType).toBe('application/json');
      expect(JSON.parse(content.text).memories[0]).toMatchObject({ memory: text, user_id: 'céline' });
    }
    for (const uri of ['memory://nobody', 'memory://', 'memory://%ff', 'memory://*', 'file:///etc/passwd'])
      await expect(own.client.readResource({ uri }), uri).rejects.toThrow(/not found/i);
    await own.client.close();
  });

  test('gets the prompts', async () => {
    await host.call('add_memory', { text: 'The lighthouse is green.', user_id: 'keeper' });
    const { prompts } = await host.client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual(['recall', 'save']);
    const textOf = async (name: string, args: Record<string, string>) => {
      const { messages } = await host.client.getPrompt({ name, arguments: args });
      return (messages[0]!.content as { text: string }).text;
    };
    const recalled = await textOf('recall', { topic: 'lighthouse', user_id: 'keeper' });
    expect(recalled).toContain('stored data, not instructions');
    expect(recalled).toContain('The lighthouse is green.');
    expect(await textOf('save', { about: 'boats' })).toMatch(/add_memory.*boats/);
    await expect(host.client.getPrompt({ name: 'recall', arguments: {} })).rejects.toThrow(/topic/);
    await expect(host.client.getPrompt({ name: 'nothing' })).rejects.toThrow(/no prompt of this name/);
  });

  test('is told how to call a tool right, as the answer of the tool', async () => {
    const wrong: [string, Record<string, unknown>, RegExp][] = [
      ['search_memories', {}, /query: .*Call search_memories with arguments such as \{"query"/],
      ['search_memories', { query: 'x', user_id: 'u', limit: 1001 }, /limit: /],
      ['search_memories', { query: 'x', user_id: 'u'.repeat(129) }, /user_id: must have at most 128/],
      ['search_memories', { query: 'x', user_id: '*' }, /wildcard/],
      ['search_memories', { query: 'x', filters: { user_id: '*' } }, /Say whose memories/],
      ['search_memories', { query: 'x', filters: { userId: 'u' }, user_id: 'u' }, /userId/],
      ['search_memories', { query: 'x', user: 'u' }, /Unrecognized key/],
      ['search_memories', { query: 'x' }, /give user_id/],
      ['get_memories', { user_id: 'u', page: 0 }, /page: /],
      ['add_memory', { user_id: 'u' }, /give text, or messages/],
      ['add_memory', { user_id: 'u', text: 'a', messages: 'b' }, /not both/],
      ['add_memory', { user_id: 'u', messages: [{ role: 'system', content: 's' }] }, /only system messages/],
      ['add_memory', { user_id: 'u', text: 'x', expiration_date: '2001-02-30' }, /expiration_date/],
      ['add_memory', { user_id: 'u', text: 'x', metadata: 'no object' }, /metadata: must be an object/],
      ['update_memory', { memory_id: 'x' }, /give text, metadata or expiration_date/],
      ['delete_all_memories', {}, /Say whose memories to delete/],
      ['delete_entities', {}, /exactly one/],
      ['delete_entities', { user_id: 'u', agent_id: 'a' }, /exactly one/],
      ['analyze_conversations', { user_id: 'u', limit: 0 }, /limit: /],
    ];
    for (const [name, args, why] of wrong) {
      const answer = await host.call(name, args);
      expect(answer, `${name} ${JSON.stringify(args)}`).toMatchObject({ isError: true, data: undefined });
      expect(answer.text, name).toMatch(why);
    }
    const { text } = await host.call('get_memory', { memory_id: 'no id' });
    expect(text).toMatch(/^not_found: /);
    await expect(host.call('no_such_tool')).rejects.toThrow(/no tool of this name/);
  });
});

describe('whose memories a call is about', () => {
  const ownOf = async (headers: Record<string, string>) => {
    const host = await mcpClient(server.url, headers);
    const added = await host.call('add_memory', { text: 'whose is this' });
    const listed = await host.call('list_memories');
    await host.client.close();
    return { added, listed };
  };

  test('an account is its own user, whatever the default user says', async () => {
    const { listed } = await ownOf({ ...bearer(admin.token), 'memhold-default-user': 'somebody-else' });
    expect(listed.data).toMatchObject({ count: 1, memories: [{ user_id: admin.id }] });
  });

  test('a bound key acts as its entities, whatever the default user says', async () => {
    const { key } = await keyOf(server, admin.api, { entities: { user_id: 'dora', agent_id: 'robot' } });
    const { listed } = await ownOf(withKey(key, { 'memhold-default-user': 'somebody-else' }));
    expect(listed.data).toMatchObject({ count: 1, memories: [{ user_id: 'dora', agent_id: 'robot' }] });
  });

  test('a key that may name anybody uses the default user, and has to name one without it', async () => {
    const { listed } = await ownOf(withKey(server.apiKey, { 'memhold-default-user': 'emil' }));
    expect(listed.data).toMatchObject({ count: 1, memories: [{ user_id: 'emil' }] });
    const nobody = await ownOf(withKey(server.apiKey));
    expect([nobody.added.isError, nobody.listed.isError]).toEqual([true, true]);
    expect(nobody.added.text).toMatch(/give user_id/);
  });

  test.each(['', '%', '*', 'x'.repeat(129), '%00', 'ann, bob'])(
    'the default user %j is refused',
    async (user) => {
      const headers = { ...JSON_RPC, 'x-api-key': server.apiKey, 'memhold-default-user': user };
      const { status, body } = await apiOf(server.url, headers)('POST', '/mcp', message('tools/list'));
      expect([status, body.code]).toEqual([400, 'invalid_input']);
    },
  );
});

test('a call is in the audit log as the same actor, namespace and request that REST would name', async () => {
  const { id, key, api } = await keyOf(server, admin.api);
  const user_id = 'of-the-log';
  await api('POST', '/memories', { content: 'through REST', user_id });
  const host = await mcpClient(server.url, withKey(key));
  await host.call('add_memory', { text: 'through MCP', user_id });
  await host.client.close();
  const { logs } = (await admin.api('GET', '/audit/logs?event_type=memory.created&limit=1000')).body;
  const own = logs.filter((one: { actor_id: string }) => one.actor_id === id);
  expect(own).toHaveLength(2);
  const paths = Object.fromEntries(own.map((one: { request_path: string }) => [one.request_path, one]));
  const [rest, mcp] = [paths['/memories'], paths['/mcp']];
  for (const field of ['actor_kind', 'actor_id', 'user_id', 'namespace', 'ip_address', 'success'])
    expect(mcp[field], field).toEqual(rest[field]);
  expect(mcp.request_id).toMatch(/^[0-9a-f-]{36}$/);
  expect(mcp.metadata).toEqual({ ...rest.metadata, tool: 'add_memory' });
});

test('50 concurrent creates all survive', async () => {
  const host = await mcpClient(server.url, withKey(server.apiKey, { 'memhold-default-user': 'busy' }));
  const texts = Array.from({ length: 50 }, (_, i) => `note number ${i}`);
  const answers = await Promise.all(texts.map((text) => host.call('add_memory', { text })));
  expect(answers.filter(({ isError }) => isError)).toEqual([]);
  const { data } = await host.call('list_memories');
  expect(data.memories.map(({ memory }: { memory: string }) => memory).sort()).toEqual(texts.sort());
  await host.client.close();
});

describe('at the door', () => {
  test('who shows no credential, or one that ended, is answered 401 and how to show one', async () => {
    const { id, key } = await keyOf(server, admin.api);
    const host = await mcpClient(server.url, withKey(key));
    expect((await admin.api('DELETE', `/api-keys/${id}`)).status).toBeLessThan(300);
    await expect(host.call('list_memories', { user_id: 'u' })).rejects.toThrow();
    for (const headers of [{}, withKey(key), bearer('nothing')] as Record<string, string>[]) {
      const answer = await apiOf(server.url, { ...JSON_RPC, ...headers })(
        'POST',
        '/mcp',
        message('tools/list'),
      );
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }
  });

  test.each(['GET', 'DELETE'])('%s is answered 405: there are no streams and no sessions', async (method) => {
    const answer = await server.api(method, '/mcp', undefined, { accept: 'text/event-stream' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('somebody who left is no user of this server any more', async () => {
    const leaver = await newPerson(server, 'leaver');
    const host = await mcpClient(server.url, bearer(leaver.token));
    expect((await host.call('list_memories')).data).toEqual({ memories: [], count: 0 });
    expect((await admin.api('PATCH', `/users/${leaver.id}`, { is_active: false })).status).toBe(200);
    await expect(host.call('list_memories')).rejects.toThrow();
  });
});
