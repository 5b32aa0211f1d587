// What becomes old: expired memories, legal holds and removed events, on real servers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyOf, made, newPerson, type Person, startWithAdmin, teamOf } from './attacks/cast.ts';
import { exportedEvents, exportLog, verifyLog } from './audit-log.ts';
import { memhold, type Server, settingsFor } from './server-process.ts';

const retention = { MEMHOLD_AUDIT_RETENTION: 'reads=1d,security=30d' };
const TEXT = 'the marmalade of yesterday';

let server: Server;
let admin: Person;
let ada: Person;
let bob: Person;
beforeAll(async () => {
  ({ server, admin } = await startWithAdmin(retention));
  ada = await newPerson(server, 'ada');
  bob = await newPerson(server, 'bob');
});
afterAll(() => server.stop());

/** A memory whose last day is long over: only a change can bring one into that state. */
async function expired(by: Person): Promise<string> {
  const { id } = await made(by.api('POST', '/memories', { content: TEXT }));
  await made(by.api('PUT', `/memories/${id}`, { expires_on: '2020-01-01' }));
  return id;
}
const run = (by: Person, body: object = {}) => by.api('POST', '/policies/run', body);
const history = async (by: Person, id: string) => (await by.api('GET', `/memories/${id}/history`)).text;

const OF_A_NAMESPACE = ['memory-expiry', 'original-expiry', 'event-expiry', 'scan-expiry'];

describe('memory-expiry', () => {
  test('ends what is over in the namespace of whoever runs it, and nowhere else', async () => {
    const mine = await expired(ada);
    const stays = (await made(ada.api('POST', '/memories', { content: TEXT, expires_on: '2999-01-01' }))).id;
    const others = await expired(bob);
    expect(await history(ada, mine)).toContain(TEXT);
    const { status, body } = await run(ada);
    expect([status, body]).toEqual([
      200,
      {
        ran_at: expect.any(String),
        policies: {
          'memory-expiry': { ended: 1, complete: true },
          'original-expiry': { dropped: 0, complete: true },
          'event-expiry': { dropped: 0, complete: true },
          'scan-expiry': { reports: 0, overrides: 0, complete: true },
        },
      },
    ]);
    expect((await ada.api('GET', `/memories/${mine}`)).status).toBe(404);
    expect(await history(ada, mine)).not.toContain(TEXT);
    expect((await ada.api('GET', `/memories/${stays}`)).body.content).toBe(TEXT);
    expect((await bob.api('GET', `/memories/${others}`)).body.content).toBe(TEXT);

    expect((await run(admin, { policies: ['memory-expiry'] })).body.policies).toEqual({
      'memory-expiry': { ended: 1, complete: true },
    });
    expect(await history(bob, others)).not.toContain(TEXT);
    const found = await ada.api('POST', '/memories/search', { query: 'marmalade' });
    expect(found.body.results ?? found.body.memories).toHaveLength(1);
  });

  test('is told in the log by whom it was run, with the deletions', async () => {
    const { file } = await exportLog(server.dataDir);
    const events = exportedEvents(file) as (ReturnType<typeof exportedEvents>[number] &
      Record<string, unknown>)[];
    const deleted = events.filter(({ type }) => type === 'memory.deleted');
    expect(deleted.map(({ actor }) => (actor as { id: string }).id)).toEqual([ada.id, admin.id]);
    const ran = events.filter(({ type }) => type === 'policy.executed');
    expect(ran.map(({ action, namespace }) => [action, namespace])).toEqual([
      ['memory-expiry', ada.namespace],
      ['original-expiry', ada.namespace],
      ['event-expiry', ada.namespace],
      ['scan-expiry', ada.namespace],
      ['memory-expiry', undefined],
    ]);
  });
});

describe('who may run what', () => {
  test('what concerns the whole server is for its administrators, and a refusal runs nothing', async () => {
    const mine = await expired(ada);
    const refused = await run(ada, { policies: ['memory-expiry', 'audit-retention'] });
    expect([refused.status, refused.body.code]).toEqual([403, 'permission_denied']);
    expect((await ada.api('GET', `/memories/${mine}`)).status).toBe(200);
    const team = await teamOf(server, bob);
    expect((await run(team.admin, { policies: ['audit-retention'] })).status).toBe(403);
    expect(Object.keys((await run(team.admin)).body.policies)).toEqual(OF_A_NAMESPACE);
    expect((await ada.api('GET', `/memories/${mine}`)).status).toBe(200);
    const key = await keyOf(server, ada.api);
    expect((await key.api('POST', '/policies/run', {})).status).toBe(403);
  });

  test('the list shows each what they may run, with its settings', async () => {
    const { policies } = (await ada.api('GET', '/policies')).body;
    expect(policies.map(({ name }: { name: string }) => name)).toEqual(OF_A_NAMESPACE);
    const all = (await admin.api('GET', '/policies')).body.policies;
    expect(all.at(-1)).toMatchObject({
      name: 'audit-retention',
      scope: 'server',
      schedule: 'hourly',
      settings: { kept_days: { reads: 1, security: 30 } },
    });
    expect(all[0].last_run.result).toEqual({ ended: 1, complete: true });
    expect(JSON.stringify(policies)).not.toContain('ended');
  });

  test.each([
    [{ policies: [] }, 'policies'],
    [{ policies: ['everything'] }, 'policies.0'],
    [{ policies: 'memory-expiry' }, 'policies'],
    [{ policy: 'memory-expiry' }, ''],
  ])('%j is refused', async (body, path) => {
    const { status, body: answer } = await run(ada, body);
    expect([status, answer.code, answer.errors[0].path]).toEqual([400, 'invalid_input', path]);
  });
});

describe('legal holds', () => {
  test('are placed, listed and lifted, each an event; the second time there is none to lift', async () => {
    const placed = await admin.api('POST', '/audit/holds', { reason: 'case 7', user_id: ada.id });
    expect(placed.status).toBe(201);
    const { id } = placed.body;
    expect((await admin.api('GET', '/audit/holds')).body.holds).toEqual([placed.body]);
    const lift = () => admin.api('POST', `/audit/holds/${id}/lift`, { reason: 'case closed' });
    expect((await lift()).body).toMatchObject({
      ...placed.body,
      lift_reason: 'case closed',
      lifted_at: expect.any(String),
      lifted_by: admin.id,
    });
    expect([(await lift()).status, (await lift()).body.code]).toEqual([404, 'not_found']);
    const { file } = await exportLog(server.dataDir);
    const told = exportedEvents(file).filter(({ type }) => type.startsWith('audit.hold'));
    expect(told.map(({ type, resource }) => [type, resource!.ids])).toEqual([
      ['audit.hold.placed', [id]],
      ['audit.hold.lifted', [id]],
    ]);
    expect(readFileSync(file, 'utf8')).toContain('case 7');
  });

  test('are no business of users', async () => {
    expect((await ada.api('POST', '/audit/holds', { reason: 'mine' })).status).toBe(403);
    expect((await ada.api('GET', '/audit/holds')).status).toBe(403);
    const first = (await admin.api('GET', '/audit/holds')).body.holds[0];
    const refused = await ada.api('POST', `/audit/holds/${first.id}/lift`, { reason: 'mine' });
    expect(refused.text).not.toContain('case 7');
  });

  test('the command line does the same, on the running server', async () => {
    const settings = settingsFor(server.dataDir, retention);
    const shell = async (...args: string[]) => {
      const { code, output, errors } = await memhold(args, settings);
      expect([code, errors]).toEqual([0, '']);
      return output.trimEnd();
    };
    const placed = await shell('audit', 'hold', 'place', '--reason', 'case 8', '--user', 'ada');
    const [, id] = /^Hold (\S+) is in force: it keeps every event of user (\S+)\.$/.exec(placed) ?? [];
    expect(placed).toContain(ada.id);
    expect(await shell('audit', 'hold', 'list')).toMatch(new RegExp(`^${id} .* in force .* case 8$`, 'm'));
    expect(await shell('policies', 'run', 'audit-retention')).toBe(
      'audit-retention: 0 removed, 0 held, 0 damaged',
    );
    expect(await shell('audit', 'hold', 'lift', id!, '--reason', 'closed')).toBe(`Hold ${id} is lifted.`);
    expect(await shell('audit', 'hold', 'list')).not.toContain('in force');
    expect(await shell('policies', 'run')).toMatch(
      /^memory-expiry: \d+ ended\noriginal-expiry: 0 dropped\nevent-expiry: 0 dropped\n/,
    );
  });
});

test('a log without anything that is over verifies as before', async () => {
  const { file, key } = await exportLog(server.dataDir);
  const { code, report } = await verifyLog(file, { key });
  expect([code, report.ok, report.problems]).toEqual([0, true, []]);
});

test.each([
  ['reads=1d,reads=2d', /names reads twice/],
  ['evidence=1d', /list classes with days/],
])('a server does not start with the retention %j', async (setting, words) => {
  const settings = settingsFor(join(server.dataDir, '..', 'other'), { MEMHOLD_AUDIT_RETENTION: setting });
  const { code, errors } = await memhold(['serve'], { ...settings, MEMHOLD_PORT: '0' });
  expect([code, errors]).toEqual([1, expect.stringMatching(words)]);
});
