import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scanErasure } from './erasure.ts';
import { findingLike, reportLike } from './testing/reports.ts';
import { ADA, actorIn, BOB, EVE, KEY, type ScanApp, scanApp } from './testing/scan-app.ts';

/** Of a form that the screen is sure of. */
const ACCESS_KEY = `AKIA${'Q3EGRWKYVUZ7NDB2'}`;
const COMMIT = 'a'.repeat(40);

let app: ScanApp;
beforeEach(async () => {
  app = await scanApp();
});
afterEach(() => app.close());

const submit = (report: object, by = KEY) => app.call(by, 'POST', '/scans', report);
const high = () => reportLike({ findings: [findingLike('high')], commit: COMMIT });

describe('a report', () => {
  it('is kept, decided about, and told to the log', async () => {
    const report = { ...high(), ref: 'refs/heads/main', environment: 'production' };
    const { status, body } = await submit(report);
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(String),
      scan_id: report.scan_id,
      project: 'shop',
      ref: 'refs/heads/main',
      commit: COMMIT,
      environment: 'production',
      decision: 'require_approval',
      state: 'awaiting_approval',
      may_proceed: false,
      reason: 'High security issues detected',
      counts: { critical: 0, high: 1, medium: 0, low: 0 },
      submitted_at: '2026-11-22T10:00:00.000Z',
      approval: null,
      replaced_by: null,
      redacted: false,
    });
    expect(app.events()).toEqual([
      expect.objectContaining({
        type: 'scan.submitted',
        action: 'require_approval',
        namespace: 'namespace-1',
        resource: { type: 'scan', ids: [body.id] },
      }),
    ]);
    const read = await app.call(BOB, 'GET', `/scans/${body.id}`);
    expect(read.body).toMatchObject({
      submitted_by: 'ada',
      posture: 'medium',
      findings: [expect.objectContaining({ file: 'src/database.ts', line: 3, severity: 'high' })],
    });
    expect(app.events().at(-1)).toMatchObject({ type: 'scan.retrieved', resource: { ids: [body.id] } });
  });

  it('sent again is the one that is there, and another one of its name is refused', async () => {
    const report = high();
    const { body } = await submit(report);
    const again = await submit(report, BOB);
    expect(again).toMatchObject({ status: 200, body: { id: body.id } });
    const other = await submit({ ...report, project: 'other' });
    expect(other).toMatchObject({ status: 409, body: { code: 'scan_conflict' } });
    expect(app.events().map(({ type }) => type)).toEqual(['scan.submitted']);
  });

  it('that comes twice at once is one', async () => {
    const report = high();
    const answers = await Promise.all(Array.from({ length: 5 }, () => submit(report)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201]);
  });

  it('is for each environment one of its own', async () => {
    const report = high();
    const staging = await submit({ ...report, environment: 'staging' });
    const production = await submit({ ...report, environment: 'production' });
    expect([staging.status, production.status]).toEqual([201, 201]);
    const states = [staging, production].map(({ body }) =>
      app.call(KEY, 'GET', `/scans/${body.id}/deployment`),
    );
    expect((await Promise.all(states)).map(({ body }) => body.state)).toEqual([
      'awaiting_approval',
      'awaiting_approval',
    ]);
  });

  it('gives the say to a newer one of the same project and commit, whatever that says', async () => {
    const first = await submit(reportLike({ commit: COMMIT }));
    expect(first.body.state).toBe('may_proceed');
    await submit(reportLike({ commit: 'b'.repeat(40) }));
    await submit(reportLike({ commit: COMMIT, project: 'other' }));
    const second = await submit(reportLike({ commit: COMMIT, findings: [findingLike('critical')] }));
    expect(second.body.state).toBe('blocked');
    const { body } = await app.call(KEY, 'GET', `/scans/${first.body.id}/deployment`);
    expect(body).toMatchObject({ state: 'superseded', may_proceed: false, replaced_by: second.body.id });
  });

  it('that lets a deployment go on says so in the log first, each time that it is asked for that', async () => {
    const report = reportLike({ commit: COMMIT });
    const { body } = await submit(report);
    await submit(report);
    await app.call(KEY, 'GET', `/scans/${body.id}/deployment`);
    await app.call(BOB, 'GET', `/scans/${body.id}`);
    const told = app.events().filter(({ type }) => type === 'deployment.released');
    expect(told).toEqual(
      Array(3).fill(
        expect.objectContaining({ action: 'may_proceed', resource: { type: 'scan', ids: [body.id] } }),
      ),
    );
    await submit(reportLike({ commit: COMMIT, findings: [findingLike('high')] }));
    await app.call(KEY, 'GET', `/scans/${body.id}/deployment`);
    expect(app.events().at(-1)).toMatchObject({ type: 'scan.submitted' });
  });

  it('that cannot be told to the log lets nothing go on', async () => {
    const { body } = await submit(reportLike({}));
    app.next.commit = () => Promise.reject(Object.assign(new Error('full'), { code: 'storage_full' }));
    const asked = await app.call(KEY, 'GET', `/scans/${body.id}/deployment`);
    expect([asked.status, asked.body.may_proceed]).toEqual([503, undefined]);
  });

  it('without a commit replaces nothing', async () => {
    const first = await submit(reportLike({}));
    await submit(reportLike({}));
    const { body } = await app.call(KEY, 'GET', `/scans/${first.body.id}/deployment`);
    expect(body).toMatchObject({ state: 'may_proceed', replaced_by: null });
  });

  it('is listed newest first, by project, ref, commit and decision, page by page', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      const findings = i % 2 === 0 ? [findingLike('critical')] : [];
      const more = { ref: `refs/heads/${i}`, project: i < 3 ? 'shop' : 'other', commit: `${i}`.repeat(40) };
      ids.push((await submit(reportLike({ findings, ...more }))).body.id);
    }
    const list = async (query: string) => {
      const { body } = await app.call(BOB, 'GET', `/scans?${query}`);
      return { ids: body.scans.map(({ id }: { id: string }) => ids.indexOf(id)), next: body.next };
    };
    expect(await list('')).toEqual({ ids: [4, 3, 2, 1, 0], next: null });
    expect(await list('project=other')).toMatchObject({ ids: [4, 3] });
    expect(await list('ref=refs/heads/2')).toMatchObject({ ids: [2] });
    expect(await list(`commit=${'1'.repeat(40)}`)).toMatchObject({ ids: [1] });
    expect(await list('decision=block_deployment')).toMatchObject({ ids: [4, 2, 0] });
    const page = await list('limit=2');
    expect(page).toEqual({ ids: [4, 3], next: ids[3] });
    expect(await list(`limit=2&after=${page.next}`)).toEqual({ ids: [2, 1], next: ids[1] });
    expect(await list(`limit=2&after=${ids[1]}`)).toEqual({ ids: [0], next: null });
  });

  it('whose texts hold a secret is redacted before it is kept', async () => {
    const findings = [
      findingLike('high', { title: `key ${ACCESS_KEY}`, file: `keys/${ACCESS_KEY}.txt` }),
      findingLike('low', { recommendation: 'Mail ada@example.org' }),
    ];
    const { body } = await submit(reportLike({ findings, project: `shop ${ACCESS_KEY}`, commit: COMMIT }));
    expect(body.redacted).toBe(true);
    const read = await app.call(BOB, 'GET', `/scans/${body.id}`);
    expect(read.text).not.toContain(ACCESS_KEY);
    expect(read.body).toMatchObject({
      project: 'shop [REDACTED:aws-access-key]',
      findings: [{ title: 'key [REDACTED:aws-access-key]' }, { recommendation: 'Mail ada@example.org' }],
    });
    // Found by the name that it was sent under.
    const listed = await app.call(BOB, 'GET', `/scans?project=shop%20${ACCESS_KEY}`);
    expect(listed.body.scans).toHaveLength(1);
  });

  it('has to be whole and bounded', async () => {
    const wrong: [string, object][] = [
      ['scan_id', { scan_id: 'with spaces' }],
      ['timestamp', { timestamp: 'yesterday' }],
      ['security_posture', { security_posture: 'low' }],
      ['commit', { commit: 'main' }],
      ['environment', { environment: '-rf /' }],
      ['summary.critical', { summary: { ...reportLike({}).summary, critical: -1 } }],
      ['findings', { findings: 'none' }],
      ['findings', { findings: Array.from({ length: 10_001 }, () => 0) }],
      ['findings.0.severity', { findings: [{ ...findingLike('high'), severity: 'grave' }] }],
      ['findings.0.title', { findings: [findingLike('high', { title: 'x'.repeat(301) })] }],
    ];
    for (const [path, more] of wrong) {
      const { status, body } = await submit({ ...reportLike({}), ...more });
      expect([path, status, body.errors?.[0]?.path]).toEqual([path, 400, path]);
    }
    let deep: object = {};
    for (let i = 0; i < 2000; i++) deep = { deep };
    expect(await submit({ ...reportLike({}), deep })).toMatchObject({ status: 400 });
    expect(app.events()).toEqual([]);
  });

  it('may say more than is known here, which is not kept', async () => {
    const { body } = await submit(
      reportLike({ findings: [findingLike('low', { novel: ['x'] })], novel: { a: 1 } }),
    );
    const read = await app.call(BOB, 'GET', `/scans/${body.id}`);
    expect(read.text).not.toContain('novel');
  });
});

describe('a list', () => {
  const large = 'x'.repeat(4000);
  const everything = async (path: string, of: string, limit: number) => {
    const pages: { id: string }[][] = [];
    for (let after = ''; ; ) {
      const { body } = await app.call(BOB, 'GET', `${path}?limit=${limit}${after}`);
      pages.push(body[of]);
      if (body.next === null) return pages;
      after = `&after=${body.next}`;
    }
  };

  it('holds no more than fits, whatever somebody sent, and leaves out none', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 12; i++) {
      const findings = Array.from({ length: 200 }, () => findingLike('low', { file: large }));
      const { body } = await submit(reportLike(i === 3 ? {} : { findings }));
      ids.unshift(body.id);
      const more = { report_id: `push-${i}`, findings: Array(3000).fill(large.slice(0, 300)) };
      await app.call(KEY, 'POST', '/scans/overrides', { overrides: [overrideLike(more)] });
    }
    for (const [path, of] of [
      ['/scans', 'scans'],
      ['/scans/overrides', 'overrides'],
    ] as const) {
      const pages = await everything(path, of, 100);
      expect(Math.max(...pages.map(({ length }) => length))).toBeLessThan(8);
      expect(pages.flat()).toHaveLength(12);
      expect((await everything(path, of, 1)).map(([one]) => one)).toEqual(pages.flat());
      if (of === 'scans') expect(pages.flat().map(({ id }) => id)).toEqual(ids);
    }
  });
});

describe('beyond its tenant', () => {
  it('a report is not there', async () => {
    const report = high();
    const { body } = await submit(report);
    const asked = [
      await app.call(EVE, 'GET', `/scans/${body.id}`),
      await app.call(EVE, 'GET', `/scans/${body.id}/deployment`),
      await app.call(EVE, 'POST', `/scans/${body.id}/approvals`, {
        decision: 'approve',
        reason: 'it is not mine',
      }),
      await app.call(EVE, 'DELETE', `/scans/${body.id}/approvals`),
      await app.call(EVE, 'GET', '/scans/nothing'),
    ];
    expect(asked.map(({ status, body: { code } }) => [status, code])).toEqual(
      Array.from({ length: 5 }, () => [404, 'not_found']),
    );
    // Only the log says that somebody asked for what is not theirs.
    const denied = app.events().filter(({ type }) => type === 'authz.access.denied');
    expect(denied).toEqual(
      Array(4).fill(
        expect.objectContaining({
          namespace: 'namespace-2',
          resource: { type: 'scan', ids: [body.id] },
          success: false,
          code: 'not_found',
        }),
      ),
    );
    expect((await app.call(EVE, 'GET', '/scans?project=shop')).body.scans).toEqual([]);
    // The same id in another namespace is another report, and replaces nothing here.
    expect((await submit({ ...report, project: 'other' }, EVE)).status).toBe(201);
    await submit(high(), EVE);
    const { body: mine } = await app.call(KEY, 'GET', `/scans/${body.id}/deployment`);
    expect(mine.state).toBe('awaiting_approval');
  });

  it('a credential that is bound to a user has none', async () => {
    const bound = actorIn(1, 'bound', { kind: 'api_key', boundTo: { user_id: 'ann' } });
    const { body } = await submit(high());
    const asked = [
      await submit(high(), bound),
      await app.call(bound, 'GET', '/scans'),
      await app.call(bound, 'GET', `/scans/${body.id}`),
      await app.call(bound, 'GET', `/scans/${body.id}/deployment`),
      await app.call(bound, 'GET', '/scans/overrides'),
    ];
    expect(asked.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  });

  it('nothing of a report is readable in the database, nor in what stays of its events', async () => {
    const { body } = await submit({ ...high(), ref: 'refs/heads/quokka', project: 'quokka' });
    await app.call(BOB, 'POST', `/scans/${body.id}/approvals`, {
      decision: 'approve',
      reason: 'quokka was looked at',
    });
    const rows = app.writer.db.prepare('SELECT * FROM scans').all();
    expect(
      JSON.stringify(
        rows.map((row) => Object.values(row as object).map((v) => Buffer.from(`${v}`).toString('latin1'))),
      ),
    ).not.toContain('quokka');
    const bytes = rows.flatMap((row) => Object.values(row as object)).filter((v) => Buffer.isBuffer(v));
    expect(Buffer.concat(bytes).includes('quokka')).toBe(false);
    expect(JSON.stringify(app.events())).not.toContain('quokka');
  });

  it('a row that was moved to another tenant, or another report, does not open', async () => {
    const { body } = await submit(high());
    app.writer.db.prepare('UPDATE scans SET namespace_id = 2').run();
    expect((await app.call(EVE, 'GET', `/scans/${body.id}`)).status).toBe(500);
  });
});

describe('with its namespace', () => {
  it('goes every report, every decision and every override, and no other tenant’s', async () => {
    for (const by of [KEY, EVE]) {
      await submit(high(), by);
      await app.call(by, 'POST', '/scans/overrides', { overrides: [overrideLike()] });
    }
    await app.writer.commit({ steps: scanErasure(1), leaves: [] });
    for (const table of ['scans', 'scan_overrides'])
      expect(app.writer.db.prepare(`SELECT namespace_id FROM ${table}`).pluck().all()).toEqual([2]);
  });
});

describe('old reports', () => {
  it('go after 400 days, in one namespace or in all', async () => {
    await submit(high());
    await submit(high(), EVE);
    await app.call(KEY, 'POST', '/scans/overrides', { overrides: [overrideLike()] });
    app.clock.at += 399 * 86_400_000;
    const { upkeep } = app.side;
    expect(await upkeep.drop({}, 1000)).toEqual({ reports: 0, overrides: 0, more: false });
    app.clock.at += 2 * 86_400_000;
    await submit(high(), ADA);
    expect(await upkeep.drop({ namespace: 1 }, 1000)).toEqual({ reports: 1, overrides: 1, more: false });
    expect(await upkeep.drop({}, 1000)).toEqual({ reports: 1, overrides: 0, more: false });
  });
});

const overrideLike = (more: object = {}) => ({
  time: '2026-11-22T09:00:00.000Z',
  report_id: 'push-0123456789abcdef0123',
  reason: 'the password is of a test database',
  remote: 'https://git.example.org/shop.git',
  updates: [{ ref: 'refs/heads/main', from: null, to: COMMIT }],
  findings: ['generic-assignment:0123456789abcdef01234567:01234567'],
  user: 'Ada <ada@example.org>',
  ...more,
});

describe('records of overridden pushes', () => {
  const send = (overrides: object[], by = KEY) => app.call(by, 'POST', '/scans/overrides', { overrides });

  it('are kept once each, told to the log, and listed', async () => {
    const records = [overrideLike(), overrideLike({ report_id: 'push-1' })];
    expect((await send(records)).body).toEqual({ kept: 2, known: 0 });
    expect((await send([...records, overrideLike({ report_id: 'push-2' })])).body).toEqual({
      kept: 1,
      known: 2,
    });
    expect(app.events().map(({ type }) => type)).toEqual(Array(3).fill('scan.override.recorded'));
    const { body } = await app.call(BOB, 'GET', '/scans/overrides?limit=2');
    expect(body.overrides).toEqual([
      expect.objectContaining({ report_id: 'push-2', submitted_by: 'ada', reason: records[0]!.reason }),
      expect.objectContaining({ report_id: 'push-1' }),
    ]);
    const rest = await app.call(BOB, 'GET', `/scans/overrides?after=${body.next}`);
    expect(rest.body.overrides).toEqual([expect.objectContaining(records[0]!)]);
    expect((await app.call(EVE, 'GET', '/scans/overrides')).body.overrides).toEqual([]);
    expect(app.events().at(-1)).toMatchObject({
      type: 'scan.retrieved',
      resource: { type: 'scan_override' },
    });
  });

  it('that come twice at once are kept once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => send([overrideLike()])));
    expect(answers.map(({ body }) => body.kept).sort()).toEqual([0, 0, 0, 0, 1]);
  });

  it('hold no secret afterwards, and nothing unbounded before', async () => {
    await send([
      overrideLike({ remote: `https://git.example.org/${ACCESS_KEY}` }),
      overrideLike({ report_id: ACCESS_KEY }),
    ]);
    const { text } = await app.call(BOB, 'GET', '/scans/overrides');
    expect(text).not.toContain(ACCESS_KEY);
    const digits = `2026-11-22T09:00:00.${'4'.repeat(100)}Z`;
    expect((await submit(reportLike({ timestamp: digits }))).status).toBe(400);
    for (const more of [
      { reason: '' },
      { findings: Array(10_001).fill('x') },
      { time: 'now' },
      { time: digits },
      { novel: 1 },
    ])
      expect((await send([overrideLike(more)])).status).toBe(400);
    expect((await send([])).status).toBe(400);
  });
});
