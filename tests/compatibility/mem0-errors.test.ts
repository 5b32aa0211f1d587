import type { AddressInfo } from 'node:net';
import type * as Mem0 from 'mem0ai';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Actor } from '../../packages/server/src/access/actor.ts';
import { PERMISSIONS } from '../../packages/server/src/access/permissions.ts';
import { mem0MemoryRoutes } from '../../packages/server/src/compat/mem0-memory-routes.ts';
import { mem0Routes } from '../../packages/server/src/compat/mem0-routes.ts';
import { buildApp } from '../../packages/server/src/http/app.ts';
import type { MemoryService } from '../../packages/server/src/memories/service.ts';
import { apiOf } from '../api.ts';
import { refusesAll } from '../route-list.ts';

// The door itself, over a service that fails as it is told to: some failures cannot be had from a healthy server.

let mem0: typeof Mem0;
let client: Mem0.MemoryClient;
let url: string;
let failure: Error;

const actor = {
  kind: 'api_key',
  id: 'k',
  permissions: new Set(PERMISSIONS),
  namespace: { id: 1, publicId: '01890000-0000-7000-8000-000000000000' },
} as unknown as Actor;
const failing = new Proxy({}, { get: () => async () => Promise.reject(failure) }) as MemoryService;
const app = buildApp({ ...refusesAll, authenticate: async () => ({ actor }) });
mem0Routes(app, failing);
mem0MemoryRoutes(app, failing);

beforeAll(async () => {
  vi.stubEnv('MEM0_TELEMETRY', 'false');
  mem0 = await import('mem0ai');
  await app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  client = new mem0.MemoryClient({ apiKey: 'any', host: url });
  await client.ping();
});
afterAll(() => app.close());

const fail = (code: string, more: object = {}) =>
  Object.assign(new Error('what the caller is told'), { code, ...more });

type ErrorName =
  | 'AuthenticationError'
  | 'MemoryNotFoundError'
  | 'ValidationError'
  | 'MemoryQuotaExceededError'
  | 'RateLimitError'
  | 'NetworkError'
  | 'MemoryError';
const CASES: [code: string, status: number, name: ErrorName][] = [
  ['unauthenticated', 401, 'AuthenticationError'],
  ['permission_denied', 403, 'AuthenticationError'],
  ['not_found', 404, 'MemoryNotFoundError'],
  ['invalid_input', 400, 'ValidationError'],
  ['invalid_filter', 400, 'ValidationError'],
  ['subject_changed', 409, 'ValidationError'],
  ['stale_version', 409, 'ValidationError'],
  ['content_rejected', 422, 'ValidationError'],
  ['text_too_large', 413, 'MemoryQuotaExceededError'],
  ['rate_limited', 429, 'RateLimitError'],
  ['request_timeout', 408, 'NetworkError'],
  ['overloaded', 503, 'NetworkError'],
  ['storage_full', 503, 'NetworkError'],
  ['decryption_failed', 500, 'MemoryError'],
  ['a code that nobody knows', 500, 'MemoryError'],
];

test.each(CASES)('%s arrives as HTTP %i and as the %s of the client', async (code, status, name) => {
  failure = fail(code);
  for (const call of [client.get('an id'), client.add([{ role: 'user', content: 'x' }], { userId: 'u' })]) {
    const error = await call.then(
      () => undefined,
      (thrown: Mem0.MemoryError) => thrown,
    );
    expect(error).toBeInstanceOf(mem0[name]);
    expect([error!.name, error!.errorCode]).toEqual([name, `HTTP_${status}`]);
    // The client shows the whole body; Python's reads `detail`, which is a text.
    expect(JSON.parse(error!.message)).toEqual({
      detail: expect.any(String),
      error: expect.any(String),
      code: status === 500 ? expect.any(String) : code,
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(error!.message.includes('what the caller is told')).toBe(
      status !== 500 && !['stale_version', 'subject_changed'].includes(code),
    );
  }
});

test('a limit that is used up says in whole seconds when to come back, and where the caller stands', async () => {
  const standing = { limit: 60, remaining: 0, resetAt: 1_800_000_000_500 };
  failure = fail('rate_limited', { retryAfterSeconds: 7, standing });
  const answer = await apiOf(url)('GET', '/v1/memories/an-id/');
  expect(answer.status).toBe(429);
  expect(answer.headers.get('retry-after')).toBe('7');
  expect(['limit', 'remaining', 'reset'].map((name) => answer.headers.get(`x-ratelimit-${name}`))).toEqual([
    '60',
    '0',
    '1800000001',
  ]);
});

test('a server that is overloaded says when to come back', async () => {
  failure = fail('overloaded');
  const answer = await apiOf(url)('GET', '/v1/memories/an-id/');
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
});
