// Deployments that wait for people, on a real server: reports of real scans, a pipeline at its gate, two administrators.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeTokens } from '../packages/scanner/src/testing/tokens.ts';
import { findingLike, reportLike } from '../packages/server/src/scans/testing/reports.ts';
import {
  type HeldKey,
  joined,
  keyOf,
  loggedIn,
  made,
  newPerson,
  type Person,
  startWithAdmin,
  teamOf,
} from './attacks/cast.ts';
import { BIN, memhold, node, type Server, settingsFor, temporaryFolder } from './server-process.ts';
import { webhookReceiver } from './webhook-receiver.ts';

const tokens = makeTokens(11);
const REASON = 'a test value, looked at together';
const folder = temporaryFolder();
const commitOf = (n: number) => n.toString(16).padStart(40, '0');
let commits = 0;
let server: Server;
let receiver: Awaited<ReturnType<typeof webhookReceiver>>;
/** Who made the pipeline's key, and the second person. */
let first: Person;
let second: Person;
let pipeline: HeldKey;

const freePort = () =>
  new Promise<number>((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });

/** The report of a real scan of one file. */
async function scanned(name: string, content: string): Promise<string> {
  const tree = join(folder, name);
  mkdirSync(tree);
  writeFileSync(join(tree, 'app.env'), content);
  const { output } = await memhold(['scan', '--format', 'json', tree]);
  return saved(name, JSON.parse(output));
}

function saved(name: string, report: object): string {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(report));
  return file;
}
const newReport = (severity: string, more: object = {}) =>
  saved(`report-${++commits}`, reportLike({ findings: [findingLike(severity)], ...more }));

const to = (token: string) => ({ MEMHOLD_TOKEN: token });
const gate = (args: string[], token = pipeline.key) =>
  memhold(['gate', ...args, '--url', server.url], to(token));
const scans = (who: Person, ...args: string[]) =>
  memhold(['scans', ...args, '--url', server.url], to(who.token));

/** A gate that waits, and the id of what it waits for. */
async function waiting(args: string[]) {
  const child = spawn(node, [BIN, 'gate', ...args, '--wait', '--url', server.url], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder, ...to(pipeline.key) },
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  const ended = new Promise<number | string>((done) =>
    child.on('close', (code, signal) => done(code ?? signal!)),
  );
  const id = await vi.waitFor(
    () => {
      const found = /Report ([0-9a-f-]{36}): require_approval/.exec(errors)?.[1];
      if (!found) throw new Error(`no report yet: ${output}${errors}`);
      return found;
    },
    { timeout: 20_000, interval: 50 },
  );
  return { child, id, ended, output: () => output, errors: () => errors };
}

beforeAll(async () => {
  receiver = await webhookReceiver();
  const port = String(await freePort());
  ({ server } = await startWithAdmin({ MEMHOLD_PORT: port }));
  const founder = await newPerson(server, 'founder');
  const team = await teamOf(server, founder, 'shop');
  first = team.admin;
  second = await joined(server, first, team.id, await newPerson(server, 'second'), 'admin');
  pipeline = await keyOf(server, first.api, { permissions: ['scans:write'] });
});
afterAll(async () => {
  expect(server.output()).not.toMatch(/request failed|internal_error|Uncaught|at .*\.[jt]s:\d+/);
  await server.stop();
  await receiver.close();
});

describe('a gate with the report of a real scan', () => {
  test('opens where nothing was found, and where there are only warnings', async () => {
    const report = await scanned('clean', 'PORT=8080\n');
    const { code, output } = await gate(['--report', report]);
    expect([code, output]).toEqual([0, expect.stringMatching(/proceed_with_warnings.*\nMay proceed\.\n$/)]);
  });

  test('stays shut for a critical finding, whoever would approve', async () => {
    const report = await scanned('critical', `GITHUB_TOKEN=${tokens.github()}\n`);
    const { code, output } = await gate(['--report', report, '--json']);
    const told = JSON.parse(output);
    expect([code, told]).toEqual([
      1,
      expect.objectContaining({ decision: 'block_deployment', state: 'blocked', may_proceed: false }),
    ]);
    const { code: refused, errors } = await scans(second, 'approve', told.id, '--reason', REASON);
    expect([refused, errors]).toEqual([1, expect.stringContaining('no approval lifts that')]);
  });

  test('stays shut for a high one until a second person approves it, and is shut again afterwards', async () => {
    const report = await scanned('high', `db_password = "${tokens.password()}${tokens.password()}"\n`);
    const place = ['--report', report, '--commit', commitOf(++commits), '--environment', 'production'];
    const before = await gate(place);
    expect([before.code, before.output]).toEqual([1, expect.stringContaining('Waits for a second person')]);
    const { id } = JSON.parse((await gate([...place, '--json'])).output);
    expect((await scans(first, 'approve', id, '--reason', REASON)).errors).toContain(
      'does not decide about it',
    );
    expect((await scans(second, 'approve', id, '--reason', REASON, '--expires', '2h')).output).toContain(
      'may proceed',
    );
    expect((await gate(place)).code).toBe(0);
    expect((await gate(['--scan', id])).code).toBe(0);
    const shown = (await scans(first, 'show', id)).output;
    expect(shown).toMatch(/^high +\S+app\.env:1 /m);
    expect(shown).toContain(REASON);
    expect((await scans(first, 'list')).output).toMatch(new RegExp(`^${id} .* production +approved`, 'm'));
    expect((await scans(first, 'revoke', id)).code).toBe(0);
    expect((await gate(place)).code).toBe(1);
  });

  test('sends of a large report what fits, and goes by all of it', async () => {
    const findings = Array.from({ length: 20_000 }, (_, i) => findingLike('high', { file: `src/${i}.ts` }));
    findings.push(findingLike('low', { rule_id: 'marker-health' }));
    const report = reportLike({ findings });
    const { code, output } = await gate(['--report', saved('large', report), '--json']);
    const told = JSON.parse(output);
    expect([code, told.counts]).toEqual([1, { critical: 0, high: 20_000, medium: 0, low: 1 }]);
    const { body } = await first.api('GET', `/scans/${told.id}`);
    expect(body.posture).toBe('high');
    expect(body.findings.length).toBeGreaterThan(1000);
  });
});

describe('a gate that waits', () => {
  test('goes on when a second person approves, and tells of each step', async () => {
    const hook = { url: `${receiver.url}/gate`, event_types: ['scan_submitted', 'deployment_approved'] };
    await made(first.api('POST', '/webhooks', hook));
    const one = await waiting(['--report', newReport('high')]);
    expect(one.errors()).toContain(`memhold scans approve ${one.id}`);
    expect((await scans(second, 'approve', one.id, '--reason', REASON)).code).toBe(0);
    expect([await one.ended, one.output()]).toEqual([0, expect.stringContaining(`Approved by ${second.id}`)]);
    await vi.waitFor(() => expect(receiver.at('/gate')).toHaveLength(2), { timeout: 10_000 });
    expect(receiver.at('/gate').map(({ body }) => body)).toMatchObject([
      { event: 'scan_submitted', scan_ids: [one.id], decision: 'require_approval' },
      { event: 'deployment_approved', scan_ids: [one.id] },
    ]);
    expect(JSON.stringify(receiver.at('/gate'))).not.toMatch(/memory_ids|database\.ts|looked at/);
  });

  test('ends with 1 when it is rejected, replaced by a newer report, or nobody comes', async () => {
    const rejected = await waiting(['--report', newReport('high')]);
    await made(second.api('POST', `/scans/${rejected.id}/approvals`, { decision: 'reject', reason: REASON }));
    const commit = commitOf(++commits);
    const replaced = await waiting(['--report', newReport('high'), '--commit', commit]);
    await gate(['--report', newReport('low'), '--commit', commit]);
    expect([await rejected.ended, rejected.output()]).toEqual([1, expect.stringContaining('Rejected by')]);
    expect([await replaced.ended, replaced.output()]).toEqual([1, expect.stringContaining('A newer report')]);
    const alone = await gate(['--report', newReport('high'), '--wait', '--timeout', '0']);
    expect([alone.code, alone.errors]).toEqual([1, expect.stringContaining('nobody decided')]);
  });

  test('survives a server that is killed and comes back, which has lost nothing', async () => {
    const one = await waiting(['--report', newReport('high')]);
    await server.kill('SIGKILL');
    server = await server.restart();
    // As the browser of the second person does, whose session went on.
    const { status } = await second.api('POST', `/scans/${one.id}/approvals`, {
      decision: 'approve',
      reason: REASON,
    });
    expect(status).toBe(201);
    expect(await one.ended).toBe(0);
    await server.kill('SIGKILL');
    server = await server.restart();
    expect((await gate(['--scan', one.id])).code).toBe(0);
  });

  test('that is interrupted lets nothing through', async () => {
    const one = await waiting(['--report', newReport('high')]);
    one.child.kill('SIGINT');
    expect([await one.ended, one.output()]).toEqual([130, '']);
    expect(one.errors()).toContain('stopped');
  });
});

describe('a gate that cannot know', () => {
  const unknown = expect.stringContaining('nobody could tell whether the deployment may go on');

  test('ends with 2 where no server is', async () => {
    const report = newReport('low');
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const { code, errors, output } = await memhold(
      ['gate', '--report', report, '--json', '--url', nowhere],
      to(pipeline.key),
    );
    expect([code, errors]).toEqual([2, unknown]);
    expect(errors).toContain('cannot be reached');
    expect(JSON.parse(output)).toEqual({ may_proceed: false, error: 'server_not_reachable' });
  });

  test('or its key does not count, or may not', async () => {
    const reader = await keyOf(server, first.api, { permissions: ['memories:read'] });
    const report = newReport('low');
    for (const [key, word] of [
      [reader.key, 'may not send reports'],
      [`${pipeline.key.slice(0, -3)}xxx`, 'does not accept this key'],
    ] as const) {
      const { code, errors } = await gate(['--report', report], key);
      expect([code, errors]).toEqual([2, unknown]);
      expect(errors).toContain(word);
      expect(errors).not.toContain(key.split('_').at(-1));
    }
  });

  test('or the report is none, is of something else, or is another one of its name', async () => {
    const report = newReport('low');
    const { id } = JSON.parse((await gate(['--report', report, '--commit', commitOf(9), '--json'])).output);
    const wrong: [string[], string][] = [
      [['--report', join(folder, 'missing.json')], 'no such file'],
      [['--report', saved('none', { findings: 7 })], 'is no report'],
      [['--report', saved('half', { findings: [] })], 'scan_id'],
      [['--report', report, '--commit', commitOf(10)], 'another report with this id'],
      [['--scan', id, '--commit', commitOf(10)], 'of another commit'],
      [['--scan', id, '--environment', 'production'], 'of another environment'],
      [['--scan', '../../users'], 'no such report'],
    ];
    for (const [args, word] of wrong) {
      const { code, errors } = await gate(args);
      expect([args, code, errors]).toEqual([args, 2, unknown]);
      expect(errors).toContain(word);
    }
    for (const args of [[], ['--report', report, '--scan', id], ['--report', report, '--timeout', 'soon']])
      expect((await gate(args)).code).toBe(2);
  });

  test('shows what a report says without letting it write on the terminal', async () => {
    const name = '\u001b[2J\u202eshop\r\n';
    const report = newReport('high', { project: name });
    const { output, errors } = await gate(['--report', report, '--project', name]);
    const listed = (await scans(first, 'list')).output;
    expect(output + errors + listed).not.toMatch(/[\u001b\u202e\r]/);
  });
});

test('at the machine itself nobody approves what was sent from there', async () => {
  const settings = settingsFor(server.dataDir);
  const { code, output } = await memhold(['gate', '--report', newReport('high'), '--json'], settings);
  const { id } = JSON.parse(output);
  expect(code).toBe(1);
  const approve = await memhold(['scans', 'approve', id, '--reason', REASON], settings);
  expect([approve.code, approve.errors]).toEqual([1, expect.stringContaining('does not decide about it')]);
  const again = await loggedIn(server, 'admin', 'Correct-Horse-7');
  expect((await again.api('GET', `/scans/${id}/deployment`)).body.state).toBe('awaiting_approval');
});
