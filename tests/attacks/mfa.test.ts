import { beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type Api, apiOf } from '../api.ts';
import { exportedEvents, exportLog } from '../audit-log.ts';
import { type Server, startServer } from '../server-process.ts';
import { Authenticator, enrolled, stepNow } from './authenticator.ts';
import { type Entered, enter, entered, PASSWORD, register } from './entrance.ts';
import { expectProblem } from './refusals.ts';

const LONG = process.env.MEMHOLD_TEST_LONG !== undefined;
const RACES = LONG ? 40 : 6;
const NEW_PASSWORD = 'Another-Horse-8';

let server: Server;
let open: Api;
let admin: Entered;
const counts = { refused: 0, races: 0, recovery: 0 };

beforeAll(async () => {
  // Races are not to end in a lockout: guessing has a battery of its own.
  const settings = { MEMHOLD_ADMIN_PASSWORD: PASSWORD, MEMHOLD_MAX_AUTH_FAILURES: '1000' };
  server = await startServer({ settings });
  open = apiOf(server.url);
  admin = await enter(server.url, 'admin');
});

/** Somebody with a second factor, and the session that turned it on. */
async function guarded(username: string, ahead = false) {
  const session = await register(server.url, username);
  const app = await enrolled(session.api, ahead);
  const words = { username, password: PASSWORD };
  return {
    ...session,
    username,
    app,
    login: (code?: string) => open('POST', '/auth/login', { ...words, ...(code && { code }) }),
    stepUp: (code: string) => session.api('POST', '/auth/step-up', { password: PASSWORD, code }),
    disable: (code: string) => session.api('POST', '/auth/mfa/disable', { password: PASSWORD, code }),
    /** The token of a login that waits for its second half. */
    async pending(): Promise<string> {
      const { status, body } = await open('POST', '/auth/login', words);
      expect([status, body.code, body.expires_in]).toEqual([403, 'mfa_required', 300]);
      expect(Object.keys(body)).not.toContain('access_token');
      return body.mfa_token;
    },
  };
}
const verify = (mfa_token: string, code: string) => open('POST', '/auth/mfa/verify', { mfa_token, code });
function refused(answer: Answer): void {
  expectProblem(answer, 401, 'invalid_credentials');
  counts.refused++;
}
function oneWinner(answers: Answer[]): Answer {
  const won = answers.filter(({ status }) => status === 200);
  expect(won, answers.map(({ text }) => text).join('\n')).toHaveLength(1);
  for (const lost of answers) if (lost !== won[0]) expect([400, 401]).toContain(lost.status);
  counts.refused += answers.length - 1;
  counts.races++;
  return won[0]!;
}
const times = <T>(count: number, make: () => Promise<T>) => Promise.all(Array.from({ length: count }, make));

describe('a code of the app', () => {
  test('is good once: not for a second login, nor for anything else', async () => {
    const alice = await guarded('replay');
    // The one that confirmed the factor is used up as well.
    const first = alice.app.codeOf(stepNow());
    const code = await alice.app.code();
    expect((await alice.login(code)).status).toBe(200);
    for (const used of [code, first, `${code.slice(0, 3)} ${code.slice(3)}`]) {
      refused(await alice.login(used));
      refused(await verify(await alice.pending(), used));
      refused(await alice.stepUp(used));
      const renewal = { password: PASSWORD, code: used };
      for (const answer of [
        await alice.disable(used),
        await alice.api('POST', '/auth/mfa/recovery-codes', renewal),
      ])
        expectProblem(answer, [400, 401], /^(code_invalid|invalid_credentials)$/);
    }
    expect((await alice.api('GET', '/auth/mfa')).body).toMatchObject({
      enabled: true,
      recovery_codes_left: 10,
    });
  });

  test('is used up by a step-up too', async () => {
    const alice = await guarded('replay-step-up');
    const code = await alice.app.code();
    expect((await alice.stepUp(code)).status).toBe(200);
    refused(await alice.login(code));
    refused(await alice.stepUp(code));
  });

  test('of a step before the last one used is void, though it was never used', async () => {
    const alice = await guarded('step-before', true);
    const earlier = stepNow();
    refused(await alice.login(alice.app.codeOf(earlier)));
    refused(await verify(await alice.pending(), alice.app.codeOf(earlier)));
    // It was not too old by itself.
    expect(stepNow() - earlier).toBeLessThanOrEqual(1);
  });

  test('lets one in of those that use it at the same time, through any door', async () => {
    for (let round = 0; round < RACES; round++) {
      const alice = await guarded(`race-totp-${round}`);
      const tokens = await times(4, alice.pending);
      const code = await alice.app.code();
      oneWinner(
        await Promise.all(
          round % 2 === 0
            ? tokens.map((token) => verify(token, code))
            : [verify(tokens[0]!, code), alice.login(code), alice.stepUp(code), alice.disable(code)],
        ),
      );
    }
  });

  test('of somebody else, of no length, or in other digits is wrong', async () => {
    const [alice, bob] = [await guarded('mixed-a'), await guarded('mixed-b')];
    const theirs = await bob.app.code();
    refused(await verify(await alice.pending(), theirs));
    refused(await alice.login(bob.app.recovery[0]!));
    const right = alice.app.codeOf(stepNow() + 1);
    for (const code of [
      `0${right}`,
      right.slice(1),
      `${right}0`,
      right.replace(/\d/g, (d) => '٠١٢٣٤٥٦٧٨٩'[Number(d)]!),
    ])
      refused(await alice.login(code));
    for (const code of [Number(right), null, [right], { $gt: '' }])
      expectProblem(
        await open('POST', '/auth/login', { username: 'mixed-a', password: PASSWORD, code }),
        400,
      );
    expect((await bob.login(theirs)).status).toBe(200);
  });
});

describe('a recovery code', () => {
  test('is one of ten, each good once, however it is typed', async () => {
    const alice = await guarded('ten-codes');
    expect(new Set(alice.app.recovery).size).toBe(10);
    for (const [index, code] of alice.app.recovery.entries()) {
      const typed = [code, code.toLowerCase(), code.replaceAll('-', ''), code.replaceAll('-', ' ')][
        index % 4
      ]!;
      expect((await alice.login(typed)).status, code).toBe(200);
      counts.recovery++;
      for (const again of [code, code.toLowerCase()]) refused(await alice.login(again));
      const { body } = await alice.api('GET', '/auth/mfa');
      expect(body).toMatchObject({ enabled: true, recovery_codes_left: 9 - index });
    }
    expect((await alice.login(await alice.app.code())).status).toBe(200);
  });

  test('lets one in of those that use it at the same time, through any door', async () => {
    const alice = await guarded('race-recovery');
    for (let round = 0; round < Math.min(RACES, 9); round++) {
      const code = alice.app.recovery[round]!;
      const tokens = await times(4, alice.pending);
      oneWinner(
        await Promise.all(
          round % 2 === 0
            ? tokens.map((token) => verify(token, code))
            : [
                verify(tokens[0]!, code),
                verify(tokens[1]!, code.toLowerCase()),
                alice.login(code),
                alice.stepUp(code),
              ],
        ),
      );
      const { body } = await alice.api('GET', '/auth/mfa');
      expect(body.recovery_codes_left).toBe(9 - round);
    }
  });

  test('is void once there are new ones, which only password and code bring', async () => {
    const alice = await guarded('renewed');
    const renew = (body: object) => alice.api('POST', '/auth/mfa/recovery-codes', body);
    const [old, spare] = alice.app.recovery as [string, string];
    expectProblem(await renew({ password: PASSWORD }), 400, 'invalid_input');
    expectProblem(await renew({ code: old }), 400, 'invalid_input');
    refused(await renew({ password: 'Wrong-Horse-6', code: old }));
    refused(await renew({ password: PASSWORD, code: alice.app.wrong() }));
    const { status, body } = await renew({ password: PASSWORD, code: await alice.app.code() });
    expect([status, body.recovery_codes.length]).toEqual([200, 10]);
    for (const code of [old, spare]) refused(await alice.login(code));
    expect((await alice.login(body.recovery_codes[0])).status).toBe(200);
  });
});

describe('a second factor', () => {
  test('is turned off by password and unused code together, and by nothing less', async () => {
    const alice = await guarded('turned-off');
    const [used, good] = alice.app.recovery as [string, string];
    expect((await alice.login(used)).status).toBe(200);
    const disable = (body: object) => alice.api('POST', '/auth/mfa/disable', body);
    for (const body of [
      {},
      { password: PASSWORD },
      { code: good },
      { password: PASSWORD, code: '' },
      { code: good, force: true },
    ])
      expectProblem(await disable(body), 400, 'invalid_input');
    refused(await disable({ password: 'Wrong-Horse-6', code: good }));
    refused(await disable({ password: PASSWORD, code: alice.app.wrong() }));
    refused(await disable({ password: PASSWORD, code: used }));
    expectProblem(await server.api('POST', '/auth/mfa/disable', { password: PASSWORD, code: good }), 403);
    expectProblem(await alice.api('DELETE', `/users/${alice.account}/mfa`), 403, 'permission_denied');
    expect((await alice.api('GET', '/auth/mfa')).body).toMatchObject({
      enabled: true,
      recovery_codes_left: 9,
    });
    expect((await disable({ password: PASSWORD, code: good })).status).toBe(200);
    expect((await alice.login()).status).toBe(200);
    // What was left of the codes went with it, and comes back with no new factor.
    const again = await enrolled(alice.api);
    refused(await alice.login(alice.app.recovery[2]));
    refused(await alice.login(alice.app.codeOf(stepNow() + 1)));
    expect((await alice.login(again.recovery[0])).status).toBe(200);
  });

  test('is not replaced while it stands, nor shown again', async () => {
    const alice = await guarded('not-replaced');
    expectProblem(await alice.api('POST', '/auth/mfa/totp'), 409, 'mfa_exists');
    const other = new Authenticator('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    const code = await other.code();
    expectProblem(await alice.api('POST', '/auth/mfa/totp/confirm', { code }), 409, 'mfa_exists');
    refused(await alice.login(code));
    for (const path of ['/auth/mfa', '/auth/me', '/auth/sessions'])
      expect((await alice.api('GET', path)).text).not.toContain(alice.app.secret);
    expect((await alice.login(await alice.app.code())).status).toBe(200);
  });

  test('is asked for a new password as well, and for the login after it', async () => {
    const alice = await guarded('new-words');
    const words = { current_password: PASSWORD, new_password: NEW_PASSWORD };
    const change = (more: object) => alice.api('POST', '/auth/change-password', { ...words, ...more });
    expectProblem(await change({}), 403, 'mfa_required');
    refused(await change({ code: alice.app.wrong() }));
    const code = await alice.app.code();
    const changed = entered(server.url, await change({ code }));
    const login = { username: 'new-words', password: NEW_PASSWORD };
    expectProblem(await open('POST', '/auth/login', login), 403, 'mfa_required');
    refused(await open('POST', '/auth/login', { ...login, code }));
    expectProblem(
      await changed.api('POST', '/auth/step-up', { password: NEW_PASSWORD }),
      403,
      'mfa_required',
    );
  });
});

describe('the token between password and code', () => {
  test('is no credential: not as Bearer, key, refresh token or link', async () => {
    const alice = await guarded('pending');
    const token = await alice.pending();
    for (const headers of [
      { authorization: `Bearer ${token}` },
      { authorization: `Token ${token}` },
      { 'x-api-key': token },
    ])
      for (const [method, path] of [
        ['GET', '/auth/me'],
        ['POST', '/memories'],
        ['POST', '/auth/mfa/totp'],
      ] as const) {
        const body = method === 'POST' ? { content: 'x' } : undefined;
        expectProblem(
          await open(method, path, body, headers as Record<string, string>),
          401,
          'unauthenticated',
        );
      }
    expectProblem(
      await open('POST', '/auth/refresh', { refresh_token: token }),
      401,
      'invalid_refresh_token',
    );
    expectProblem(await open('POST', '/auth/verify-email', { token }), 400, 'link_invalid');
    const reset = { token, new_password: NEW_PASSWORD };
    expectProblem(await open('POST', '/auth/reset-password', reset), 400, 'link_invalid');
    // Nor is anything else this token.
    const code = await alice.app.code();
    for (const other of [
      alice.token,
      alice.refresh,
      token.replace('mhm_', 'mhr_'),
      token.slice(0, -1),
      `${token}=`,
    ])
      if (other.length <= 128) refused(await verify(other, code));
      else expectProblem(await verify(other, code), 400, 'invalid_input');
    expect((await verify(token, code)).status).toBe(200);
  });

  test('is good once, and for its own account', async () => {
    const [alice, bob] = [await guarded('once-a'), await guarded('once-b')];
    const token = await alice.pending();
    refused(await verify(token, await bob.app.code()));
    expect((await verify(token, await alice.app.code())).status).toBe(200);
    refused(await verify(token, alice.app.recovery[0]!));
    expect((await alice.api('GET', '/auth/mfa')).body.recovery_codes_left).toBe(10);
    const spare = await alice.pending();
    const [one, two] = alice.app.recovery as [string, string];
    oneWinner(await Promise.all([verify(spare, one), verify(spare, two)]));
  });

  type Guarded = Awaited<ReturnType<typeof guarded>>;
  test.each<[string, (who: Guarded) => Promise<Answer>]>([
    [
      'new-password',
      ({ api, app }) =>
        api('POST', '/auth/change-password', {
          current_password: PASSWORD,
          new_password: NEW_PASSWORD,
          code: app.recovery[1],
        }),
    ],
    ['reset', ({ account }) => admin.api('POST', `/users/${account}/reset-password`)],
    ['deactivation', ({ account }) => admin.api('PATCH', `/users/${account}`, { is_active: false })],
    ['role', ({ account }) => admin.api('PATCH', `/users/${account}`, { role: 'readonly' })],
    ['logout-all', ({ api }) => api('POST', '/auth/logout-all')],
    ['factor-removed', ({ account }) => admin.api('DELETE', `/users/${account}/mfa`)],
    ['deletion', ({ account }) => admin.api('DELETE', `/users/${account}`)],
  ])('is void after %s', async (name, end) => {
    const alice = await guarded(`void-${name}`);
    const token = await alice.pending();
    const { status, text } = await end(alice);
    expect(status, text).toBe(200);
    refused(await verify(token, await alice.app.code()));
    refused(await verify(token, alice.app.recovery[0]!));
  });
});

test('what was refused is on record', async () => {
  await server.stop();
  const events = exportedEvents((await exportLog(server.dataDir)).file);
  const count = (...types: string[]) => events.filter(({ type }) => types.includes(type)).length;
  const failures = count('auth.mfa.failed', 'auth.stepup.failed', 'auth.login.failed');
  console.info(
    `${counts.refused} codes and tokens refused, ${failures} failures on record; ` +
      `${counts.races} races, ${counts.recovery} recovery codes used once each`,
  );
  expect(counts.refused).toBeGreaterThan(90);
  expect(counts.races).toBeGreaterThanOrEqual(RACES + Math.min(RACES, 9));
  expect(counts.recovery).toBe(10);
  expect(failures).toBeGreaterThanOrEqual(counts.refused);
  expect(server.output()).not.toMatch(/request failed|internal_error|Uncaught|at .*\.[jt]s:\d+/);
});
