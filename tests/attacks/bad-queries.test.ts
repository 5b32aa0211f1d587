import { beforeAll, describe, test } from 'vitest';
import { startServer } from '../server-process.ts';
import { Battery, expectMem0Error, expectProblem } from './refusals.ts';

const USER = 'bad-queries';
let battery: Battery;
beforeAll(async () => {
  battery = new Battery(await startServer());
});

describe('a query string', () => {
  const wrong = [
    'top_k=0',
    'top_k=-1',
    'top_k=1.5',
    'top_k=1001',
    'top_k=abc',
    'top_k=',
    'top_k=1&top_k=2',
    'top_k[]=1',
    'offset=-1',
    'offset=1e99',
    'offset=NaN',
    'show_expired=perhaps',
    'user_id=',
    'user_id=a&user_id=b',
    'user_id[$ne]=x',
    `user_id=${'x'.repeat(129)}`,
    'thread_id=',
    'limit=5',
    'namespace=other',
    '__proto__=x',
    'constructor=x',
  ];
  test.each(wrong)('?%s is refused', async (query) => {
    const separator = query.startsWith('user_id') ? '' : `user_id=${USER}&`;
    expectProblem(await battery.api('GET', `/memories?${separator}${query}`), 400, 'invalid_input');
  });

  test('a key that may name anybody must name somebody', async () => {
    expectProblem(await battery.api('GET', '/memories'), 400, 'invalid_input');
    expectProblem(await battery.api('POST', '/memories', { content: 'whose?' }), 400, 'invalid_input');
    expectProblem(await battery.api('POST', '/memories/search', { query: 'x' }), 400, 'invalid_input');
    const evasions = [{ NOT: { user_id: 'x' } }, { OR: [] }, { AND: [] }, { metadata: { user_id: 'x' } }];
    for (const filters of evasions)
      expectProblem(
        await battery.api('POST', '/memories/search', { query: 'x', filters }),
        400,
        'invalid_input',
      );
  });
});

describe('the mem0 door', () => {
  const message = { role: 'user', content: 'x' };
  const wrong: [string, string, object][] = [
    ...[
      null,
      1,
      {},
      [],
      [1],
      [{}],
      [{ role: 'user' }],
      [{ content: 'x' }],
      [{ role: 'user', content: 5 }],
      '',
    ].map((messages): [string, string, object] => ['POST', '/v3/memories/add/', { messages, user_id: USER }]),
    ['POST', '/v3/memories/add/', { messages: [message] }],
    ['POST', '/v3/memories/add/', { messages: [{ role: 'system', content: 'x' }], user_id: USER }],
    ['POST', '/v3/memories/add/', { messages: [message], user_id: 7 }],
    ['POST', '/v3/memories/add/', { messages: [message], user_id: USER, metadata: 'x' }],
    ['POST', '/v3/memories/add/', { messages: [message], user_id: USER, infer: 'no' }],
    ['POST', '/v3/memories/add/', { messages: [message], user_id: USER, expiration_date: '2020-01-01' }],
    ['POST', '/v3/memories/add/', { messages: [message], user_id: USER, expiration_date: 'soon' }],
    ['POST', '/v3/memories/add/', { messages: [message], user_id: USER, timestamp: 'now' }],
    ['POST', '/v3/memories/add/', { messages: [message], user_id: USER, timestamp: 1e15 }],
    ['POST', '/v3/memories/search/', { query: 'x' }],
    ['POST', '/v3/memories/search/', { query: 'x', filters: [] }],
    ['POST', '/v3/memories/search/', { query: 'x', filters: { user_id: USER, agentId: 'x' } }],
    ['POST', '/v3/memories/search/', { query: 'x', filters: { user_id: USER }, top_k: 0 }],
    ['POST', '/v3/memories/', { filters: { user_id: USER, colour: 'x' } }],
    ['POST', '/v3/memories/', {}],
    ['POST', '/v3/memories/?page=0', { filters: { user_id: USER } }],
    ['POST', '/v3/memories/?page_size=0', { filters: { user_id: USER } }],
    ['POST', '/v3/memories/', { filters: { user_id: USER }, start_date: 'yesterday' }],
  ];
  test.each(wrong)('%s %s %j is refused', async (method, path, body) => {
    expectMem0Error(await battery.api(method, path, body), 400);
  });

  test('a deletion without a scope, in any disguise, is refused', async () => {
    for (const query of ['', '?', '?user_id=', '?metadata=x', '?userId=x', '?user_id=a&user_id=b'])
      expectMem0Error(await battery.api('DELETE', `/v1/memories/${query}`), 400);
  });
});

test('all that was refused left nothing behind, and the server is well', () =>
  battery.expectNothingElseStored());
