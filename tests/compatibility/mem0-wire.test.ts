import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Api } from '../api.ts';
import { filesBelow, occurrences } from '../attacks/byte-search.ts';
import { expectMem0Error } from '../attacks/refusals.ts';
import { type Server, startServer } from '../server-process.ts';

// What older clients and third parties send, and what the newest client has no method for.

let server: Server;
let api: Api;
beforeAll(async () => {
  server = await startServer();
  ({ api } = server);
});

const ok = async (...call: Parameters<Api>): Promise<Answer['body']> => {
  const answer = await api(...call);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};
const add = async (user_id: string, content: string, more: object = {}): Promise<string> => {
  const messages = [{ role: 'user', content }];
  return (await ok('POST', '/v3/memories/add/', { messages, user_id, infer: false, ...more })).results[0].id;
};
const texts = (memories: { memory: string }[]) => memories.map(({ memory }) => memory).sort();
const found = async (filters: object) => texts((await ok('POST', '/v3/memories/', { filters })).results);

describe('paths of older clients, with the answers of their time', () => {
  test('the first version adds and searches with bare arrays', async () => {
    const messages = [{ role: 'user', content: 'Ida collects barometers' }];
    const added = await ok('POST', '/v1/memories/', { messages, user_id: 'ida', version: 'v2' });
    const memory = 'Ida collects barometers';
    expect(added).toMatchObject([{ id: expect.any(String), event: 'ADD', data: { memory }, memory }]);
    const searches: [path: string, asked: object][] = [
      ['/v1/memories/search/', { user_id: 'ida', limit: 1 }],
      ['/v2/memories/search/', { filters: { user_id: 'ida' }, limit: 1 }],
    ];
    for (const [path, asked] of searches) {
      const query = 'barometers';
      const hits = await ok('POST', path, { query, ...asked });
      expect(hits).toMatchObject([{ id: added[0].id, memory, user_id: 'ida', score: expect.any(Number) }]);
      const named = await ok('POST', path, { query, ...asked, output_format: 'v1.1' });
      expect(named).toEqual({ results: hits });
    }
    const wrapped = { messages, user_id: 'ida', output_format: 'v1.1' };
    expect((await ok('POST', '/v1/memories/', wrapped)).results).toHaveLength(1);
  });

  test('lists are bare arrays without pages, and pages with them', async () => {
    for (const n of [1, 2, 3]) await add('jon', `Jon ${n}`);
    const calls: [method: string, path: string, body?: object][] = [
      ['GET', '/v1/memories/?user_id=jon&org_id=o&project_id=p'],
      ['POST', '/v2/memories/?', { filters: { user_id: 'jon' }, org_id: 'o' }],
    ];
    for (const [method, path, body] of calls) {
      expect(texts(await ok(method, path, body))).toEqual(['Jon 1', 'Jon 2', 'Jon 3']);
      const page = await ok(method, `${path}&page=2&page_size=2`, body);
      expect(page).toMatchObject({ count: 3, next: null, previous: expect.stringContaining('page=1') });
      expect(texts(page.results)).toEqual(['Jon 1']);
      const before = await ok(method, page.previous.slice(server.url.length), body);
      expect(texts(before.results)).toEqual(['Jon 2', 'Jon 3']);
    }
    expect(await ok('GET', '/v1/memories/?user_id=jon&limit=2')).toHaveLength(2);
  });

  test('the list of the first version narrows by what stands in its query', async () => {
    await add('kim', 'Kim sails', { metadata: { topic: 'sport' } });
    await add('kim', 'Kim reads', { metadata: { topic: 'books' } });
    const list = async (query: string) => texts(await ok('GET', `/v1/memories/?user_id=kim${query}`));
    const sport = encodeURIComponent(JSON.stringify({ topic: 'sport' }));
    expect(await list(`&metadata=${sport}`)).toEqual(['Kim sails']);
    expect(await list('&keywords=reads')).toEqual(['Kim reads']);
    expect(await list('&start_date=2999-01-01')).toEqual([]);
    expect(await list('&categories=none')).toEqual([]);
    const narrow = await ok('GET', '/v1/memories/?user_id=kim&fields=memory&fields=user_id');
    expect(Object.keys(narrow[0])).toEqual(['id', 'memory', 'user_id']);
    for (const query of ['&metadata={', '&metadata=[]', '&page=0', '&limit=x', '&show_expired=maybe'])
      expectMem0Error(await api('GET', `/v1/memories/?user_id=kim${query}`), 400);
  });

  test('an entity is deleted by the id that the list shows', async () => {
    await add('lea', 'Lea was here');
    const { results } = await ok('GET', '/v1/entities/');
    const { id, type } = results.find(({ name }: { name: string }) => name === 'lea');
    const { message } = await ok('DELETE', `/v1/entities/${type}/${encodeURIComponent(id)}/`);
    expect(message).toMatch(/deleted/);
    expect(await found({ user_id: 'lea' })).toEqual([]);
  });
});

describe('events', () => {
  test('an add can be asked for by the id that it answered with', async () => {
    const messages = ['one', 'two'].map((content) => ({ role: 'user', content }));
    const { event_id, results } = await ok('POST', '/v3/memories/add/', { messages, user_id: 'mia' });
    const event = await ok('GET', `/v1/event/${event_id}/`);
    expect(event).toMatchObject({
      id: event_id,
      event_type: 'ADD',
      status: 'SUCCEEDED',
      results: results.map(({ id }: { id: string }) => ({ id, event: 'ADD' })),
    });
    expect(event.updated_at).toBe(event.created_at);
    expect(JSON.stringify(event)).not.toMatch(/one|two/);
    const { results: listed, count } = await ok('GET', '/v1/events/?page_size=1');
    expect(listed).toEqual([event]);
    expect(count).toBeGreaterThan(1);
  });

  test('so can a deletion; one that deleted nothing gives no id', async () => {
    const id = await add('ned', 'Ned leaves');
    const { event_id } = await ok('DELETE', '/v1/memories/?user_id=ned');
    const event = await ok('GET', `/v1/event/${event_id}/`);
    expect(event).toMatchObject({ event_type: 'DELETE', results: [{ id, event: 'DELETE' }] });
    expect(await ok('DELETE', '/v1/memories/?user_id=ned')).toEqual({ message: '0 memories deleted' });
  });

  test('what is no event, and what cannot be asked, is refused', async () => {
    for (const id of ['01890000-0000-7000-8000-000000000000', 'nonsense'])
      expectMem0Error(await api('GET', `/v1/event/${id}/`), 404, 'not_found');
    for (const query of ['page=0', 'page_size=101', 'event_type=SEARCH', 'start_date=2026-01-01'])
      expectMem0Error(await api('GET', `/v1/events/?${query}`), 400);
  });
});

describe('options beside a request', () => {
  test('fields leaves only what was asked for, and the id', async () => {
    const id = await add('ora', 'Ora paints', { metadata: { a: 1 } });
    const asked = { filters: { user_id: 'ora' }, fields: ['memory', 'createdAt', 'no such field'] };
    const list = await ok('POST', '/v3/memories/', asked);
    expect(list.results).toEqual([{ id, memory: 'Ora paints', created_at: expect.any(String) }]);
    const search = await ok('POST', '/v3/memories/search/', { query: 'paints', ...asked, fields: ['score'] });
    expect(search.results).toEqual([{ id, score: expect.any(Number) }]);
    const old = await ok('POST', '/v2/memories/', { ...asked, fields: ['metadata'] });
    expect(old).toEqual([{ id, metadata: { a: 1 } }]);
  });

  test('those without effect change nothing, and are no place for nonsense', async () => {
    await add('pia', 'Pia climbs');
    const plain = { query: 'climbs', filters: { user_id: 'pia' } };
    const options = {
      rerank: true,
      keyword_search: true,
      latest_only: true,
      reference_date: '2026-01-01',
      source: 'OPENCLAW',
      output_format: 'v1.1',
      something_newer: { than: 'this' },
    };
    const results = await ok('POST', '/v3/memories/search/', { ...plain, ...options });
    expect(results).toEqual(await ok('POST', '/v3/memories/search/', plain));
    for (const wrong of [{ rerank: 'yes' }, { latest_only: 1 }, { fields: 'memory' }, { reference_date: [] }])
      expectMem0Error(await api('POST', '/v3/memories/search/', { ...plain, ...wrong }), 400);
  });

  test('delete_linked finds no linked memories, and says so', async () => {
    const id = await add('quin', 'Quin stays');
    expectMem0Error(await api('DELETE', `/v1/memories/${id}/?delete_linked=maybe`), 400);
    const deleted = await ok('DELETE', `/v1/memories/${id}/?delete_linked=true`);
    expect(deleted).toEqual({ message: expect.any(String), cascade_count: 0 });
  });

  test('an update takes its moment as seconds or as a time', async () => {
    const id = await add('ray', 'Ray moved');
    const at = '2024-05-01T12:00:00Z';
    for (const timestamp of [Date.parse(at) / 1000, at, '2024-05-01T14:00:00+02:00']) {
      await ok('PUT', `/v1/memories/${id}/`, { timestamp: 0 });
      await ok('PUT', `/v1/memories/${id}/`, { timestamp });
      expect(await found({ user_id: 'ray', timestamp: { gte: at, lte: at } })).toEqual(['Ray moved']);
    }
    expectMem0Error(await api('PUT', `/v1/memories/${id}/`, { timestamp: 'now' }), 400);
  });
});

describe('a name that is spelt as in JavaScript is refused, with the right spelling', () => {
  const messages = 'x';
  test.each([
    ['POST', '/v3/memories/search/', { query: 'x', filters: { user_id: 'u', agentId: 'a' } }, 'agent_id'],
    ['POST', '/v3/memories/', { filters: { AND: [{ user_id: 'u' }, { NOT: { runId: 'r' } }] } }, 'run_id'],
    ['POST', '/v2/memories/', { filters: { OR: [{ userId: 'u' }] } }, 'user_id'],
    ['POST', '/v1/memories/search/', { query: 'x', user_id: 'u', appId: 'a' }, 'app_id'],
    ['POST', '/v3/memories/add/', { messages, user_id: 'u', agentId: 'a' }, 'agent_id'],
    ['POST', '/v3/memories/add/', { messages, user_id: 'u', filters: { runId: 'a' } }, 'run_id'],
    ['GET', '/v1/memories/?user_id=u&agentId=a', undefined, 'agent_id'],
    ['DELETE', '/v1/memories/?user_id=u&agentId=a', undefined, 'agent_id'],
  ])('%s %s %j', async (method, path, body, spelling) => {
    const answer = await api(method, path, body);
    expectMem0Error(answer, 400);
    expect(answer.body.detail).toContain(`write ${spelling}`);
    expect(answer.body.detail).toContain(spelling.replace('_id', 'Id'));
  });

  test('but a key of metadata may be called anything', async () => {
    await add('sue', 'Sue', { metadata: { agentId: 7 } });
    expect(await found({ user_id: 'sue', metadata: { agentId: 7 } })).toEqual(['Sue']);
  });

  test('a turn that only called tools has no text, and keeps no other from being stored', async () => {
    const turns = [
      { role: 'user', content: 'Is the kettle on?' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function' }] },
      { role: 'assistant', content: 'The kettle is on' },
    ];
    const body = { messages: turns, user_id: 'ute', infer: false };
    expect(texts((await ok('POST', '/v3/memories/add/', body)).results)).toEqual([
      'Is the kettle on?',
      'The kettle is on',
    ]);
    expectMem0Error(await api('POST', '/v3/memories/add/', { ...body, messages: [turns[1]] }), 400);
    expectMem0Error(await api('POST', '/v3/memories/add/', { ...body, messages: [{ role: 'user' }] }), 400);
  });

  test('an owner is said once', async () => {
    const two = { messages, user_id: 'u', filters: { user_id: 'v' } };
    expectMem0Error(await api('POST', '/v3/memories/add/', two), 400);
  });
});

test('a deletion that would be wider than it was meant is refused', async () => {
  await add('tom', 'Tom stays');
  for (const query of ['&metadata={"topic":"x"}', '&filters={}', '&user_id=tom', '&categories=x'])
    expectMem0Error(await api('DELETE', `/v1/memories/?user_id=tom${query}`), 400);
  for (const query of ['user_id=*', 'user_id=', ''])
    expectMem0Error(await api('DELETE', `/v1/memories/?${query}`), 400);
  for (const path of ['/v1/memories/?user_id=tom', '/v1/entities/user/tom/', '/v2/entities/user/tom/'])
    for (const narrower of [{ filters: { metadata: { topic: 'x' } } }, { agent_id: 'bot' }, ['tom']])
      expectMem0Error(await api('DELETE', path, narrower), 400);
  for (const path of ['/v1/entities/user/tom/', '/v2/entities/user/tom/'])
    expectMem0Error(await api('DELETE', `${path}?agent_id=bot`), 400);
  expect(await found({ user_id: 'tom' })).toEqual(['Tom stays']);
  const { message } = await ok('DELETE', '/v2/entities/user/tom/?org_id=o&project_id=p');
  expect(message).toBe('Entity deleted successfully!');
});

describe('what goes wrong in mem0 itself does not here', () => {
  beforeAll(async () => {
    for (const size of [1, 3]) await add('uma', `size ${size}`, { metadata: { size } });
    await add('uma', 'size 7', { metadata: { size: 7, note: 'a Blue Whale' } });
    await add('uma', 'weight unknown', { agent_id: 'bot' });
    await add('vic', 'of Vic');
  });

  test('both ends of a range hold', async () => {
    expect(await found({ user_id: 'uma', metadata: { size: { gte: 2, lt: 5 } } })).toEqual(['size 3']);
    expect(await found({ user_id: 'uma', 'metadata.size': { lt: 5, gte: 2 } })).toEqual(['size 3']);
  });

  test('of two conditions on one key both count', async () => {
    const both = (...sizes: object[]) => ({
      AND: [{ user_id: 'uma' }, ...sizes.map((size) => ({ metadata: { size } }))],
    });
    expect(await found(both({ gte: 2 }, { lt: 5 }))).toEqual(['size 3']);
    expect(await found(both({ lt: 5 }, { gte: 2 }))).toEqual(['size 3']);
  });

  test('the wildcard is nobody: alone it is refused, beside a user it adds nothing', async () => {
    for (const filters of [{ user_id: '*' }, { OR: [{ user_id: '*' }] }, { user_id: { in: ['*'] } }])
      expectMem0Error(await api('POST', '/v3/memories/', { filters }), 400);
    expect(await found({ AND: [{ user_id: 'vic' }, { user_id: '*' }] })).toEqual(['of Vic']);
  });

  test('nobody is called as a step of a path: clients could not delete them, nor whom they list after them', async () => {
    for (const user_id of ['.', '..'])
      expectMem0Error(await api('POST', '/v3/memories/add/', { messages: 'x', user_id }), 400);
    const dotted = { messages: 'x', user_id: '...', agent_id: '../..' };
    expect((await api('POST', '/v3/memories/add/', dotted)).status).toBe(200);
    for (const path of ['/v2/entities/agent/..%2F../', '/v2/entities/user/.../'])
      expect((await api('DELETE', path)).status).toBe(200);
    expect(await found({ user_id: '...' })).toEqual([]);
  });

  test('nor is it a name, of whom something is stored or deleted', async () => {
    const named = { messages: 'x', user_id: '*' };
    for (const path of ['/v3/memories/add/', '/v1/memories/'])
      expectMem0Error(await api('POST', path, named), 400);
    expectMem0Error(await api('DELETE', '/v1/memories/?user_id=*'), 400);
    for (const path of ['/v2/entities/user/*/', '/v1/entities/user/%2A/', '/v2/entities/planet/vic/'])
      expectMem0Error(await api('DELETE', path), 400);
    expect(await found({ user_id: 'vic' })).toEqual(['of Vic']);
  });

  test('a field that is not there does not match the wildcard', async () => {
    expect(await found({ user_id: 'uma', agent_id: '*' })).toEqual(['weight unknown']);
    expect(await found({ user_id: 'uma', 'metadata.size': '*' })).toEqual(['size 1', 'size 3', 'size 7']);
    expect(await found({ user_id: 'uma', 'metadata.nowhere': '*' })).toEqual([]);
  });

  test('several users can be asked for', async () => {
    expect(await found({ user_id: { in: ['vic', 'nobody'] } })).toEqual(['of Vic']);
    expect(await found({ user_id: { in: ['uma', 'vic'] } })).toHaveLength(5);
  });

  test('every operator', async () => {
    const sizes = async (size: unknown) => found({ user_id: 'uma', metadata: { size } });
    expect(await sizes({ eq: 3 })).toEqual(['size 3']);
    expect(await sizes(3)).toEqual(['size 3']);
    expect(await sizes({ ne: 3 })).toEqual(['size 1', 'size 7', 'weight unknown']);
    expect(await sizes({ gt: 3 })).toEqual(['size 7']);
    expect(await sizes({ lte: 3 })).toEqual(['size 1', 'size 3']);
    expect(await sizes({ in: [1, 7] })).toEqual(['size 1', 'size 7']);
    expect(await sizes({ nin: [1, 7] })).toEqual(['size 3', 'weight unknown']);
    const note = async (asked: object) => found({ user_id: 'uma', metadata: { note: asked } });
    expect(await note({ contains: 'Whale' })).toEqual(['size 7']);
    expect(await note({ contains: 'whale' })).toEqual([]);
    expect(await note({ icontains: 'blue whale' })).toEqual(['size 7']);
    const words = async (keywords: object) => found({ user_id: 'uma', keywords });
    expect(await words({ contains: 'weight unknown' })).toEqual(['weight unknown']);
    expect(await words({ icontains: 'WEIGHT unknown' })).toEqual(['weight unknown']);
    expect(await found({ user_id: 'uma', NOT: [{ metadata: { size: 3 } }, { agent_id: 'bot' }] })).toEqual([
      'size 1',
      'size 7',
    ]);
    expectMem0Error(
      await api('POST', '/v3/memories/', { filters: { user_id: 'u', id: { like: 'x' } } }),
      400,
    );
  });

  test('as many adds of one text at once, as many memories: all that were acknowledged and no other', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => add('wes', 'the same text')));
    const { results } = await ok('POST', '/v3/memories/', { filters: { user_id: 'wes' } });
    expect(results.map(({ id }: { id: string }) => id).sort()).toEqual(ids.sort());
  });

  test('after deleteAll no file has the text, neither in a history nor in a free page', async () => {
    const content = 'Ununpentium gondolas of Valparaiso';
    for (let i = 0; i < 3; i++) await add('xia', content);
    await ok('DELETE', '/v1/memories/?user_id=xia');
    await server.stop();
    expect(occurrences(filesBelow(server.dataDir), { content })).toEqual([]);
  });
});
