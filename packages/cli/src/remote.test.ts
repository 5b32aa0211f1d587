import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './testing/run.ts';

const TOKEN = 'eyJh.SECRET.sig';
let url: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let seen: IncomingMessage[];
let server: ReturnType<typeof createServer>;

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const json = (status: number, body: object) => (_: unknown, response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const list = (...more: string[]) => ['users', 'list', ...more];
const env = { MEMHOLD_TOKEN: `${TOKEN}\n` };

describe('a server at an address', () => {
  it.each([
    ['its flag', ['--token', TOKEN], {}],
    ['the environment', [], env],
  ])('gets the token of %s, and no data folder is opened', async (_, flags, environment) => {
    answer = json(200, { users: [], total: 0, next: null });
    const { code, out, calls } = await run(list('--url', `${url}/`, ...flags), { env: environment });
    expect([code, calls]).toEqual([0, []]);
    expect(out).toMatch(/^NAME/);
    expect(seen.map(({ url: path, headers }) => [path, headers.authorization])).toEqual([
      ['/users?limit=1000', `Bearer ${TOKEN}`],
    ]);
  });

  it('below a path is asked there', async () => {
    answer = json(200, { users: [], total: 0, next: null });
    await run(list('--url', `${url}/memhold/`), { env });
    expect(seen[0]?.url).toBe('/memhold/users?limit=1000');
  });

  it.each([
    [401, 'unauthenticated', /does not accept this token \(any more\) — log in again/],
    [403, 'step_up_required', /older than ten minutes — log in again/],
    [403, 'permission_denied', /use the access token of an administrator's login/],
    [403, 'password_change_required', /words of the service/],
  ])('that answers %i %s is told of in words', async (status, code, words) => {
    answer = json(status, { code, detail: 'words of the service' });
    const result = await run(list('--url', url), { env });
    expect([result.code, result.out]).toEqual([1, '']);
    expect(result.err).toMatch(words);
    expect(result.err.split('\n')).toHaveLength(1);
  });

  it.each([
    [502, '<html>'],
    [500, '{}'],
    [404, '{"code": "\\u001b", "detail": "x"}'],
  ])('that answers %i without a reason is none of ours', async (status, text) => {
    answer = (_, response) => void response.writeHead(status).end(text);
    const { code, err } = await run(list('--url', url), { env });
    expect(code).toBe(1);
    expect(err).toBe(`memhold: the answer was ${status} without a reason — is this a memhold server?`);
  });

  it('does not get the token handed on by a redirect', async () => {
    answer = (_, response) => void response.writeHead(307, { location: `${url}/elsewhere` }).end();
    const { code, err } = await run(list('--url', url), { env });
    expect([code, seen.length]).toEqual([1, 1]);
    expect(err).toMatch(/leads elsewhere — give the address that it leads to$/);
  });

  it('that is not there is told of with what to do', async () => {
    await new Promise((resolve) => server.close(resolve));
    const { code, err } = await run(list('--url', url), { env });
    expect(code).toBe(1);
    expect(err).toBe(
      `memhold: ${url} cannot be reached (ECONNREFUSED) — is the address right, and does the server run?`,
    );
  });

  it('that answers without end fills no memory', async () => {
    const piece = Buffer.alloc(1 << 20, 'a');
    let sent = 0;
    answer = (_, response) => {
      const more = () => {
        while (sent < 1e9 && !response.destroyed) {
          sent += piece.length;
          if (!response.write(piece)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    };
    const { code, err } = await run(list('--url', url), { env });
    expect([code, err]).toEqual([1, expect.stringMatching(/answers more than fits/)]);
    expect(sent).toBeLessThan(3e8);
  });

  it('that breaks off is told of, without the token', async () => {
    answer = (request) => void request.socket.destroy();
    const { code, err } = await run(list('--url', url), { env: { ...env, MEMHOLD_LOG_LEVEL: 'debug' } });
    expect(code).toBe(1);
    expect(err).toMatch(/cannot be reached/);
    expect(err).not.toContain('SECRET');
  });
});

describe('the token never leaves in clear', () => {
  it.each([
    'http://example.org',
    'http://127.0.0.1.example.org',
    'http://10.0.0.1',
    'http://0.0.0.0:8002',
    'http://evil.localhost',
    'http://[::ffff:7f00:1]',
  ])('to %s', async (address) => {
    const { code, err } = await run(list('--url', address), { env });
    expect(code).toBe(2);
    expect(err).toMatch(/must begin with https:\/\//);
  });

  it.each(['ftp://x', 'example.org', '', 'https://u:pass@example.org', 'https://example.org/?a=b'])(
    'nor to %j, which is no address of a server',
    async (address) => {
      const { code, err } = await run(list('--url', address), { env });
      expect(code).toBe(2);
      expect(err).toMatch(/--url must be an address such as/);
      expect(err).not.toContain('pass@');
    },
  );

  it('nor into the error about a token that cannot be sent', async () => {
    const { code, err } = await run(list('--url', url, '--token', 'SECRET\u00e4 x'));
    expect([code, seen]).toEqual([2, []]);
    expect(err).toMatch(/copy the access_token again/);
    expect(err).not.toContain('SECRET');
  });
});

describe('contradictions are usage errors', () => {
  it.each([
    [['--url', 'https://example.org'], /needs an access token: set MEMHOLD_TOKEN/],
    [['--token', TOKEN], /--token is for a server/],
    [['--url', 'https://example.org', '--token', TOKEN, '--data-dir', 'd'], /name two stores/],
  ])('%j', async (flags, words) => {
    const { code, err, calls } = await run(list(...flags));
    expect([code, calls]).toEqual([2, []]);
    expect(err).toMatch(words);
    expect(err).not.toContain('SECRET');
  });
});
