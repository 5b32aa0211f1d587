import type * as Mem0 from 'mem0ai';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { registered } from '../api.ts';
import { type Server, startServer } from '../server-process.ts';

// The npm client as it is published; only its telemetry is off, so that a test run tells nobody.
let mem0: typeof Mem0;
let server: Server;
let client: Mem0.MemoryClient;

beforeAll(async () => {
  vi.stubEnv('MEM0_TELEMETRY', 'false');
  mem0 = await import('mem0ai');
  server = await startServer();
  client = new mem0.MemoryClient({ apiKey: server.apiKey, host: server.url });
});
afterEach(() => vi.restoreAllMocks());

const says = (content: string) => [{ role: 'user' as const, content }];
const verbatim = { infer: false } as const;
// biome-ignore lint/suspicious/noExplicitAny: the client types an array; infer:false answers an object with results
const idOf = (added: any): string => added.results[0].id;

describe('the unmodified mem0ai client', () => {
  test('pings at construction and learns its organisation and project', async () => {
    const own = new mem0.MemoryClient({ apiKey: server.apiKey, host: server.url });
    await own.ping();
    const { organizationId, projectId } = own as unknown as Record<string, string>;
    expect(organizationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(projectId).toBe(organizationId);
  });

  test('works with a trailing slash after the host', async () => {
    const own = new mem0.MemoryClient({ apiKey: server.apiKey, host: `${server.url}/` });
    await own.ping();
    const added = await own.add(says('Slashes are collapsed'), { userId: 'slash', ...verbatim });
    expect((await own.get(idOf(added))).memory).toBe('Slashes are collapsed');
  });

  test('adds every message but the system ones, verbatim, and finds them again', async () => {
    const messages = [
      { role: 'system', content: 'You are a helpful assistant' },
      { role: 'user', content: 'My dog Rufus is allergic to chicken' },
      { role: 'assistant', content: 'Noted: no chicken for Rufus' },
    ] as unknown as Mem0.Message[];
    const metadata = { topicName: 'pets', snake_case: true };
    // biome-ignore lint/suspicious/noExplicitAny: see idOf
    const added: any = await client.add(messages, { userId: 'ann', metadata, ...verbatim });
    expect(added).toMatchObject({ status: 'SUCCEEDED', eventId: expect.any(String) });
    expect(added.results.map((one: Mem0.Memory) => one.data?.memory)).toEqual([
      'My dog Rufus is allergic to chicken',
      'Noted: no chicken for Rufus',
    ]);
    expect(added.results.every((one: Mem0.Memory) => one.event === 'ADD')).toBe(true);

    const { results } = await client.search('What is the dog allergic to?', { filters: { user_id: 'ann' } });
    const [best] = results;
    expect(best).toMatchObject({
      memory: 'My dog Rufus is allergic to chicken',
      userId: 'ann',
      agentId: null,
      expirationDate: null,
      categories: [],
      // Keys under metadata are the caller's own: not camel-cased.
      metadata: { topicName: 'pets', snake_case: true },
    });
    expect(best!.score).toBeGreaterThan(0);
    expect(Date.parse(String(best!.createdAt))).toBeGreaterThan(Date.now() - 60_000);
    expect(Object.keys(best!).filter((key) => key.includes('_'))).toEqual([]);
  });

  test('adds and searches as it does by default, with infer on and no model configured', async () => {
    // biome-ignore lint/suspicious/noExplicitAny: see idOf
    const added: any = await client.add(says('Ben plays the oboe'), { userId: 'ben' });
    expect(added.results[0].data.memory).toBe('Ben plays the oboe');
    expect(added.message).toMatch(/no model/);
    expect(added.status).toBe('SUCCEEDED');
    // What an id is given for can be asked for, though the client has no method for it.
    const event = await server.api('GET', `/v1/event/${added.eventId}/`);
    expect(event.body).toMatchObject({ id: added.eventId, results: [{ id: idOf(added), event: 'ADD' }] });
  });

  test('takes a bare text for a message, and the options that have no effect', async () => {
    const options = { userId: 'bea', immutable: true, enableGraph: false, asyncMode: true, includes: 'x' };
    const text = 'Bea keeps bees' as unknown as Mem0.Message[];
    await client.add(text, { ...options, customInstructions: 'x', structuredDataSchema: {}, ...verbatim });
    const { results } = await client.search('bees', {
      filters: { user_id: 'bea' },
      topK: 1,
      rerank: true,
      keywordSearch: true,
      latestOnly: true,
      referenceDate: '2026-01-01',
      source: 'OPENCLAW',
      fields: ['memory', 'userId'],
    });
    expect(results).toEqual([{ id: expect.any(String), memory: 'Bea keeps bees', userId: 'bea' }]);
  });

  test('strips identity keys from metadata', async () => {
    const metadata = { user_id: 'mallory', agent_id: 'x', colour: 'red' };
    const id = idOf(
      await client.add(says('Identity is no metadata'), { userId: 'ann2', metadata, ...verbatim }),
    );
    expect(await client.get(id)).toMatchObject({ userId: 'ann2', metadata: { colour: 'red' } });
  });

  test('lists in pages', async () => {
    for (let i = 0; i < 5; i++) await client.add(says(`Fact ${i} of Cleo`), { userId: 'cleo', ...verbatim });
    const seen: (string | undefined)[] = [];
    for (let page = 1; page <= 3; page++) {
      const answer = await client.getAll({ filters: { user_id: 'cleo' }, page, pageSize: 2 });
      expect(answer.count).toBe(5);
      expect(answer.next === null).toBe(page === 3);
      expect(answer.previous === null).toBe(page === 1);
      seen.push(...answer.results.map(({ memory }) => memory));
    }
    expect(seen.sort()).toEqual([0, 1, 2, 3, 4].map((i) => `Fact ${i} of Cleo`));
  });

  test('updates, tells the history, and deletes', async () => {
    const id = idOf(await client.add(says('Dora lives in Rome'), { userId: 'dora', ...verbatim }));
    await client.update(id, { text: 'Dora lives in Oslo', metadata: { moved: 2026 } });
    const now = await client.get(id);
    expect(now).toMatchObject({ id, memory: 'Dora lives in Oslo', metadata: { moved: 2026 } });

    const history = await client.history(id);
    expect(history.map(({ event, oldMemory, newMemory }) => [event, oldMemory, newMemory])).toEqual([
      ['ADD', null, 'Dora lives in Rome'],
      ['UPDATE', 'Dora lives in Rome', 'Dora lives in Oslo'],
    ]);
    expect(history[0]).toMatchObject({ memoryId: id, userId: 'dora' });

    expect(await client.delete(id)).toMatchObject({ message: expect.stringMatching(/deleted/i) });
    await expect(client.get(id)).rejects.toBeInstanceOf(mem0.MemoryNotFoundError);
    expect((await client.search('Where does Dora live?', { filters: { user_id: 'dora' } })).results).toEqual(
      [],
    );
    // What was said is erased from the history as well; that it was there stays.
    const after = await client.history(id);
    expect(after.map(({ event }) => event)).toEqual(['ADD', 'UPDATE', 'DELETE']);
    expect(JSON.stringify(after)).not.toMatch(/Rome|Oslo/);
  });

  test('sets and clears an expiration date', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const options = { userId: 'ed', expirationDate: today, ...verbatim };
    const id = idOf(await client.add(says('Valid to the end of today'), options));
    expect((await client.get(id)).expirationDate).toBe(today);
    await client.update(id, { expirationDate: null });
    expect((await client.get(id)).expirationDate).toBeNull();
  });

  test('deletes everything of one user and of nobody else', async () => {
    await client.add(says('Fay one'), { userId: 'fay', ...verbatim });
    await client.add(says('Fay two'), { userId: 'fay', agentId: 'bot', ...verbatim });
    await client.add(says('Gus one'), { userId: 'gus', ...verbatim });
    await client.deleteAll({ userId: 'fay' });
    expect((await client.getAll({ filters: { user_id: 'fay' } })).count).toBe(0);
    expect((await client.getAll({ filters: { user_id: 'gus' } })).count).toBe(1);
  });
});

describe('entities and batches of the unmodified client', () => {
  /** A client in a namespace of its own: some calls are about everything in it. */
  async function clientOf(username: string): Promise<Mem0.MemoryClient> {
    const { api } = await registered(server.url, username);
    const { key } = (await api('POST', '/api-keys', { name: 'tour' })).body;
    return new mem0.MemoryClient({ apiKey: key, host: server.url });
  }
  const namesOf = ({ results }: Mem0.AllUsers) => results.map(({ type, name }) => `${type} ${name}`).sort();

  test('users lists whom memories name, in pages', async () => {
    const own = await clientOf('lister');
    await own.add(says('one'), { userId: 'ida', agentId: 'bot', ...verbatim });
    await own.add(says('two'), { userId: 'ida', appId: 'shop', runId: 'r1', ...verbatim });
    const all = await own.users();
    expect(namesOf(all)).toEqual(['agent bot', 'app shop', 'run r1', 'user ida']);
    expect(all).toMatchObject({ count: 4, next: null, previous: null });
    const ida = all.results.find(({ name }) => name === 'ida')!;
    expect(ida).toMatchObject({ id: 'ida', type: 'user', totalMemories: 2, owner: expect.any(String) });
    expect(Date.parse(String(ida.createdAt))).toBeLessThanOrEqual(Date.parse(String(ida.updatedAt)));
    const pages = [await own.users({ page: 1, pageSize: 3 }), await own.users({ page: 2, pageSize: 3 })];
    expect(pages.map(({ results }) => results.length)).toEqual([3, 1]);
    expect(pages.flatMap(namesOf).sort()).toEqual(namesOf(all));
    expect(pages[0]!.next).toMatch(/page=2/);
  });

  test('deleteUser and deleteUsers end the memories of one entity', async () => {
    const own = await clientOf('ender');
    for (const userId of ['jo', 'kay/with ünïcode', 'lu'])
      await own.add(says(`of ${userId}`), { userId, agentId: 'bot', ...verbatim });
    // The type says a number; what the list shows as an id is what the call takes.
    await own.deleteUser({ entity_id: 'jo' as unknown as number, entity_type: 'user' });
    await own.deleteUsers({ userId: 'kay/with ünïcode' });
    expect(namesOf(await own.users())).toEqual(['agent bot', 'user lu']);
    await own.deleteUsers({ agentId: 'bot' });
    expect(namesOf(await own.users())).toEqual([]);
    const odd = own.deleteUser({ entity_id: 1, entity_type: 'planet' });
    await expect(odd).rejects.toBeInstanceOf(mem0.ValidationError);
  });

  test('deleteUsers without a name ends everything, though one deletion empties several entities', async () => {
    const own = await clientOf('wiper');
    await own.add(says('one'), { userId: 'max', agentId: 'bot', runId: 'r', ...verbatim });
    await own.add(says('two'), { userId: 'nat', agentId: 'bot', ...verbatim });
    expect(await own.deleteUsers()).toMatchObject({ message: expect.stringMatching(/deleted/) });
    expect((await own.users()).count).toBe(0);
    expect((await own.getAll({ filters: { user_id: 'max' } })).count).toBe(0);
  });

  test('batchUpdate and batchDelete change several at once', async () => {
    const ids: string[] = [];
    for (const userId of ['ola', 'pat'])
      ids.push(idOf(await client.add(says(`first of ${userId}`), { userId, ...verbatim })));
    const changes = ids.map((memoryId, i) => ({ memoryId, text: `second ${i}` }));
    expect(await client.batchUpdate(changes)).toMatchObject({ message: 'Successfully updated 2 memories' });
    expect(await Promise.all(ids.map(async (id) => (await client.get(id)).memory))).toEqual([
      'second 0',
      'second 1',
    ]);
    expect((await client.history(ids[0]!)).map(({ event }) => event)).toEqual(['ADD', 'UPDATE']);
    expect(await client.batchDelete(ids)).toMatchObject({ message: 'Successfully deleted 2 memories' });
    for (const id of ids) await expect(client.get(id)).rejects.toBeInstanceOf(mem0.MemoryNotFoundError);
  });

  test('a batch with one that is not there changes none', async () => {
    const id = idOf(await client.add(says('Ria stays'), { userId: 'ria', ...verbatim }));
    const missing = '01890000-0000-7000-8000-000000000000';
    const both = [id, missing];
    const update = client.batchUpdate(both.map((memoryId) => ({ memoryId, text: 'changed' })));
    await expect(update).rejects.toBeInstanceOf(mem0.MemoryNotFoundError);
    await expect(client.batchDelete(both)).rejects.toBeInstanceOf(mem0.MemoryNotFoundError);
    expect((await client.get(id)).memory).toBe('Ria stays');
    const many = Array.from({ length: 1001 }, () => missing);
    for (const wrong of [
      () => client.batchUpdate([]),
      () => client.batchUpdate([{ memoryId: id } as Mem0.MemoryUpdateBody]),
      () => client.batchDelete([id, id]),
      () => client.batchDelete(many),
    ])
      await expect(wrong()).rejects.toBeInstanceOf(mem0.ValidationError);
  });

  test('delete with its linked memories finds none', async () => {
    const id = idOf(await client.add(says('Sid'), { userId: 'sid', ...verbatim }));
    expect(await client.delete(id, { deleteLinked: true })).toMatchObject({ cascadeCount: 0 });
  });
});

describe('what the client does wrong reaches it as its own error classes', () => {
  test('deleteAll without a scope is refused and deletes nothing', async () => {
    await client.add(says('Hal stays'), { userId: 'hal', ...verbatim });
    await expect(client.deleteAll()).rejects.toBeInstanceOf(mem0.ValidationError);
    expect((await client.getAll({ filters: { user_id: 'hal' } })).count).toBe(1);
  });

  test('a wrong key is an authentication error', async () => {
    const complaints = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const stranger = new mem0.MemoryClient({ apiKey: 'm0-wrong', host: server.url });
    await expect(stranger.search('anything')).rejects.toBeInstanceOf(mem0.AuthenticationError);
    await expect(stranger.ping()).rejects.toThrow(/valid credential/);
    expect(complaints).toHaveBeenCalled();
  });

  test('an id that is not there, or is no id, is not found', async () => {
    const missing = '01890000-0000-7000-8000-000000000000';
    for (const id of [missing, 'nonsense', '../../etc/passwd', "1' OR '1'='1"]) {
      await expect(client.get(id)).rejects.toBeInstanceOf(mem0.MemoryNotFoundError);
      await expect(client.update(id, { text: 'x' })).rejects.toBeInstanceOf(mem0.MemoryNotFoundError);
      await expect(client.delete(id)).rejects.toBeInstanceOf(mem0.MemoryNotFoundError);
      await expect(client.history(id)).rejects.toBeInstanceOf(mem0.MemoryNotFoundError);
    }
  });

  test('an unknown filter key is a validation error that names it', async () => {
    // The client sends filters as they are: agentId would silently match nothing.
    const search = client.search('x', { filters: { user_id: 'ann', agentId: 'a' } });
    await expect(search).rejects.toBeInstanceOf(mem0.ValidationError);
    await expect(search).rejects.toThrow(/agentId.*write agent_id/);
    const list = client.getAll({ filters: { AND: [{ user_id: 'ann' }, { colour: 'red' }] } });
    await expect(list).rejects.toBeInstanceOf(mem0.ValidationError);
  });

  test('a search for nobody in particular is a validation error', async () => {
    await expect(client.search('x')).rejects.toBeInstanceOf(mem0.ValidationError);
  });

  test('a malformed date is a validation error', async () => {
    const late = client.add(says('x'), { userId: 'ann', expirationDate: '31.12.2030', ...verbatim });
    await expect(late).rejects.toBeInstanceOf(mem0.ValidationError);
  });

  test('a text beyond the limit is refused', async () => {
    const big = client.add(says('x'.repeat(64 * 1024 + 1)), { userId: 'ann', ...verbatim });
    await expect(big).rejects.toBeInstanceOf(mem0.MemoryQuotaExceededError);
  });
});
