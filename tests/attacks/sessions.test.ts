import { beforeAll, describe, expect, test, vi } from 'vitest';
import { type Answer, type Api, apiOf } from '../api.ts';
import { exportedEvents, exportLog } from '../audit-log.ts';
import { type Server, startServer } from '../server-process.ts';
import { type Entered, enter, entered, PASSWORD, register } from './entrance.ts';
import { claimsOf } from './forgery.ts';
import { letterTo, SUBJECTS } from './outbox.ts';
import { expectProblem } from './refusals.ts';

const LONG = process.env.MEMHOLD_TEST_LONG !== undefined;
const ROUNDS = LONG ? 200 : 20;
const RACES = LONG ? 50 : 8;
const CAP = 100;
const NEW_PASSWORD = 'Another-Horse-8';

let server: Server;
let open: Api;
let admin: Entered;
const counts = { refused: 0, reused: 0, rounds: 0, races: 0 };

beforeAll(async () => {
  server = await startServer({ settings: { MEMHOLD_ADMIN_PASSWORD: PASSWORD } });
  open = apiOf(server.url);
  admin = await enter(server.url, 'admin');
});

const redeem = (refresh_token: unknown) => open('POST', '/auth/refresh', { refresh_token });
const next = async (refresh: string) => entered(server.url, await redeem(refresh));
const me = async ({ api }: Entered) => (await api('GET', '/auth/me')).status;

let words: string | undefined;
/** Refused in the words of every other refusal. */
function refused(answer: Answer, why: string): void {
  expectProblem(answer, 401, 'invalid_refresh_token');
  expect(answer.headers.get('www-authenticate'), why).toMatch(/^Bearer/);
  words ??= answer.body.detail;
  expect(answer.body.detail, why).toBe(words);
  counts.refused++;
}
/** Neither half of a session gets anywhere. */
async function isOver(one: Entered, why: string): Promise<void> {
  expectProblem(await one.api('GET', '/auth/me'), 401, 'unauthenticated');
  expectProblem(await one.api('POST', '/memories', { content: why }), 401, 'unauthenticated');
  refused(await redeem(one.refresh), why);
}
async function ok(answer: Promise<Answer>): Promise<Answer> {
  const done = await answer;
  expect([200, 201, 202], done.text).toContain(done.status);
  return done;
}

describe('a refresh token', () => {
  test('is good once; a second use ends the session, its access tokens included, and no other session', async () => {
    const first = await register(server.url, 'alice');
    const other = await enter(server.url, 'alice');
    const second = await next(first.refresh);
    const third = await next(second.refresh);
    expect([first.session, second.session, third.session]).toEqual(Array(3).fill(first.session));
    expect(new Set([first, second, third].map(({ token }) => claimsOf(token).jti)).size).toBe(3);
    expect([await me(first), await me(second), await me(third)]).toEqual([200, 200, 200]);
    refused(await redeem(second.refresh), 'a second time');
    counts.reused++;
    for (const one of [third, second, first]) await isOver(one, 'after a reuse');
    // The family is gone already, and whoever knocks again is told of again.
    counts.reused += 2;
    expect(await me(other)).toBe(200);
    expect(await me(await next(other.refresh))).toBe(200);
  });

  test('has one winner of four that use it at once, and then nobody has a session', async () => {
    await register(server.url, 'race-refresh');
    for (let round = 0; round < ROUNDS; round++) {
      const one = await enter(server.url, 'race-refresh');
      const answers = await Promise.all(Array.from({ length: 4 }, () => redeem(one.refresh)));
      const won = answers.filter(({ status }) => status === 200);
      expect(answers.map(({ status }) => status).sort(), `round ${round}`).toEqual([200, 401, 401, 401]);
      for (const lost of answers.filter((answer) => !won.includes(answer))) refused(lost, 'a loser');
      await isOver(entered(server.url, won[0]!), `the winner of round ${round}`);
      counts.rounds++;
    }
  });

  test('is nothing of another kind, and nothing else is one', async () => {
    const one = await register(server.url, 'kinds');
    const as = async (text: string, header: string) =>
      apiOf(server.url, { [header]: text })('GET', '/auth/me');
    for (const answer of [
      await as(`Bearer ${one.refresh}`, 'authorization'),
      await as(`Token ${one.refresh}`, 'authorization'),
      await as(one.refresh, 'x-api-key'),
    ])
      expectProblem(answer, 401, 'unauthenticated');
    const random = Buffer.alloc(32, 7).toString('base64url');
    for (const text of [
      one.token,
      server.apiKey,
      one.session,
      `mhr_${random}`,
      one.refresh.slice(4),
      one.refresh.slice(0, -1),
      `${one.refresh} `,
      `${one.refresh}=`,
      ` ${one.refresh}`,
      one.refresh.replace('mhr_', 'MHR_'),
      one.refresh.replace('mhr_', 'mhm_'),
      one.refresh.replace('mhr_', 'mhp_'),
      one.refresh.toLowerCase(),
      "' OR 1=1 --",
      '%',
    ]) {
      const answer = await redeem(text);
      // An access token is longer than any refresh token may be.
      if (text.length > 128) expectProblem(answer, 400, 'invalid_input');
      else refused(answer, text.slice(0, 10));
    }
    for (const text of [null, 1, [one.refresh], { $ne: null }, '', undefined])
      expectProblem(await redeem(text), 400, 'invalid_input');
    // None of that was a use of it.
    expect(await me(await next(one.refresh))).toBe(200);
  });
});

describe('a session is over, in both halves,', () => {
  const reset = async (name: string) => {
    const email = `${name}@example.com`;
    await ok(open('POST', '/auth/forgot-password', { email }));
    const { token } = await letterTo(server, email, SUBJECTS.reset);
    return open('POST', '/auth/reset-password', { token, new_password: NEW_PASSWORD });
  };
  const change = { current_password: PASSWORD, new_password: NEW_PASSWORD };
  const user = (one: Entered, more = '') => `/users/${one.account}${more}`;
  test.each<[string, (one: Entered, name: string) => Promise<Answer>]>([
    ['logout', ({ api }) => api('POST', '/auth/logout')],
    ['logout-all', ({ api }) => api('POST', '/auth/logout-all')],
    ['its-removal', ({ api, session }) => api('DELETE', `/auth/sessions/${session}`)],
    ['new-password', ({ api }) => api('POST', '/auth/change-password', change)],
    ['reset-by-mail', (_, name) => reset(name)],
    ['reset-by-admin', (one) => admin.api('POST', user(one, '/reset-password'))],
    ['other-role', (one) => admin.api('PATCH', user(one), { role: 'admin' })],
    ['deactivation', (one) => admin.api('PATCH', user(one), { is_active: false })],
    ['factor-removed', (one) => admin.api('DELETE', user(one, '/mfa'))],
    ['deletion', (one) => admin.api('DELETE', user(one))],
  ])('after %s', async (name, end) => {
    const one = await register(server.url, name);
    // One that was refreshed, one that was not.
    const [later, plain] = [await next(one.refresh), await enter(server.url, name)];
    expect([await me(one), await me(later), await me(plain)]).toEqual([200, 200, 200]);
    await ok(end(later, name));
    await isOver(later, name);
    if (name === 'logout' || name === 'its-removal') expect(await me(await next(plain.refresh))).toBe(200);
    else await isOver(plain, `${name}, another one`);
  });

  test('whoever is faster: a refresh at the moment of a logout, a new password or a deactivation', async () => {
    const ends: ((one: Entered, round: number) => Promise<Answer>)[] = [
      ({ api }) => api('POST', '/auth/logout'),
      ({ api }) => api('POST', '/auth/logout-all'),
      ({ api }, round) => {
        const [current_password, new_password] =
          round % 2 === 0 ? [PASSWORD, NEW_PASSWORD] : [NEW_PASSWORD, PASSWORD];
        return api('POST', '/auth/change-password', { current_password, new_password });
      },
      ({ account }) => admin.api('PATCH', `/users/${account}`, { is_active: false }),
    ];
    for (const [index, end] of ends.entries()) {
      const name = `race-end-${index}`;
      await register(server.url, name);
      for (let round = 0; round < RACES; round++) {
        const password = index === 2 && round % 2 === 1 ? NEW_PASSWORD : PASSWORD;
        const one = await enter(server.url, name, { password });
        const [ended, answer] = await Promise.all([end(one, round), redeem(one.refresh)]);
        expect(ended.status, ended.text).toBe(200);
        expect([200, 401]).toContain(answer.status);
        if (answer.status === 200) await isOver(entered(server.url, answer), `${index} ${round}`);
        else refused(answer, `${index} ${round}`);
        expect(await me(one)).toBe(401);
        if (index === 3) await ok(admin.api('PATCH', `/users/${one.account}`, { is_active: true }));
        counts.races++;
      }
    }
  });
});

describe('a session in another namespace', () => {
  async function member(name: string) {
    const founder = await register(server.url, `${name}-founder`);
    const { body } = await ok(founder.api('POST', '/namespaces', { name: 'team' }));
    const team = body.id as string;
    const lead = entered(server.url, await founder.api('POST', '/auth/sessions', { namespace: team }));
    const own = await register(server.url, `${name}-member`);
    const invited = await ok(lead.api('POST', `/namespaces/${team}/invitations`, { role: 'user' }));
    await ok(own.api('POST', '/auth/invitations/accept', { token: invited.body.token }));
    const there = entered(server.url, await own.api('POST', '/auth/sessions', { namespace: team }));
    expect([there.namespace, there.session === own.session]).toEqual([team, false]);
    return { team, lead, own, there };
  }

  test.each(['removal', 'role'])('ends with the membership or its role: %s', async (how) => {
    const { team, lead, own, there } = await member(how);
    const path = `/namespaces/${team}/members/${own.account}`;
    await ok(how === 'removal' ? lead.api('DELETE', path) : lead.api('PATCH', path, { role: 'readonly' }));
    await isOver(there, how);
    const again = await enter(server.url, `${how}-member`);
    // At home nothing has ended.
    expect(await me(await next(own.refresh))).toBe(200);
    const back = await again.api('POST', '/auth/sessions', { namespace: team });
    if (how === 'removal') expectProblem(back, 404, 'not_found');
    else expect(claimsOf(back.body.access_token).role).toBe('readonly');
  });

  test('ends with the session that it came from, however that ends, and not the other way round', async () => {
    const { team, own } = await member('roots');
    const fork = async (from: Entered) =>
      entered(server.url, await from.api('POST', '/auth/sessions', { namespace: team }));
    const kept = await fork(own);
    await ok(kept.api('POST', '/auth/logout'));
    await isOver(kept, 'its own logout');
    expect(await me(own)).toBe(200);

    const [first, stolen] = [await fork(own), await enter(server.url, 'roots-member')];
    const child = await next((await fork(stolen)).refresh);
    const home = entered(server.url, await child.api('POST', '/auth/sessions', { namespace: own.namespace }));
    await next(stolen.refresh);
    refused(await redeem(stolen.refresh), 'a reuse');
    counts.reused++;
    for (const one of [child, home]) await isOver(one, 'came from a session whose token was reused');
    expect([await me(first), await me(own)]).toEqual([200, 200]);
    await ok(own.api('DELETE', `/auth/sessions/${own.session}`));
    await isOver(first, 'came from one that was removed');
  });

  test('is entered by members alone; for others there is no such namespace', async () => {
    const { team } = await member('closed');
    const stranger = await register(server.url, 'stranger');
    for (const namespace of [team, admin.namespace, '01890000-0000-7000-8000-000000000000', 'x', '../'])
      expectProblem(await stranger.api('POST', '/auth/sessions', { namespace }), 404, 'not_found');
    const words = { username: 'stranger', password: PASSWORD, namespace: team };
    expectProblem(await open('POST', '/auth/login', words), 401, 'invalid_credentials');
  });
});

describe('the name of a session', () => {
  test('is never chosen by a client: each login makes its own, a refresh a new token', async () => {
    const victim = await register(server.url, 'fixed');
    const login = { username: 'fixed', password: PASSWORD };
    for (const more of [{ sid: 'mine' }, { session: 'mine' }, { session_id: 'mine' }, { jti: 'mine' }])
      expectProblem(await open('POST', '/auth/login', { ...login, ...more }), 400, 'invalid_input');
    const wanted = { refresh_token: victim.refresh, sid: 'mine' };
    expectProblem(await open('POST', '/auth/refresh', wanted), 400, 'invalid_input');
    const seen = new Set([victim.session]);
    const ids = new Set([claimsOf(victim.token).jti]);
    const sent: Record<string, string>[] = [
      {},
      { cookie: `sid=${victim.session}; session=${victim.session}` },
      { 'x-session-id': victim.session },
      { authorization: `Bearer ${victim.token}` },
      { 'x-request-id': victim.session, 'request-id': victim.session },
    ];
    for (const headers of sent) {
      const answer = await open('POST', '/auth/login', login, headers);
      expect(answer.headers.get('set-cookie')).toBeNull();
      const { session, token } = entered(server.url, answer);
      seen.add(session);
      ids.add(claimsOf(token).jti);
    }
    expect([seen.size, ids.size]).toEqual([sent.length + 1, sent.length + 1]);
    expect(seen.has('mine')).toBe(false);
  });

  test('is no way to the session of somebody else: not in the list, not to end', async () => {
    const [one, other] = [await register(server.url, 'lists'), await register(server.url, 'lists-not')];
    const second = await enter(server.url, 'lists');
    const { body } = await one.api('GET', '/auth/sessions');
    const listed = body.sessions.map(({ id, current }: Record<string, unknown>) => [id, current]);
    expect(listed).toEqual([
      [second.session, false],
      [one.session, true],
    ]);
    expect(JSON.stringify(body)).not.toMatch(/mhr_|eyJ/);
    const missing = await other.api('DELETE', '/auth/sessions/01890000-0000-7000-8000-000000000000');
    expectProblem(missing, 404, 'not_found');
    for (const id of [one.session, second.session, admin.session]) {
      const answer = await other.api('DELETE', `/auth/sessions/${id}`);
      expectProblem(answer, 404, 'not_found');
      expect(answer.body.detail).toBe(missing.body.detail);
    }
    expectProblem(await admin.api('DELETE', `/auth/sessions/${one.session}`), 404, 'not_found');
    for (const id of ['%2e%2e', "'%20OR%201=1", '*', one.account])
      expectProblem(await one.api('DELETE', `/auth/sessions/${id}`), [404, 400]);
    for (const [method, path] of [
      ['GET', '/auth/sessions'],
      ['DELETE', `/auth/sessions/${one.session}`],
      ['POST', '/auth/logout-all'],
    ] as const)
      expectProblem(await server.api(method, path), 403, 'permission_denied');
    await ok(one.api('DELETE', `/auth/sessions/${second.session}`));
    await isOver(second, 'ended from the other');
    expectProblem(await one.api('DELETE', `/auth/sessions/${second.session}`), 404, 'not_found');
    expect([await me(one), await me(other)]).toEqual([200, 200]);
    expect((await one.api('GET', '/auth/sessions')).body.sessions).toHaveLength(1);
  });

  test(`is forgotten after ${CAP} newer ones of the same account, and of no other`, async () => {
    const [first, other] = [await register(server.url, 'many'), await register(server.url, 'many-not')];
    let last = first;
    for (let made = 1; made <= CAP; made++) last = await enter(server.url, 'many');
    expect((await last.api('GET', '/auth/sessions')).body.sessions).toHaveLength(CAP);
    refused(await redeem(first.refresh), 'the oldest');
    // A copy of it may be remembered for some seconds; it changes nothing any more.
    expectProblem(await first.api('POST', '/api-keys', { name: 'k' }), 401);
    await vi.waitFor(async () => expect(await me(first)).toBe(401), { timeout: 10_000, interval: 100 });
    expect([await me(last), await me(other)]).toEqual([200, 200]);
  });
});

test('what was refused and what was reused is on record', async () => {
  await server.stop();
  const events = exportedEvents((await exportLog(server.dataDir)).file);
  const count = (type: string) => events.filter((event) => event.type === type).length;
  const reused = count('auth.token.reused');
  console.info(
    `${counts.refused} refresh tokens refused, ${reused} reuses on record; ` +
      `${counts.rounds} rounds of four, ${counts.races} races with an end`,
  );
  expect(counts.rounds).toBe(ROUNDS);
  expect(counts.races).toBe(4 * RACES);
  expect(counts.refused).toBeGreaterThan(4 * ROUNDS + 30);
  expect(reused).toBeGreaterThanOrEqual(counts.reused + ROUNDS);
  expect(reused + count('auth.token.invalid')).toBeGreaterThanOrEqual(counts.refused);
  expect(server.output()).not.toMatch(/request failed|internal_error|Uncaught|at .*\.[jt]s:\d+/);
});
