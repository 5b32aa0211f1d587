import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import type { Actor } from '../access/actor.ts';
import { AccessError } from '../access/errors.ts';
import type { AuditEvent } from '../audit/entry.ts';
import type { Recorder } from '../audit/recorder.ts';
import { buildApp } from '../http/app.ts';
import { RateLimits } from '../limits/rate-limits.ts';
import type { Memory, MemoryContent } from '../memories/memory.ts';
import type { MemoryService } from '../memories/service.ts';
import { limit } from '../refusals.ts';
import { simpleRoutes } from './simple-routes.ts';

const START = Date.parse('2026-11-21T12:00:00Z');
const ID = '01890000-0000-7000-8000-000000000001';
const LIMITS = { search: 30, list: 20, remember: 20, forget: 10 };
const BODIES = {
  search: { user_id: 'ann', query: 'tea' },
  list: { user_id: 'ann' },
  remember: { user_id: 'ann', messages: 'likes tea' },
  forget: { user_id: 'ann', memory_id: ID },
};
type Name = keyof typeof BODIES;

const memory = (content: Partial<MemoryContent> = {}): Memory => ({
  id: ID,
  version: 1,
  text: 'likes tea',
  metadata: {},
  entities: { user_id: 'ann' },
  labels: [],
  createdAt: START,
  updatedAt: START,
  ...content,
});

const ALL = ['memories:read', 'memories:write', 'memories:delete'];

/** The routes on a service that notes what it is asked, with callers who are whoever they say, and a clock to turn. */
function door(
  options: { limited?: boolean; boundTo?: Actor['boundTo']; fails?: Error; rights?: string[] } = {},
) {
  const { limited = true, boundTo, fails, rights = ALL } = options;
  const clock = { at: START };
  const events: AuditEvent[] = [];
  const asked: unknown[][] = [];
  const limits = new RateLimits({ enabled: limited, now: () => clock.at });
  const recorder = { record: async (event: AuditEvent) => void events.push(event) } as unknown as Recorder;
  const note =
    <T>(name: string, answer: T) =>
    async (_actor: Actor, _origin: object, ...given: unknown[]) => {
      if (fails) throw fails;
      asked.push([name, ...given]);
      return answer;
    };
  const memories = {
    search: note('search', { memories: [memory()], total: 1 }),
    list: note('list', { memories: [memory()], total: 1700 }),
    async add(_actor: Actor, _origin: object, entities: object, contents: MemoryContent[]) {
      asked.push(['add', entities, contents]);
      const screening = { action: 'allowed', findings: [], labels: [] };
      return contents.map((content) => ({ id: ID, version: 1, screening, memory: memory(content) }));
    },
    delete: note('delete', undefined),
    deleteMatching: note('deleteMatching', 3),
    ofUsers: note('ofUsers', [[ID]]),
  } as unknown as MemoryService;
  const app = buildApp({
    maxBodyBytes: 65_536,
    logLevel: 'silent',
    trustedProxies: [],
    authenticate: async ({ headers }: FastifyRequest) => {
      if (!headers.authorization) throw new AccessError('unauthenticated');
      const id = headers.authorization;
      const permissions = new Set(rights);
      const namespace = { id: 1, publicId: 'n' };
      const account = { row: 1, publicId: 'a' };
      const who = { kind: 'api_key', id, account, permissions, namespace, ...(boundTo && { boundTo }) };
      return { actor: who as unknown as Actor };
    },
    checkSignedBody() {},
    limit: (name, request) => limit(limits, recorder, name, request),
    refused() {},
    now: () => clock.at,
  });
  simpleRoutes(app, memories);
  const call = async (name: string, body: unknown, headers: Record<string, string> = {}) => {
    const answer = await app.inject({
      method: 'POST',
      url: `/${name}`,
      headers: { authorization: 'a key of ann', ...headers },
      payload: body as object,
    });
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
  };
  return { call, clock, events, asked, app };
}

describe('the limit of a simple endpoint', () => {
  it.each(Object.entries(LIMITS) as [Name, number][])(
    '%s lets %i a minute through, and says so with every answer',
    async (name, count) => {
      const { call, clock, events } = door();
      const body = BODIES[name];
      const seconds = START / 1000;
      for (let i = 1; i <= count; i++) {
        const answer = await call(name, body);
        expect(answer.status).toBe(200);
        expect(answer.headers).toMatchObject({
          'x-ratelimit-limit': `${count}`,
          'x-ratelimit-remaining': `${count - i}`,
          'x-ratelimit-reset': `${seconds + (60 / count) * i}`,
        });
      }
      const refused = await call(name, body);
      expect(refused.status).toBe(429);
      expect(refused.body).toEqual({ error: 'Rate limit exceeded', detail: `${count} per minute` });
      expect(refused.headers).toMatchObject({
        'x-ratelimit-limit': `${count}`,
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': `${seconds + 60}`,
        'retry-after': `${60 / count}`,
      });
      clock.at += (60 / count) * 1000 - 1;
      expect((await call(name, body)).status).toBe(429);
      clock.at += 1;
      expect((await call(name, body)).status).toBe(200);
      expect((await call(name, body)).status).toBe(429);
      expect(events).toMatchObject([
        { type: 'security.rate_limit.exceeded', action: name, actor: { kind: 'api_key' }, namespace: 'n' },
      ]);
    },
  );

  it('is one for each credential and each endpoint, and counts what was wrong with a request too', async () => {
    const { call } = door();
    for (let i = 0; i < 10; i++) expect((await call('forget', { wrong: i })).status).toBe(400);
    const refused = await call('forget', BODIES.forget);
    expect(refused.status).toBe(429);
    expect((await call('list', BODIES.list)).status).toBe(200);
    expect((await call('forget', BODIES.forget, { authorization: 'another' })).status).toBe(200);
  });

  it('counts what a credential may not do, and says so', async () => {
    const { call } = door({ rights: ['memories:read'] });
    const { status, headers, body } = await call('forget', BODIES.forget);
    expect([status, headers['x-ratelimit-remaining'], body.code]).toEqual([403, '9', 'permission_denied']);
  });

  it('is not there while limits are off', async () => {
    const { call } = door({ limited: false });
    for (let i = 0; i < 40; i++) {
      const { status, headers } = await call('search', BODIES.search);
      expect([status, headers['x-ratelimit-limit']]).toEqual([200, undefined]);
    }
  });

  it('is nobody’s to use up without a credential', async () => {
    const { call } = door();
    for (let i = 0; i < 40; i++) {
      const { status, headers, body } = await call('search', BODIES.search, { authorization: '' });
      expect([status, headers['x-ratelimit-limit']]).toEqual([401, undefined]);
      expect(Object.keys(body)).toEqual(['error', 'detail', 'code', 'request_id']);
    }
    expect((await call('search', BODIES.search)).headers['x-ratelimit-remaining']).toBe('29');
  });
});

describe('what simple endpoints ask of the service', () => {
  it('is always of the one user', async () => {
    const { call, asked } = door();
    await call('search', { ...BODIES.search, limit: 3 });
    await call('search', { ...BODIES.search, limit: null });
    await call('list', BODIES.list);
    await call('forget', { user_id: 'ann', confirm: 'all' });
    expect(asked).toEqual([
      ['search', { entities: { user_id: 'ann' } }, { text: 'tea', topK: 3 }],
      ['search', { entities: { user_id: 'ann' } }, { text: 'tea', topK: 10 }],
      ['list', { entities: { user_id: 'ann' } }, { offset: 0, limit: 1000 }],
      ['deleteMatching', { entities: { user_id: 'ann' } }],
    ]);
  });

  it('of a listing tells how many there are in all', async () => {
    const { body } = await door().call('list', BODIES.list);
    expect([body.count, body.memories.length]).toEqual([1700, 1]);
  });

  it('keeps tags as categories, and a moment as the day (UTC) that it falls on', async () => {
    const { call, asked } = door();
    const messages = [
      { role: 'system', content: 'be nice' },
      { role: 'user', content: 'likes tea' },
      { role: 'assistant', content: 'noted' },
    ];
    const expires_at = '2999-12-31T23:30:00-02:00';
    const given = {
      user_id: 'ann',
      messages,
      metadata: { a: 1, user_id: 'x' },
      run_id: 'r',
      tags: ['drink'],
    };
    const { status, body } = await call('remember', { ...given, expires_at });
    expect(status).toBe(200);
    const facts = { metadata: { a: 1 }, categories: ['drink'], expiresOn: '3000-01-01' };
    expect(asked).toEqual([
      [
        'add',
        { user_id: 'ann', run_id: 'r' },
        [
          { text: 'likes tea', role: 'user', ...facts },
          { text: 'noted', role: 'assistant', ...facts },
        ],
      ],
    ]);
    expect(body.count).toBe(2);
    expect(body.memories[0]).toMatchObject({
      tags: ['drink'],
      expires_at: '3000-01-01',
      memory: 'likes tea',
    });
  });

  it.each([
    ['search', { query: 'tea' }],
    ['search', { user_id: '*', query: 'tea' }],
    ['search', { user_id: 'ann', query: '' }],
    ['search', { user_id: 'ann', query: 'tea', limit: 0 }],
    ['search', { user_id: 'ann', query: 'tea', limit: 1001 }],
    ['search', { user_id: 'ann', query: 'tea', agent_id: 'x' }],
    ['list', {}],
    ['list', { user_id: ['ann'] }],
    ['remember', { user_id: 'ann' }],
    ['remember', { user_id: 'ann', messages: [] }],
    ['remember', { user_id: 'ann', messages: 'x', tags: 'drink' }],
    ['remember', { user_id: 'ann', messages: 'x', expires_at: 'tomorrow' }],
    ['remember', { user_id: 'ann', messages: 'x', expires_at: '2999-01-01T00:00:00' }],
    ['remember', { user_id: 'ann', messages: 'x', expires_at: '2001-01-01T00:00:00Z' }],
    ['remember', { user_id: 'ann', messages: [{ role: 'system', content: 'x' }] }],
    ['forget', { user_id: 'ann' }],
    ['forget', { memory_id: ID }],
    ['forget', { confirm: 'all' }],
    ['forget', { user_id: 'ann', confirm: 'yes' }],
    ['forget', { user_id: 'ann', confirm: true }],
    ['forget', { user_id: 'ann', memory_id: ID, confirm: 'all' }],
    ['forget', { user_id: 'ann', memory_id: null, id: ID, confirm: 'all' }],
  ])('is nothing for a %s of %j', async (name, body) => {
    const { call, asked } = door();
    const answer = await call(name, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      error: 'Bad request',
      detail: expect.any(String),
      code: 'invalid_input',
      request_id: expect.any(String),
    });
    expect(asked).toEqual([]);
  });

  it('is nothing for another user than the credential’s own', async () => {
    const { call, asked } = door({ boundTo: { user_id: 'bob' } });
    for (const name of ['search', 'list'] as const)
      expect(await call(name, BODIES[name])).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await call('forget', { user_id: 'ann', confirm: 'all' })).status).toBe(404);
    expect(asked).toEqual([]);
  });

  it.each(['not-an-id', '01890000-0000-7000-8000-000000000002'])('ends nothing for %s', async (memory_id) => {
    const { call, asked } = door();
    expect(await call('forget', { user_id: 'ann', memory_id })).toMatchObject({ status: 404 });
    expect(asked.map(([name]) => name)).toEqual(['ofUsers']);
  });

  it('that is not to be had answers 503 in its own shape', async () => {
    for (const [code, details] of [
      ['overloaded', 'Memory service is temporarily unavailable'],
      ['storage_full', 'Memory service is unavailable'],
    ]) {
      const fails = Object.assign(new Error('no'), { code });
      const { status, body, headers } = await door({ fails }).call('list', BODIES.list);
      expect([status, headers['retry-after']]).toEqual([503, '1']);
      expect(body).toEqual({ error: 'Service unavailable', details, status_code: 503 });
    }
  });
});
