import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type AuditEvent, printableJson } from './audit-events.ts';
import { type Answers, operatorOf, problem, run } from './testing/run.ts';

const ID = '01890000-0000-7000-8000-000000000001';
const event = (id: number, more: Partial<AuditEvent> = {}): AuditEvent => ({
  id,
  timestamp: '2026-11-22T10:11:12.345Z',
  severity: 'info',
  event_type: 'memory.retrieved',
  actor_kind: 'api_key',
  user_id: ID,
  username: 'ada',
  ip_address: '192.0.2.1',
  resource_type: 'memory',
  resource_ids: ['m-1'],
  request_id: `request-${id}`,
  success: true,
  error_code: null,
  ...more,
});
const page = (logs: AuditEvent[], next: string | null = null, request_id = 'own') => ({
  logs,
  total: 1234,
  offset: 0,
  limit: 100,
  next,
  request_id,
});
const alice = { id: ID, username: 'alice' };

async function on(answers: Answers, argv: string[], more: Parameters<typeof run>[1] = {}) {
  const operator = operatorOf(answers);
  const result = await run(['audit', ...argv], {
    ...more,
    server: { openOperatorAccess: operator.openOperatorAccess },
  });
  expect(operator.left()).toBe(0);
  return { ...result, asked: operator.asked.map(([, path]) => path) };
}

const LAST_DAY = 'GET /audit/logs?hours=24&limit=100';

describe('audit query', () => {
  it('shows a table, how much there is, and the way to more', async () => {
    const failed = event(1, {
      success: false,
      error_code: 'invalid_credentials',
      severity: 'warning',
      event_type: 'auth.login.failed',
      user_id: null,
      username: null,
      actor_kind: 'anonymous',
      ip_address: null,
      resource_type: 'account',
      resource_ids: [],
    });
    const several = event(2, { username: null, resource_ids: ['m-1', 'm-2', 'm-3'] });
    const { code, out, err } = await on({ [LAST_DAY]: page([several, failed], 'c-1') }, ['query']);
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['TIME (UTC)', 'SEVERITY', 'TYPE', 'USER', 'ADDRESS', 'RESOURCE', 'RESULT'],
      ['2026-11-22 10:11:12', 'info', 'memory.retrieved', ID, '192.0.2.1', 'memory ×3', 'ok'],
      [
        '2026-11-22 10:11:12',
        'warning',
        'auth.login.failed',
        'anonymous',
        '-',
        'account',
        'invalid_credentials',
      ],
    ]);
    expect(err).toBe('2 of 1,234 events; more with --cursor c-1');
    const none = await on({ [LAST_DAY]: page([]) }, ['query']);
    expect([none.code, none.out, none.err]).toEqual([
      0,
      '',
      'No events match: widen the filters, or --hours.',
    ]);
  });

  it('asks for exactly what the options say', async () => {
    const options = ['--hours', '720', '--limit', '5', '--cursor', 'c&d', '--type', 'auth.logout'];
    const all = [...options, '--severity', 'error', '--failed', '--namespace', 'n', '--security'];
    const asked = `/audit/logs/security?hours=720&limit=5&cursor=c%26d&event_type=auth.logout&severity=error&success=false&namespace=n`;
    expect((await on({ [`GET ${asked}`]: page([]) }, ['query', ...all])).asked).toEqual([asked]);
  });

  it('finds a user by name', async () => {
    const path = `/audit/logs/user/${ID}?hours=24&limit=100`;
    const answers = { 'GET /auth/users/alice': alice, [`GET ${path}`]: page([event(1)]) };
    const { code, asked } = await on(answers, ['query', '--user', 'alice']);
    expect([code, asked.at(-1)]).toEqual([0, path]);
    const nobody = await on({}, ['query', '--user', 'bob']);
    expect([nobody.code, nobody.err]).toEqual([
      1,
      'memhold: there is no user "bob" — see memhold users list',
    ]);
  });

  it('says why the service refused, and what is used wrongly', async () => {
    const path = 'GET /audit/logs?hours=721&limit=100';
    const refused = problem(400, 'invalid_input', 'hours: must be a whole number from 1 to 720');
    const { code, err } = await on({ [path]: refused }, ['query', '--hours', '721']);
    expect([code, err]).toEqual([1, 'memhold: hours: must be a whole number from 1 to 720']);
    for (const wrong of [
      ['--severity', 'fatal'],
      ['--user', 'a', '--security'],
      ['--token', 't'],
    ])
      expect((await on({}, ['query', ...wrong])).code, wrong.join(' ')).toBe(2);
    expect((await run(['audit', 'query', '--help'])).out).toMatch(/Examples:\n {2}memhold audit query/);
  });

  it('has colours in a terminal only', async () => {
    const answers = { [LAST_DAY]: page([event(1, { severity: 'critical' }), event(0)]) };
    const plain = await on(answers, ['query']);
    const { out } = await on(answers, ['query'], { colours: true });
    expect(plain.out).not.toContain('\u001b');
    expect(out.split('\n')[1]).toMatch(/^\u001b\[35m/);
    expect(stripVTControlCharacters(out)).toBe(plain.out);
  });
});

const HOSTILE = 'a\r\nb\u001b[2J\u009b31m\u202ec\u200ed\u061ce\u2028f\u0007\u0000';

describe('text of others', () => {
  const hostile = event(1, { username: HOSTILE, ip_address: HOSTILE, error_code: HOSTILE, success: false });
  const RAW = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

  it.each([
    ['query', ['query'], LAST_DAY],
    ['query --json', ['query', '--json'], LAST_DAY],
    ['tail', ['tail'], 'GET /audit/logs?hours=720&limit=20'],
    ['tail --json', ['tail', '--json'], 'GET /audit/logs?hours=720&limit=20'],
  ])('stays one line of an event, and moves no terminal: %s', async (name, argv, path) => {
    const { out } = await on({ [path]: page([hostile, event(0)]) }, argv);
    expect(out).not.toMatch(RAW);
    expect(out.split('\n')).toHaveLength({ query: 3, tail: 2, 'tail --json': 2 }[name] ?? 1);
    if (name === 'query --json') expect(JSON.parse(out)).toEqual(page([hostile, event(0)]));
    if (name === 'tail --json') expect(JSON.parse(out.split('\n')[1]!)).toEqual(hostile);
  });

  it('is the same text again once its JSON is parsed', () => {
    expect(JSON.parse(printableJson({ text: HOSTILE }))).toEqual({ text: HOSTILE });
  });
});

describe('audit tail', () => {
  const FIRST = 'GET /audit/logs?hours=720&limit=2';
  const idsOf = (out: string) => out.split('\n').map((line) => (JSON.parse(line) as AuditEvent).id);

  it('shows the newest events, the newest last, and ends', async () => {
    const answers = { [FIRST]: page([event(8), event(7)], 'c') };
    const { code, out } = await on(answers, ['tail', '-n', '2', '--json']);
    expect([code, idsOf(out)]).toEqual([0, [7, 8]]);
  });

  it('follows: every event once, in order, without what it asked itself', async () => {
    let end: () => void = () => undefined;
    const stop = new Promise<void>((resolve) => {
      end = resolve;
    });
    const more = 'GET /audit/logs?hours=720&limit=1000&after=';
    const own = (id: number, request_id: string) => event(id, { event_type: 'audit.listed', request_id });
    const answers = {
      [FIRST]: page([event(8), event(7)], 'c', 'q-1'),
      // Two pages, the older events on the second one.
      [`${more}8`]: page([event(12), event(11)], 'c-2', 'q-2'),
      [`${more}8&cursor=c-2`]: page([own(10, 'somebody else'), own(9, 'q-1')], null, 'q-3'),
      [`${more}12`]: () => {
        end();
        return page([event(15), own(14, 'q-3'), own(13, 'q-2')], null, 'q-4');
      },
    };
    const { code, out } = await on(answers, ['tail', '-f', '-n', '2', '--json'], { stop });
    expect([code, idsOf(out)]).toEqual([0, [7, 8, 10, 11, 12, 15]]);
  });
});
