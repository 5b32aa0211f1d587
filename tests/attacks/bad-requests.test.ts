import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Api, apiOf } from '../api.ts';
import { type Server, startServer } from '../server-process.ts';
import { Battery, expectMem0Error, expectProblem } from './refusals.ts';

const USER = 'bad-requests';
let server: Server;
let battery: Battery;
let open: Api;
let id: string;
beforeAll(async () => {
  server = await startServer();
  battery = new Battery(server);
  open = battery.counting(apiOf(server.url));
  id = (await battery.api('POST', '/memories', { content: 'the only one', user_id: USER })).body.id;
});

describe('ids', () => {
  const absurd = [
    'x',
    '0',
    '-1',
    'null',
    'undefined',
    'NaN',
    '*',
    '%2a',
    '[object Object]',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '01890000-0000-7000-8000-000000000000',
    '01890000-0000-7000-8000-00000000000',
    '01890000000070008000000000000000',
    '{01890000-0000-7000-8000-000000000000}',
    "1' OR '1'='1",
    '1;DROP TABLE memories',
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e%2fauth%2fme',
    '%00',
    '%0d%0aSet-Cookie:x=y',
    '%u0041',
    'x'.repeat(1000),
    'x'.repeat(5000),
    '😀',
    '__proto__',
    'constructor',
  ];
  test.each(absurd.map((text) => [text.slice(0, 40), text]))('%s is not found', async (_, text) => {
    const path = `/memories/${/^[%.\w-]+$/.test(text) ? text : encodeURIComponent(text)}`;
    const refused = path.includes('%u') ? [400] : [404];
    // A path beyond what the router takes may also be called too long.
    if (text.length > 1024) refused.push(400, 414);
    for (const method of ['GET', 'DELETE']) expectProblem(await battery.api(method, path), refused);
    expectProblem(await battery.api('PUT', path, { content: 'x' }), refused);
    if (text.length <= 1024 && !path.includes('%u')) {
      expectProblem(await battery.api('GET', `${path}/history`), 404);
      expectMem0Error(await battery.api('GET', `/v1${path}/`), 404);
    }
  });

  test('of other things than memories are no memories', async () => {
    const { body } = await battery.api('GET', '/v1/ping/');
    for (const other of [body.org_id, body.user_email]) {
      const answer = await battery.api('GET', `/memories/${encodeURIComponent(other)}`);
      expectProblem(answer, 404, 'not_found');
    }
  });

  test('are found percent-encoded, in capitals, and with doubled or trailing slashes', async () => {
    const encoded = [...id].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('');
    const ways = [encoded, id.toUpperCase(), `${id}/`].map((form) => `/memories/${form}`);
    for (const path of [...ways, `//memories//${id}`, `/memories///${id}//`]) {
      const answer = await battery.api('GET', path);
      expect([path, answer.status, answer.body.id]).toEqual([path, 200, id]);
    }
    expect((await battery.api('GET', `//v1//memories/${id}//`)).body.id).toBe(id);
  });

  test('a doubled slash leads past no check', async () => {
    for (const path of [
      '//memories',
      '/memories//',
      `//memories//${id}`,
      '//v1//ping//',
      '///auth//me',
      '//api-keys/',
    ])
      expect([path, (await open('GET', path)).status]).toEqual([path, 401]);
  });
});

describe('methods and paths', () => {
  test('a method that a path does not have', async () => {
    const wrong = [
      ['PATCH', '/memories'],
      ['PUT', '/memories'],
      ['DELETE', '/memories'],
      ['POST', `/memories/${id}`],
      ['PATCH', `/memories/${id}`],
      ['GET', '/auth/login'],
      ['POST', '/auth/me'],
      ['DELETE', '/health'],
      ['GET', '/v3/memories/add/'],
    ] as const;
    for (const [method, path] of wrong) {
      const body = method === 'GET' || method === 'DELETE' ? undefined : { content: 'x', user_id: USER };
      const answer = await battery.api(method, path, body);
      // GET /v3/memories/add/ is no memory of that name either.
      expectProblem(answer, [404, 405]);
    }
  });

  test('a path that is not there', async () => {
    for (const path of [
      '/nothing',
      '/memories/x/y/z',
      '/auth',
      '/.env',
      '/..%2f..%2fetc/passwd',
      '/memhold.db',
      '/admin',
    ])
      expectProblem(await battery.api('GET', path), 404);
  });

  test('percent signs that encode nothing', async () => {
    for (const path of ['/%', '/%zz', '/memories/%', '/memories/%c3%28', '/memories/%ff'])
      expectProblem(await battery.api('GET', path), [400, 404]);
  });

  /** What no HTTP library would send. */
  function raw(text: string): Promise<string> {
    const { hostname, port } = new URL(server.url);
    return new Promise((resolve) => {
      let answer = '';
      const socket = connect(Number(port), hostname, () => socket.write(text));
      socket.setTimeout(5000, () => socket.destroy());
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(answer));
    });
  }

  test('requests that are not HTTP', async () => {
    const key = `X-API-Key: ${server.apiKey}`;
    const smuggled = `POST /memories HTTP/1.1\r\nHost: x\r\n${key}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
    const broken = [
      'nonsense\r\n\r\n',
      'GET\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      `GET /memories HTTP/1.1\r\nHost: x\r\nX-Bad\u0001Header: 1\r\n${key}\r\n\r\n`,
      smuggled,
      `POST /memories HTTP/1.1\r\nHost: x\r\n${key}\r\nContent-Length: -5\r\n\r\n{}`,
      `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(100_000)}\r\n\r\n`,
    ];
    for (const text of broken) expect(await raw(text)).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});

describe('If-Match', () => {
  const malformed = [
    '1',
    '"one"',
    '""',
    'W/"1"',
    '"1',
    "'1'",
    '"1", "2"',
    '"-1"',
    '"1.0"',
    '"1e0"',
    '"9999999999"',
    '"*"',
    ' ',
  ];
  test.each(malformed)('%s is malformed', async (header) => {
    const headers = { 'if-match': header };
    const put = await battery.api('PUT', `/memories/${id}`, { content: 'changed' }, headers);
    expectProblem(put, 400, 'invalid_version');
    expectProblem(await battery.api('DELETE', `/memories/${id}`, undefined, headers), 400, 'invalid_version');
  });

  test.each(['"0"', '"2"', '"999999999"'])('%s is not the version', async (header) => {
    const headers = { 'if-match': header };
    const put = await battery.api('PUT', `/memories/${id}`, { content: 'changed' }, headers);
    expectProblem(put, 409, 'stale_version');
    expectProblem(await battery.api('DELETE', `/memories/${id}`, undefined, headers), 409, 'stale_version');
  });

  test('the version of the ETag is taken once', async () => {
    const made = await battery.api('POST', '/memories', { content: 'one', user_id: 'versions' });
    const path = `/memories/${made.body.id}`;
    const etag = (await battery.api('GET', path)).headers.get('etag')!;
    const first = await battery.api('PUT', path, { content: 'two' }, { 'if-match': etag });
    expect([first.status, first.body.version, first.headers.get('etag')]).toEqual([200, 2, '"2"']);
    const again = await battery.api('PUT', path, { content: 'three' }, { 'if-match': etag });
    expectProblem(again, 409, 'stale_version');
    expect((await battery.api('PUT', path, { content: 'four' }, { 'if-match': '*' })).status).toBe(200);
    expect((await battery.api('DELETE', path, undefined, { 'if-match': '"3"' })).status).toBe(200);
    expectProblem(await battery.api('PUT', path, { content: 'five' }), 404, 'not_found');
  });
});

test('all that was refused left nothing behind, and the server is well', async () => {
  const list = await battery.api('GET', `/memories?user_id=${USER}`);
  expect(list.body).toMatchObject({ total: 1, memories: [{ id, content: 'the only one', version: 1 }] });
  await battery.expectNothingElseStored();
});
