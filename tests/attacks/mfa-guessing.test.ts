import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Api } from '../api.ts';
import { exportedEvents, exportLog } from '../audit-log.ts';
import { type Server, startServer } from '../server-process.ts';
import { Authenticator, enrolled } from './authenticator.ts';
import { BEHIND_PROXY, from } from './clients.ts';
import { PASSWORD, register } from './entrance.ts';
import { expectProblem } from './refusals.ts';

const TRIES = 5;
/** Those of all networks together that the account does not know. */
const ACCOUNT_TRIES = 4 * TRIES;
const BURST = process.env.MEMHOLD_TEST_LONG === undefined ? 12 : 40;

let server: Server;
const counts = { guesses: 0, evaluated: 0, locked: 0 };

beforeAll(async () => {
  server = await startServer({ settings: BEHIND_PROXY });
});

/** Whoever knows the password of somebody with a second factor, behind an address of their own. */
interface Thief {
  api: Api;
  login(code?: string): Promise<Answer>;
  verify(mfa_token: string, code: string): Promise<Answer>;
  pending(): Promise<string>;
}
function thief(username: string, ip: string): Thief {
  const api = from(server.url, ip);
  const words = { username, password: PASSWORD };
  return {
    api,
    login: (code) => api('POST', '/auth/login', { ...words, ...(code !== undefined && { code }) }),
    verify: (mfa_token, code) => api('POST', '/auth/mfa/verify', { mfa_token, code }),
    async pending() {
      const { body } = await api('POST', '/auth/login', words);
      expect(body.code).toBe('mfa_required');
      return body.mfa_token;
    },
  };
}
/** The account is at home at 127.0.0.1: every address of a thief is strange to it. */
async function victim(username: string): Promise<{ session: Api; app: Authenticator; home: Thief }> {
  const { api } = await register(server.url, username);
  return { session: api, app: await enrolled(api), home: thief(username, '127.0.0.1') };
}

/** Of these guesses so many were looked at; the others were turned away before. */
function expectEvaluated(answers: Answer[], evaluated: number): void {
  const wrong = answers.filter(({ status }) => status === 401);
  const locked = answers.filter(({ status }) => status === 429);
  for (const answer of wrong) expectProblem(answer, 401, 'invalid_credentials');
  for (const answer of locked) {
    expectProblem(answer, 429, 'too_many_attempts');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect([wrong.length, wrong.length + locked.length]).toEqual([evaluated, answers.length]);
  counts.guesses += answers.length;
  counts.evaluated += wrong.length;
  counts.locked += locked.length;
}
const times = <T>(count: number, make: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

/** The lockout holds for what is right as well: it came too late. */
async function isLockedOut({ verify, login }: Thief, token: string, app: Authenticator): Promise<void> {
  const right = await app.code();
  expectEvaluated(
    [
      await verify(token, right),
      await verify(token, app.recovery[0]!),
      await login(right),
      await login(app.recovery[1]!),
    ],
    0,
  );
}

describe(`of ${BURST} wrong codes ${TRIES} are looked at`, () => {
  test('when they come at once with one token', async () => {
    const { app, home } = await victim('burst-one');
    const mallory = thief('burst-one', '198.51.100.1');
    const token = await mallory.pending();
    expectEvaluated(await times(BURST, () => mallory.verify(token, app.wrong())), TRIES);
    await isLockedOut(mallory, token, app);
    // The owner, elsewhere, is not locked out by it.
    expect((await home.login(app.recovery[2])).status).toBe(200);
  });

  test('when each comes with a token of its own: the right password opens no new tries', async () => {
    const { app } = await victim('burst-many');
    const mallory = thief('burst-many', '198.51.100.2');
    const tokens: string[] = [];
    while (tokens.length < BURST) tokens.push(await mallory.pending());
    expectEvaluated(await times(BURST, (index) => mallory.verify(tokens[index]!, app.wrong())), TRIES);
    // The password is still taken, and the token that it brings is worth nothing.
    await isLockedOut(mallory, await mallory.pending(), app);
  });

  test('when they come in the login itself', async () => {
    const { app } = await victim('burst-inline');
    const mallory = thief('burst-inline', '198.51.100.3');
    const answers = await times(BURST, () => mallory.login(app.wrong()));
    // Some were turned away by the limit of passwords at one time: what is left of the tries comes one by one.
    for (let more = 0; more < 2 * TRIES; more++) answers.push(await mallory.login(app.wrong()));
    expectEvaluated(answers, TRIES);
    await isLockedOut(mallory, await mallory.pending(), app);
  });

  test('when they come in a step-up', async () => {
    const { app, session } = await victim('burst-step-up');
    const guess = () => session('POST', '/auth/step-up', { password: PASSWORD, code: app.wrong() });
    const answers = await times(BURST, guess);
    for (let more = 0; more < 2 * TRIES; more++) answers.push(await guess());
    expectEvaluated(answers, TRIES);
    const right = { password: PASSWORD, code: await app.code() };
    expectEvaluated([await session('POST', '/auth/step-up', right)], 0);
  });

  test('when they come to confirm a new factor, that somebody else may have begun', async () => {
    const { api } = await register(server.url, 'burst-confirm');
    const { body } = await api('POST', '/auth/mfa/totp');
    const app = new Authenticator(body.secret);
    const guess = () => api('POST', '/auth/mfa/totp/confirm', { code: app.wrong() });
    const answers = await times(BURST, guess);
    const tally = [400, 429].map((status) => answers.filter((answer) => answer.status === status).length);
    expect(tally).toEqual([TRIES, BURST - TRIES]);
    const late = await api('POST', '/auth/mfa/totp/confirm', { code: await app.code() });
    expectProblem(late, 429, 'too_many_attempts');
    expect((await api('GET', '/auth/mfa')).body.enabled).toBe(false);
  });
});

test('every door counts in one place: verify, login, step-up, turning off, new codes', async () => {
  const { app, session, home } = await victim('mixed');
  const again = (path: string) => session('POST', path, { password: PASSWORD, code: app.wrong() });
  const token = await home.pending();
  const doors = [
    () => home.verify(token, app.wrong()),
    () => home.login(app.wrong()),
    () => again('/auth/step-up'),
    () => again('/auth/mfa/disable'),
    () => again('/auth/mfa/recovery-codes'),
  ];
  expect(doors).toHaveLength(TRIES);
  const answers: Answer[] = [];
  for (const door of [...doors, ...doors]) answers.push(await door());
  expectEvaluated(answers, TRIES);
  expect(answers.slice(0, TRIES).map(({ status }) => status)).toEqual(Array(TRIES).fill(401));
  await isLockedOut(home, token, app);
  expect((await session('GET', '/auth/mfa')).body).toMatchObject({ enabled: true, recovery_codes_left: 10 });
});

test('a right password between wrong codes gives no new tries, a right code does', async () => {
  const { app, home } = await victim('resets');
  const answers: Answer[] = [];
  for (let round = 0; round < TRIES - 1; round++) {
    await home.pending();
    answers.push(await home.login(app.wrong()));
  }
  expectEvaluated(answers, TRIES - 1);
  expect((await home.login(app.recovery[0])).status).toBe(200);
  const after: Answer[] = [];
  for (let round = 0; round < TRIES + 1; round++) after.push(await home.login(app.wrong()));
  expectEvaluated(after, TRIES);
});

test(`many networks have ${ACCOUNT_TRIES} tries together, and do not lock out the owner at home`, async () => {
  const { app, home } = await victim('spread');
  const answers: Answer[] = [];
  for (let network = 0; network < 6; network++) {
    const mallory = thief('spread', `203.0.113.${network}`);
    const token = await mallory.pending();
    for (let round = 0; round < TRIES; round++) answers.push(await mallory.verify(token, app.wrong()));
  }
  expectEvaluated(answers, ACCOUNT_TRIES);
  expect((await home.login(await app.code())).status).toBe(200);
});

test('what was guessed and who was locked out is on record', async () => {
  await server.stop();
  const events = exportedEvents((await exportLog(server.dataDir)).file);
  const count = (type: string, code?: string) =>
    events.filter((event) => event.type === type && (!code || (event as { code?: string }).code === code))
      .length;
  const wrong = count('auth.mfa.failed', 'wrong_code');
  console.info(
    `${counts.guesses} codes guessed: ${counts.evaluated} looked at, ${counts.locked} turned away; ` +
      `${wrong} wrong ones and ${count('auth.lockout')} lockouts on record`,
  );
  expect(counts.guesses).toBeGreaterThan(100);
  expect(counts.locked).toBeGreaterThan(50);
  expect(wrong).toBe(counts.evaluated);
  expect(count('auth.lockout')).toBeGreaterThanOrEqual(7);
  expect(server.output()).not.toMatch(/request failed|internal_error|Uncaught|at .*\.[jt]s:\d+/);
});
