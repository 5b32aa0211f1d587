import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { apiOf } from '../api.ts';
import { type Server, startServer } from '../server-process.ts';

const ORIGIN = 'https://app.example.org';
let server: Server;
beforeAll(async () => {
  server = await startServer({ settings: { MEMHOLD_CORS_ORIGINS: ORIGIN, MEMHOLD_RATE_LIMITS: 'on' } });
});

/** Bytes as they are: fetch sends no second Host header. */
function raw(head: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.end(head));
    let answer = '';
    socket.on('data', (bytes) => {
      answer += bytes;
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('a page of an allowed origin', () => {
  test('can read a refusal: that its token has ended, and when to come back', async () => {
    const page = apiOf(server.url, { origin: ORIGIN });
    const refused = await page('GET', '/auth/me');
    expect(refused.status).toBe(401);
    expect(refused.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(refused.headers.get('access-control-allow-credentials')).toBeNull();
    const body = { username: 'nobody', password: 'Wrong-Horse-6' };
    let last = refused;
    for (let i = 0; i < 6; i++) last = await page('POST', '/auth/login', body);
    expect(last.status).toBe(429);
    expect(last.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(last.headers.get('access-control-expose-headers')).toMatch(/retry-after/);
  });

  test('asks before it changes anything; a page of another origin is not answered', async () => {
    const asked = {
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization',
    };
    for (const [origin, allowed] of [
      [ORIGIN, ORIGIN],
      ['https://evil.example', null],
      ['null', null],
      [`${ORIGIN}.evil.example`, null],
    ] as const) {
      const answer = await apiOf(server.url, { origin, ...asked })('OPTIONS', '/users/x');
      expect([origin, answer.headers.get('access-control-allow-origin')]).toEqual([origin, allowed]);
    }
  });
});

test('two Host headers are refused: a proxy in front may have looked at the other one', async () => {
  const answer = await raw(
    'GET /health HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\nConnection: close\r\n\r\n',
  );
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(await raw('GET /health HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 200 /,
  );
});
