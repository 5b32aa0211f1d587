import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT, type Server, startServer } from '../server-process.ts';
import { Battery, expectMem0Error, expectProblem } from './refusals.ts';

const VECTORS = join(ROOT, '../shared/data/vectors/json/test_parsing');
const USER = 'bad-input';
const base = { content: 'a text', user_id: USER };

let server: Server;
let battery: Battery;
beforeAll(async () => {
  server = await startServer();
  battery = new Battery(server);
});

const post = (body: unknown, headers?: Record<string, string>) =>
  battery.api('POST', '/memories', body, headers);

describe('JSON', () => {
  test.skipIf(!existsSync(VECTORS))(
    'JSONTestSuite: what must not parse is refused, what must parse is read',
    async () => {
      const counts = { y: 0, n: 0, i: 0 };
      for (const name of readdirSync(VECTORS)) {
        const kind = name[0] as 'y' | 'n' | 'i';
        const bytes = readFileSync(join(VECTORS, name));
        counts[kind]++;
        const alone = await post(bytes);
        expect([name, alone.status]).toEqual([name, 400]);
        if (kind === 'n') expectProblem(alone, 400, /^invalid_(json|input)$/);
        // None of them is a memory, but one that parses is refused for what it is, not for its syntax.
        if (kind === 'y') expect([name, alone.body.code]).toEqual([name, 'invalid_input']);

        const inside = Buffer.concat([
          Buffer.from(`{"content":"${name}","user_id":"json","metadata":{"v":`),
          bytes,
          Buffer.from('}}'),
        ]);
        const answer = await post(inside);
        if (kind === 'n') expectProblem(answer, 400, 'invalid_json');
        if (answer.status === 201) {
          const read = await battery.api('GET', `/memories/${answer.body.id}`);
          const expected = JSON.parse(bytes.toString().replace(/^\ufeff/, ''));
          expect([name, JSON.stringify(read.body.metadata.v)]).toEqual([name, JSON.stringify(expected)]);
        } else expect([name, answer.status]).toEqual([name, 400]);
      }
      console.log(`JSONTestSuite: ${counts.y} y_, ${counts.n} n_, ${counts.i} i_`);
      expect(counts.y).toBeGreaterThan(90);
      expect(counts.n).toBeGreaterThan(180);
    },
  );
  if (!existsSync(VECTORS)) console.warn(`skipped: no JSONTestSuite in ${VECTORS}`);

  test.each([
    '',
    ' ',
    '{',
    '{"content":',
    '{"content":"x"',
    "{'content':'x'}",
    'null',
    '[]',
    '"x"',
    '1',
    'undefined',
  ])('the body %j is refused', async (body) =>
    expectProblem(await post(body), 400, /^invalid_(json|input)$/),
  );

  test('bytes that are not UTF-8 are refused, not replaced', async () => {
    for (const bad of [
      [0xff],
      [0xc3, 0x28],
      [0xed, 0xa0, 0x80],
      [0xc0, 0xaf],
      [0xf5, 0x80, 0x80, 0x80],
      [0xe2, 0x82],
    ]) {
      const body = Buffer.concat([
        Buffer.from(`{"user_id":"${USER}","content":"a`),
        Buffer.from(bad),
        Buffer.from('"}'),
      ]);
      expectProblem(await post(body), 400, 'invalid_json');
    }
  });

  test('another content type is refused', async () => {
    const body = JSON.stringify(base);
    const kinds = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/xml',
      'multipart/form-data',
      'nonsense',
    ];
    for (const kind of kinds)
      expectProblem(await post(body, { 'content-type': kind }), 415, 'unsupported_media_type');
  });
});

/** A NUL, and halves of surrogate pairs, as JSON can carry them. */
const UNSTORABLE = ['a\u0000b', '\u0000', '\ud800', '\udc00x', 'x\ud83d', '\udc00\ud800'];

describe('texts that cannot be kept as they are', () => {
  test.each(['content', 'user_id', 'agent_id', 'app_id', 'run_id', 'thread_id', 'speaker', 'role'])(
    'NUL and lone surrogates in %s',
    async (field) => {
      for (const text of UNSTORABLE)
        expectProblem(await post({ ...base, [field]: text }), 400, 'invalid_input');
    },
  );

  test('NUL and lone surrogates in metadata, at any depth, in keys too', async () => {
    for (const text of UNSTORABLE)
      for (const metadata of [
        { a: text },
        { [text]: 1 },
        { a: [{ b: [text] }] },
        { a: { b: { [text]: null } } },
      ])
        expectProblem(await post({ ...base, metadata }), 400, 'invalid_input');
  });

  test('NUL and lone surrogates in searches, filters and the mem0 door', async () => {
    const { api } = battery;
    for (const text of UNSTORABLE) {
      expectProblem(await api('POST', '/memories/search', { query: text, user_id: USER }), 400);
      const messages = [{ role: 'user', content: text }];
      expectMem0Error(await api('POST', '/v3/memories/add/', { messages, user_id: USER, infer: false }), 400);
      expectMem0Error(
        await api('POST', '/v3/memories/search/', { query: text, filters: { user_id: USER } }),
        400,
      );
    }
    expectProblem(await api('GET', `/memories?user_id=${USER}%00`), 400);
  });
});

describe('sizes', () => {
  const limit = 64 * 1024;

  test('a text at the limit is stored, one byte more is not', async () => {
    expect((await post({ ...base, user_id: 'large', content: 'x'.repeat(limit) })).status).toBe(201);
    expectProblem(await post({ ...base, content: 'x'.repeat(limit + 1) }), 413, 'text_too_large');
    // Bytes count, not characters.
    expect((await post({ ...base, user_id: 'large', content: 'é'.repeat(limit / 2) })).status).toBe(201);
    expectProblem(await post({ ...base, content: 'é'.repeat(limit / 2 + 1) }), 413, 'text_too_large');
    const made = await post({ ...base, user_id: 'large', content: 'short' });
    const grown = await battery.api('PUT', `/memories/${made.body.id}`, { content: 'x'.repeat(limit + 1) });
    expectProblem(grown, 413, 'text_too_large');
  });

  test('one too large text among many on the mem0 door stores none of them', async () => {
    const messages = [
      { role: 'user', content: 'fits' },
      { role: 'user', content: 'x'.repeat(limit + 1) },
    ];
    const answer = await battery.api('POST', '/v3/memories/add/', { messages, user_id: USER, infer: false });
    expectMem0Error(answer, 413, 'text_too_large');
    const list = await battery.api('GET', `/memories?user_id=${USER}`);
    expect(list.body.total).toBe(0);
  });

  test('a body beyond a megabyte is refused before it is read', async () => {
    const padding = 'x'.repeat(1024 * 1024);
    expectProblem(await post({ ...base, content: padding }), 413, 'body_too_large');
    const mem0 = await battery.api('POST', '/v3/memories/add/', { messages: padding, user_id: USER });
    expectMem0Error(mem0, 413, 'body_too_large');
  });

  test('a stream without end is cut off', async () => {
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        if (sent > 100 * 1024 * 1024) controller.close();
        else controller.enqueue(new Uint8Array(65_536).fill(32));
      },
    });
    const headers = { 'content-type': 'application/json', 'x-api-key': server.apiKey };
    const request = fetch(`${server.url}/memories`, { method: 'POST', body, headers, duplex: 'half' });
    const status = await request.then(
      (response) => response.status,
      () => 'cut off',
    );
    expect([413, 'cut off']).toContain(status);
    expect(sent).toBeLessThan(20 * 1024 * 1024);
  });

  test('too many or too long pieces', async () => {
    const long = 'x'.repeat(129);
    const wrong = [
      { user_id: long },
      { agent_id: long },
      { thread_id: long },
      { speaker: long },
      { role: 'x'.repeat(33) },
      { categories: Array(21).fill('c') },
      { categories: ['x'.repeat(101)] },
      { metadata: { big: 'x'.repeat(17_000) } },
      { metadata: Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`key${i}`, i])) },
    ];
    for (const fields of wrong) expectProblem(await post({ ...base, ...fields }), 400, 'invalid_input');
    const searches = [{ query: 'x'.repeat(8193) }, { query: 'x', top_k: 1001 }, { query: 'x', top_k: 1e9 }];
    for (const fields of searches)
      expectProblem(await battery.api('POST', '/memories/search', { user_id: USER, ...fields }), 400);
  });
});

describe('nesting and keys with a meaning to JavaScript', () => {
  test.each([9, 100, 5000, 100_000])('metadata nested %i levels deep is refused', async (depth) => {
    for (const [open, close] of [
      ['{"a":', '}'],
      ['[', ']'],
    ] as const) {
      const nested = `${open.repeat(depth)}1${close.repeat(depth)}`;
      const body = `{"content":"x","user_id":"${USER}","metadata":{"v":${nested}}}`;
      expectProblem(await post(body), 400);
      const filters = `{"query":"x","user_id":"${USER}","filters":${'{"NOT":'.repeat(depth)}{}${'}'.repeat(depth)}}`;
      if (filters.length < 1024 * 1024)
        expectProblem(await battery.api('POST', '/memories/search', filters), 400);
      const mem0 = `{"messages":"x","user_id":"${USER}","metadata":{"v":${nested}}}`;
      expectMem0Error(await battery.api('POST', '/v3/memories/add/', mem0), 400);
    }
  });

  test('__proto__ and constructor.prototype are refused wherever they stand', async () => {
    const evil = ['"__proto__":{"polluted":true}', '"constructor":{"prototype":{"polluted":true}}'];
    for (const member of evil) {
      expectProblem(await post(`{"content":"x","user_id":"${USER}",${member}}`), 400);
      expectProblem(await post(`{"content":"x","user_id":"${USER}","metadata":{${member}}}`), 400);
      expectProblem(await post(`{"content":"x","user_id":"${USER}","metadata":{"a":[{${member}}]}}`), 400);
      const search = `{"query":"x","user_id":"${USER}","filters":{"metadata":{${member}}}}`;
      expectProblem(await battery.api('POST', '/memories/search', search), 400);
    }
    const escaped = `{"content":"x","user_id":"${USER}","metadata":{"\\u005f_proto__":{"polluted":true}}}`;
    expectProblem(await post(escaped), 400);
  });

  test('harmless names of Object.prototype are kept as metadata and as nothing else', async () => {
    const metadata = { constructor: 'Ford', toString: 'x', hasOwnProperty: 1, valueOf: null };
    const made = await post({ content: 'names', user_id: 'names', metadata });
    expect(made.status).toBe(201);
    expect((await battery.api('GET', `/memories/${made.body.id}`)).body.metadata).toEqual(metadata);
    const plain = await post({ content: 'plain', user_id: 'names' });
    expect((await battery.api('GET', `/memories/${plain.body.id}`)).text).not.toMatch(/polluted/);
    for (const key of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      const search = await battery.api(
        'POST',
        '/memories/search',
        `{"query":"names","user_id":"names","filters":{"${key}":"x"}}`,
      );
      expectProblem(search, 400);
    }
  });

  test('a field given twice does not get past a check', async () => {
    const body = `{"content":"x","user_id":"${USER}","content":"${'y'.repeat(64 * 1024 + 1)}"}`;
    expectProblem(await post(body), 413, 'text_too_large');
  });
});

test('all that was refused left nothing behind, and the server is well', () =>
  battery.expectNothingElseStored());
