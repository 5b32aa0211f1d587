import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { exportLog, verifyLog } from '../audit-log.ts';
import { memhold, ROOT, type Server, settingsFor } from '../server-process.ts';
import { type Person, startWithAdmin } from './cast.ts';
import { rawCall } from './raw-call.ts';

const BLNS = join(ROOT, '../shared/data/vectors/strings/blns.json');
const found = existsSync(BLNS);
if (!found) console.warn(`skipped: no list of naughty strings at ${BLNS}`);
const naughty: string[] = found ? JSON.parse(readFileSync(BLNS, 'utf8')) : [];
const forged = '{"index":0,"leaf":"AAAA","event":{"type":"system.startup"}}';

/** What a log, a terminal or a spreadsheet could take for something else. */
const texts = [
  'two\r\nlines',
  `x\r\n${forged}`,
  `x\n2026-11-22 10:11:12  info  auth.login.success  admin  192.0.2.1  account  ok`,
  '\u001b[2J\u001b[H\u001b[31mred\u001b[0m',
  '\u001b]0;title\u0007\u001b]8;;http://evil.example\u001b\\link',
  '\u009b31mC1\u009d0;title\u009c',
  'abc\b\b\bxyz\rover\u007f',
  '\u202eresu\u202c \u2066isolated\u2069 \u200emark\u200f \u061c',
  'line\u2028paragraph\u2029',
  'zero\u200bwidth\ufeff\u2060\u2063',
  '=cmd|"/c calc"!A1',
  '"},"severity":"debug","success":true,"time":0,"type":"auth.login.success","v":1}',
  '","private":{"username":"admin"},"salt":"AAAA"}',
  '%0d%0a%1b[31m %s %n {{7*7}}',
  'x'.repeat(200),
];
const SAMPLE = process.env.MEMHOLD_TEST_LONG ? 1 : 10;
const names = [...texts, ...naughty.filter((_, index) => index % SAMPLE === 0)];

/** What may reach no terminal and no line of a log as it is. */
const RAW = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
const expectPlain = (text: string) => expect(RAW.exec(text)?.[0]).toBeUndefined();

interface Told {
  id: number;
  event_type: string;
  request_id: string;
  username: string | null;
  user_agent: string | null;
  request_path: string | null;
}

let server: Server;
let admin: Person;
let clients = 0;
beforeAll(async () => {
  const own = await startWithAdmin({ MEMHOLD_TRUSTED_PROXIES: '127.0.0.1' });
  [server, admin] = [own.server, own.admin];
});

/** Each from an address of its own, so that no attempt locks another one out. */
const forwarded = () => {
  clients++;
  return { 'x-forwarded-for': `10.${clients >> 16}.${(clients >> 8) & 255}.${clients & 255}` };
};

/** Events of the API by the request that they tell of. */
async function byRequest(event_type: string): Promise<Map<string, Told[]>> {
  const events: Told[] = [];
  // Refusals are recorded after their answer. The query's own event comes after them, and before its answer.
  await admin.api('GET', '/audit/statistics');
  for (let cursor = ''; ; ) {
    const path = `/audit/logs?limit=1000&event_type=${event_type}${cursor}`;
    const { status, body, text } = await admin.api('GET', path);
    expect([status, text.includes('\n')]).toEqual([200, false]);
    events.push(...body.logs);
    if (body.next === null) break;
    cursor = `&cursor=${body.next}`;
  }
  const map = new Map<string, Told[]>();
  for (const event of events) map.set(event.request_id, [...(map.get(event.request_id) ?? []), event]);
  return map;
}

/** Sent as it is, whatever a client of HTTP would say to it. */
function sent(bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    socket.setEncoding('latin1').on('data', (part) => {
      answer += part;
    });
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}

const counts = { names: 0, agents: 0, paths: 0, bytes: 0 };

describe('text of an attacker stays in its own event', () => {
  test('user names that nobody has', async () => {
    const tried = new Map<string, string>();
    const waiting = [...names];
    const worker = async () => {
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        const { status, body } = await rawCall(server.url, {
          method: 'POST',
          path: '/auth/login',
          headers: forwarded(),
          body: JSON.stringify({ username: name, password: 'Wrong-Horse-6' }),
        });
        expect([name, [400, 401].includes(status)]).toEqual([name, true]);
        if (status === 401) tried.set(body.request_id, name);
      }
    };
    await Promise.all([worker(), worker()]);
    const told = await byRequest('auth.login.failed');
    for (const [request, name] of tried)
      expect(told.get(request)?.map(({ username }) => username)).toEqual([name]);
    counts.names = tried.size;
    expect(counts.names).toBeGreaterThan(10);
  });

  test('user agents, in every byte that a header may have', async () => {
    const tried = new Map<string, string>();
    for (const text of [...texts, ...naughty]) {
      const agent = Buffer.from(text)
        .toString('latin1')
        .replace(/[\x00-\x08\x0a-\x1f\x7f]/g, '')
        .trim();
      if (agent === '') continue;
      const { status, body } = await rawCall(server.url, {
        method: 'GET',
        path: '/users',
        headers: { 'x-api-key': server.apiKey, 'user-agent': agent },
      });
      expect([agent, status]).toEqual([agent, 403]);
      tried.set(body.request_id, agent);
    }
    const told = await byRequest('authz.access.denied');
    for (const [request, agent] of tried)
      expect(told.get(request)?.map(({ user_agent }) => user_agent)).toEqual([agent.slice(0, 512)]);
    counts.agents = tried.size;
    expect(counts.agents).toBeGreaterThan(10);
  });

  test('paths', async () => {
    const tried = new Map<string, string>();
    for (const text of [...texts, ...naughty].filter((one) => one.isWellFormed())) {
      const path = `/users/${encodeURIComponent(text)}`;
      const { status, body } = await rawCall(server.url, {
        method: 'GET',
        path,
        headers: { 'x-api-key': server.apiKey },
      });
      expect([path, [400, 403, 404].includes(status)]).toEqual([path, true]);
      if (status === 403) tried.set(body.request_id, path);
    }
    const told = await byRequest('authz.access.denied');
    for (const [request, path] of tried)
      expect(told.get(request)?.map(({ request_path }) => request_path)).toEqual([path.slice(0, 512)]);
    counts.paths = tried.size;
    expect(counts.paths).toBeGreaterThan(10);
  });

  test('bytes that no client would send become no event of their own', async () => {
    const head = (line: string) =>
      Buffer.from(
        `GET /users HTTP/1.1\r\nhost: x\r\nx-api-key: ${server.apiKey}\r\nuser-agent: ${line}\r\nconnection: close\r\n\r\n`,
        'latin1',
      );
    const before = (await byRequest('authz.access.denied')).size;
    let admitted = 0;
    for (const line of [
      'a\u001b[31mb',
      'a\0b',
      'a\rb',
      'a\nb',
      'a\r\n folded',
      'a\u0007',
      `a\r\n${forged}`,
    ]) {
      const answer = await sent(head(line));
      expect([line, /^HTTP\/1\.1 (400|403) /.test(answer)]).toEqual([line, true]);
      if (answer.startsWith('HTTP/1.1 403')) admitted++;
      counts.bytes++;
    }
    const after = await byRequest('authz.access.denied');
    expect(after.size).toBe(before + admitted);
    expect([...after.values()].every((events) => events.length === 1)).toBe(true);
  });
});

describe('and in whatever shows it', () => {
  const audit = (...args: string[]) => memhold(['audit', ...args], settingsFor(server.dataDir));

  test('the table has one line an event, and nothing that a terminal obeys', async () => {
    const { code, output, errors } = await audit('query', '--limit', '1000', '--type', 'auth.login.failed');
    expect([code, errors]).toEqual([
      0,
      expect.stringMatching(`^${counts.names} of ${counts.names} events\n`),
    ]);
    const [head, ...lines] = output.trimEnd().split('\n');
    expect(head).toMatch(/^TIME \(UTC\) +SEVERITY +TYPE +USER +ADDRESS +RESOURCE +RESULT$/);
    expect(lines).toHaveLength(counts.names);
    for (const line of lines) {
      expect(line).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}warning {3}auth\.login\.failed {2}/);
      expectPlain(line);
    }
    const tail = await audit('tail', '-n', String(counts.names), '--type', 'auth.login.failed');
    expect(tail.output.trimEnd().split('\n')).toHaveLength(counts.names);
    expectPlain(tail.output);
  });

  test('its JSON is one line, plain, and gives the texts back', async () => {
    const { output } = await audit('query', '--limit', '1000', '--type', 'auth.login.failed', '--json');
    expect(output.trimEnd()).not.toContain('\n');
    expectPlain(output);
    const { body } = await admin.api('GET', '/audit/logs?limit=1000&event_type=auth.login.failed');
    expect(JSON.parse(output).logs).toEqual(body.logs);
  });

  test('the export has one line an event, and still verifies', async () => {
    const { body } = await admin.api('GET', '/audit/logs?hours=720&limit=1');
    const { file, key, size } = await exportLog(server.dataDir);
    const text = readFileSync(file, 'utf8');
    expectPlain(text);
    const leaves = text.split('\n').filter((line) => line.startsWith('{"index":'));
    expect(leaves).toHaveLength(size);
    expect(size).toBeGreaterThanOrEqual(body.total);
    const { code, report } = await verifyLog(file, { key });
    expect([code, report.problems]).toEqual([0, []]);
    const { names, agents, paths, bytes } = counts;
    console.info(
      `${names} names, ${agents} user agents, ${paths} paths, ${bytes} raw requests: one event each`,
    );
  });
});
