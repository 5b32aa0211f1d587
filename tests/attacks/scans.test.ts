// What somebody tries who wants a deployment to go out that should not, on a real server.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findingLike, reportLike } from '../../packages/server/src/scans/testing/reports.ts';
import { apiOf } from '../api.ts';
import type { Server } from '../server-process.ts';
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
} from './cast.ts';

const REASON = 'a test value, looked at together';
const COMMIT = 'd'.repeat(40);
const APPROVE = { decision: 'approve', reason: REASON };
let server: Server;
let mallory: Person;
let bob: Person;
let carol: Person;
let stranger: { id: string; admin: Person };
let team: { id: string; admin: Person };
let pipeline: HeldKey;

const high = (more: object = {}) => reportLike({ findings: [findingLike('high')], ...more });
const submit = async (report: object = high(), by = pipeline.api) =>
  (await made(by('POST', '/scans', report))).id as string;
const state = async (id: string) => (await pipeline.api('GET', `/scans/${id}/deployment`)).body.state;
const refused = async (answer: ReturnType<Person['api']>) => {
  const { status, body } = await answer;
  return [status, body?.code];
};

beforeAll(async () => {
  ({ server } = await startWithAdmin());
  team = await teamOf(server, await newPerson(server, 'mallory'), 'shop');
  mallory = team.admin;
  bob = await joined(server, mallory, team.id, await newPerson(server, 'bob'), 'admin');
  carol = await joined(server, mallory, team.id, await newPerson(server, 'carol'), 'user');
  stranger = await teamOf(server, await newPerson(server, 'eve'), 'elsewhere');
  pipeline = await keyOf(server, mallory.api, { permissions: ['scans:write'] });
});
afterAll(async () => {
  expect(server.output()).not.toMatch(/request failed|internal_error|Uncaught|at .*\.[jt]s:\d+/);
  await server.stop();
});

test('a report that calls itself harmless is decided by what it lists', async () => {
  const claims = {
    veto_decision: 'ALLOW',
    veto_reason: 'nothing',
    override_available: true,
    decision: 'proceed',
  };
  const critical = { ...reportLike({ findings: [findingLike('critical')] }), ...claims };
  expect(await state(await submit(critical))).toBe('blocked');
  const uncounted = { ...high(), ...claims, summary: { ...high().summary, high: 0, issues_found: 0 } };
  expect(await state(await submit(uncounted))).toBe('awaiting_approval');
  const hidden = { ...reportLike({}), ...claims, complete: false };
  expect(await state(await submit(hidden))).toBe('blocked');
});

test('whoever owns the key does not approve, by another session, another key or as a member elsewhere', async () => {
  const id = await submit();
  const again = await loggedIn(server, 'mallory', mallory.password, team.id);
  for (const one of [mallory, again])
    expect(await refused(one.api('POST', `/scans/${id}/approvals`, APPROVE))).toEqual([
      403,
      'second_person_required',
    ]);
  const widest = await keyOf(server, mallory.api, { permissions: ['scans:write', 'scans:read'] });
  expect(await refused(widest.api('POST', `/scans/${id}/approvals`, APPROVE))).toEqual([
    403,
    'permission_denied',
  ]);
  const asked = { name: 'x', permissions: ['deployments:approve'] };
  expect((await mallory.api('POST', '/api-keys', asked)).status).toBe(400);
  const home = await loggedIn(server, 'mallory', mallory.password);
  expect((await home.api('POST', `/scans/${id}/approvals`, APPROVE)).status).toBe(403);
  expect(await state(id)).toBe('awaiting_approval');
});

test('sending it again through somebody else makes no second person of its sender', async () => {
  const report = high();
  const id = await submit(report);
  const bobs = await keyOf(server, bob.api, { permissions: ['scans:write'] });
  expect(await submit(report, bobs.api)).toBe(id);
  expect(await refused(mallory.api('POST', `/scans/${id}/approvals`, APPROVE))).toEqual([
    403,
    'second_person_required',
  ]);
  // Bob did not send it first: he may.
  expect((await bob.api('POST', `/scans/${id}/approvals`, APPROVE)).status).toBe(201);
});

test('an approval holds for the report that it was given to, and for no other', async () => {
  const approved = await submit(high({ commit: COMMIT }));
  await made(bob.api('POST', `/scans/${approved}/approvals`, APPROVE));
  expect(await state(approved)).toBe('approved');
  const worse = high({ commit: COMMIT, findings: [findingLike('high'), findingLike('high')] });
  const replacing = await submit(worse);
  expect([await state(approved), await state(replacing)]).toEqual(['superseded', 'awaiting_approval']);
  const elsewhere = await submit(high({ commit: COMMIT, environment: 'production' }));
  expect(await state(elsewhere)).toBe('awaiting_approval');
  // Neither the old report brought back, nor its name on another content.
  const { body } = await mallory.api('GET', `/scans/${approved}`);
  const again = high({ scan_id: body.scan_id, commit: COMMIT });
  expect(await refused(pipeline.api('POST', '/scans', again))).toEqual([409, 'scan_conflict']);
});

test('of two who decide at once, one does, round after round', async () => {
  for (let round = 0; round < 10; round++) {
    const id = await submit();
    const other = await loggedIn(server, 'bob', bob.password, team.id);
    const answers = await Promise.all([
      bob.api('POST', `/scans/${id}/approvals`, APPROVE),
      other.api('POST', `/scans/${id}/approvals`, { ...APPROVE, decision: 'reject' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    const winner = answers[0]!.status === 201 ? 'approved' : 'rejected';
    expect(await state(id)).toBe(winner);
  }
});

test('a member without the right, a removed one and a stranger decide nothing', async () => {
  const id = await submit();
  const path = `/scans/${id}/approvals`;
  expect(await refused(carol.api('POST', path, APPROVE))).toEqual([403, 'permission_denied']);
  expect(await refused(stranger.admin.api('POST', path, APPROVE))).toEqual([404, 'not_found']);
  expect(await refused(apiOf(server.url)('POST', path, APPROVE))).toEqual([401, 'unauthenticated']);
  const dave = await joined(server, mallory, team.id, await newPerson(server, 'dave'), 'admin');
  await made(mallory.api('DELETE', `/namespaces/${team.id}/members/${dave.id}`));
  expect((await refused(dave.api('POST', path, APPROVE)))[0]).toBe(401);
  expect(await state(id)).toBe('awaiting_approval');
});

test('a key that sends reports reads none, and one of another tenant sees no state', async () => {
  const id = await submit();
  for (const path of ['/scans', `/scans/${id}`, '/scans/overrides'])
    expect(await refused(pipeline.api('GET', path))).toEqual([403, 'permission_denied']);
  const text = (await pipeline.api('GET', `/scans/${id}/deployment`)).text;
  expect(text).not.toMatch(/database\.ts|Password in the code/);
  const foreign = await keyOf(server, stranger.admin.api, { permissions: ['scans:write', 'scans:read'] });
  for (const path of [`/scans/${id}`, `/scans/${id}/deployment`])
    expect(await refused(foreign.api('GET', path))).toEqual([404, 'not_found']);
});

test('names out of a hostile tree come back as they were, and as text', async () => {
  const file = '<img src=x onerror=alert(1)>/\u001b[2J\u202e"; rm -rf ~; `id` $(id)\n-rf';
  const id = await submit(
    reportLike({ findings: [findingLike('low', { file, title: file })], project: file }),
  );
  const answer = await mallory.api('GET', `/scans/${id}`);
  expect(answer.body.findings[0]).toMatchObject({ file, title: file });
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  for (const bad of [
    { project: 'a\0b' },
    { project: '\ud800' },
    { project: 7 },
    { project: 'x'.repeat(201) },
  ])
    expect((await pipeline.api('POST', '/scans', reportLike(bad))).status).toBe(400);
});

test('bodies that are too large, too deep or too many are refused whole', async () => {
  const many = reportLike({ findings: Array.from({ length: 10_001 }, () => findingLike('low')) });
  expect((await pipeline.api('POST', '/scans', many)).status).toBe(413);
  const short = { ...reportLike({}), findings: Array.from({ length: 10_001 }, () => 1) };
  expect((await pipeline.api('POST', '/scans', short)).status).toBe(400);
  const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
  expect((await pipeline.api('POST', '/scans', deep)).status).toBe(400);
  const began = performance.now();
  // As slow as they come: every text of its own, each with something to look at.
  const slow = Array.from({ length: 2500 }, (_, i) =>
    findingLike('low', {
      title: `password = hunter${i}hunter ${i}@example.org`,
      file: `api_key=${i}abcdef${i}`,
    }),
  );
  expect((await pipeline.api('POST', '/scans', reportLike({ findings: slow }))).status).toBe(201);
  expect(performance.now() - began).toBeLessThan(10_000);
});
