import { readFileSync } from 'node:fs';
import { generateSync } from 'otplib';
import { beforeAll, describe, expect, test } from 'vitest';
import { identity, newUser } from '../../packages/server/src/sessions/testing/identity.ts';
import { type Api, apiOf, bearer } from '../api.ts';
import { exportLog } from '../audit-log.ts';
import { type Server, startServer } from '../server-process.ts';
import { filesBelow, occurrences } from './byte-search.ts';
import { tally } from './clients.ts';
import { letters, letterTo, SUBJECTS } from './outbox.ts';
import { expectProblem } from './refusals.ts';

const PASSWORD = 'Correct-Horse-battery-7';
const NEXT = 'Another-Horse-8-7';
const LONG = process.env.MEMHOLD_TEST_LONG !== undefined;

let server: Server;
let open: Api;
/** Every secret that came by: none may be readable anywhere afterwards. */
const secrets: Record<string, string> = { PASSWORD, NEXT };
let refused = 0;

beforeAll(async () => {
  server = await startServer({ settings: { MEMHOLD_LOG_LEVEL: 'debug' } });
  open = apiOf(server.url);
});

const addressOf = (name: string) => `${name}@example.com`;
const login = (username: string, password: string, more: object = {}) =>
  open('POST', '/auth/login', { username, password, ...more });
const reset = (token: string, new_password = NEXT) =>
  open('POST', '/auth/reset-password', { token, new_password });

async function account(name: string): Promise<{ api: Api; access: string; refresh: string }> {
  const made = await open('POST', '/auth/register', {
    username: name,
    email: addressOf(name),
    password: PASSWORD,
  });
  expect(made.status, made.text).toBe(201);
  const { status, body } = await login(name, PASSWORD);
  expect(status).toBe(200);
  secrets[`refresh ${name}`] = body.refresh_token;
  secrets[`access ${name}`] = body.access_token;
  return {
    api: apiOf(server.url, bearer(body.access_token)),
    access: body.access_token,
    refresh: body.refresh_token,
  };
}

/** Asks for a new password by mail: the token of the `count`-th such mail. */
async function forgot(name: string, count = 1): Promise<string> {
  expect((await open('POST', '/auth/forgot-password', { email: addressOf(name) })).status).toBe(202);
  const { token } = await letterTo(server, addressOf(name), SUBJECTS.reset, count);
  expect(token).toMatch(/^mhp_[\w-]{43}$/);
  secrets[`reset ${name} ${count}`] = token;
  return token;
}

async function mailed(name: string, subject: string): Promise<string> {
  const { token } = await letterTo(server, addressOf(name), subject);
  secrets[`${subject} ${name}`] = token;
  return token;
}

async function expectDead(token: string): Promise<void> {
  refused++;
  expectProblem(await reset(token), 400, 'link_invalid');
}

describe('a mailed token', () => {
  test('is good once: a replay changes nothing', async () => {
    await account('replay-rita');
    const token = await forgot('replay-rita');
    expect((await reset(token)).status).toBe(200);
    await expectDead(token);
    refused++;
    expectProblem(await reset(token, 'Third-Passw0rd-99'), 400, 'link_invalid');
    expect((await login('replay-rita', NEXT)).status).toBe(200);
  });

  test('has one winner of ten that come at once', async () => {
    for (let round = 0; round < (LONG ? 20 : 3); round++) {
      const name = `race-${round}-rob`;
      await account(name);
      const token = await forgot(name);
      const passwords = Array.from({ length: 10 }, (_, i) => `Racing-Passw0rd-${i}`);
      const answers = await Promise.all(passwords.map((password) => reset(token, password)));
      expect(tally(answers)).toEqual({ 200: 1, 400: 9 });
      refused += 9;
      const logins = await Promise.all(passwords.slice(0, 5).map((password) => login(name, password)));
      const won = answers.findIndex(({ status }) => status === 200);
      expect(logins.map(({ status }) => status === 200)).toEqual(
        passwords.slice(0, 5).map((_, i) => i === won),
      );
    }
  });

  test('of a verification has one winner, too', async () => {
    await account('race-verify');
    const token = await mailed('race-verify', SUBJECTS.verify);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => open('POST', '/auth/verify-email', { token })),
    );
    expect(tally(answers)).toEqual({ 200: 1, 400: 9 });
    refused += 9;
  });

  test('ends where a newer one is asked for', async () => {
    await account('newer-nora');
    const [first, second, third] = [
      await forgot('newer-nora'),
      await forgot('newer-nora', 2),
      await forgot('newer-nora', 3),
    ];
    await expectDead(first);
    await expectDead(second);
    expect((await reset(third)).status).toBe(200);
  });

  test('of one purpose is nothing for any other', async () => {
    const { refresh } = await account('cross-carl');
    await account('cross-mfa');
    const second = apiOf(server.url, bearer((await login('cross-mfa', PASSWORD)).body.access_token));
    const { secret } = (await second('POST', '/auth/mfa/totp')).body;
    await second('POST', '/auth/mfa/totp/confirm', { code: generateSync({ secret }) });
    const pending = await login('cross-mfa', PASSWORD);
    expectProblem(pending, 403, 'mfa_required');
    secrets['totp secret'] = secret;
    secrets['mfa token'] = pending.body.mfa_token;
    const change = { email: addressOf('cross-new'), password: PASSWORD };
    const { api: mover } = await account('cross-cleo');
    expect((await mover('POST', '/auth/change-email', change)).status).toBe(202);
    const tokens = {
      verify: await mailed('cross-carl', SUBJECTS.verify),
      reset: await forgot('cross-carl'),
      change: await mailed('cross-new', SUBJECTS.changeAddress),
      pending: pending.body.mfa_token as string,
      refresh,
    };
    const doors: Record<keyof typeof tokens, (token: string) => Promise<{ status: number }>> = {
      verify: (token) => open('POST', '/auth/verify-email', { token }),
      reset: (token) => reset(token),
      change: (token) => open('POST', '/auth/change-email/confirm', { token }),
      pending: (token) =>
        open('POST', '/auth/mfa/verify', { mfa_token: token, code: generateSync({ secret }) }),
      refresh: (token) => open('POST', '/auth/refresh', { refresh_token: token }),
    };
    let pairs = 0;
    for (const [purpose, token] of Object.entries(tokens))
      for (const [door, knock] of Object.entries(doors)) {
        if (door === purpose) continue;
        // As it is, and dressed up as one of that door.
        const prefix = tokens[door as keyof typeof tokens].slice(0, 4);
        for (const shown of [token, prefix + token.slice(4)]) {
          expect([400, 401], `${purpose} at ${door}`).toContain((await knock(shown)).status);
          pairs++;
        }
        expectProblem(await open('GET', '/auth/me', undefined, bearer(token)), 401);
      }
    refused += pairs;
    expect(pairs).toBe(40);
    // None of it was used up by knocking at the wrong doors.
    expect((await doors.verify(tokens.verify)).status).toBe(200);
    expect((await doors.refresh(tokens.refresh)).status).toBe(200);
    expect((await doors.reset(tokens.reset)).status).toBe(200);
    expect((await doors.change(tokens.change)).status).toBe(200);
  });

  test('is not used up by a password that is too weak', async () => {
    await account('weak-wanda');
    const token = await forgot('weak-wanda');
    for (const weak of [
      'short1A',
      'nouppercase1',
      'NoDigitsAtAll',
      'Weak-Wanda-1',
      'Password1',
      `Aa1${'x'.repeat(130)}`,
    ])
      expectProblem(await reset(token, weak), 400, 'weak_password');
    expect((await reset(token)).status).toBe(200);
  });

  test.each([
    ['reset-password', 30],
    ['verify-email', 48 * 60],
    ['change-email', 24 * 60],
  ] as const)('to %s holds %d minutes and not a moment longer', async (page, minutes) => {
    for (const early of [1, 0]) {
      const id = await identity();
      const token = await newUser(id, 'expiring');
      const email = addressOf('expiring');
      if (page === 'reset-password') await id.call('POST', '/auth/forgot-password', { body: { email } });
      if (page === 'change-email') {
        const body = { email: addressOf('later'), password: 'SecurePass123' };
        expect((await id.call('POST', '/auth/change-email', { token, body })).status).toBe(202);
      }
      const mails = await id.mailbox();
      const link = mails
        .map(({ text }) => new RegExp(`/auth/links/${page}#(\\S+)`).exec(text)?.[1])
        .find(Boolean);
      id.clock.at += minutes * 60_000 - early;
      const url = page === 'change-email' ? '/auth/change-email/confirm' : `/auth/${page}`;
      const body = { token: link, ...(page === 'reset-password' && { new_password: NEXT }) };
      expect((await id.call('POST', url, { body })).status).toBe(early ? 200 : 400);
      await id.close();
    }
  });
});

describe('a new password', () => {
  test('ends every session, refresh token and pending login there was', async () => {
    const { access, refresh, api } = await account('ending-emma');
    const others = await Promise.all(Array.from({ length: 3 }, () => login('ending-emma', PASSWORD)));
    const token = await forgot('ending-emma');
    expect((await api('GET', '/auth/me')).status).toBe(200);
    expect((await reset(token)).status).toBe(200);
    for (const each of [access, ...others.map(({ body }) => body.access_token)])
      expectProblem(await open('GET', '/auth/me', undefined, bearer(each)), 401, 'unauthenticated');
    for (const each of [refresh, ...others.map(({ body }) => body.refresh_token)])
      expectProblem(
        await open('POST', '/auth/refresh', { refresh_token: each }),
        401,
        'invalid_refresh_token',
      );
    expectProblem(await login('ending-emma', PASSWORD), 401, 'invalid_credentials');
    expect((await login('ending-emma', NEXT)).status).toBe(200);
    await letterTo(server, addressOf('ending-emma'), SUBJECTS.wasReset);
  });

  test('leaves the second factor where it was', async () => {
    const { api } = await account('factor-fay');
    const confirm = await mailed('factor-fay', SUBJECTS.verify);
    expect((await open('POST', '/auth/verify-email', { token: confirm })).status).toBe(200);
    const { secret } = (await api('POST', '/auth/mfa/totp')).body;
    const on = await api('POST', '/auth/mfa/totp/confirm', { code: generateSync({ secret }) });
    const codes: string[] = on.body.recovery_codes;
    for (const [i, code] of codes.entries()) secrets[`recovery code ${i}`] = code;
    secrets['second totp secret'] = secret;
    const pending = await login('factor-fay', PASSWORD);
    expect((await reset(await forgot('factor-fay'))).status).toBe(200);
    const verify = (mfa_token: string, code: string) => open('POST', '/auth/mfa/verify', { mfa_token, code });
    // The half of a login from before is no half of one any more.
    expectProblem(await verify(pending.body.mfa_token, codes[0]!), 401, 'invalid_credentials');
    const fresh = await login('factor-fay', NEXT);
    expectProblem(fresh, 403, 'mfa_required');
    expect(fresh.body.access_token).toBeUndefined();
    expect((await verify(fresh.body.mfa_token, codes[1]!)).status).toBe(200);
  });

  test('by the owner of an address takes all back that somebody else set up before it was confirmed', async () => {
    const { api, access, refresh } = await account('squatted');
    const key = await api('POST', '/api-keys', { name: 'left behind' });
    expect(key.status, key.text).toBe(201);
    secrets['left behind'] = key.body.key;
    const { secret } = (await api('POST', '/auth/mfa/totp')).body;
    const on = await api('POST', '/auth/mfa/totp/confirm', { code: generateSync({ secret }) });
    expect(on.status).toBe(200);
    expect((await reset(await forgot('squatted'))).status).toBe(200);
    expectProblem(await open('GET', '/auth/me', undefined, bearer(access)), 401, 'unauthenticated');
    expectProblem(await open('POST', '/auth/refresh', { refresh_token: refresh }), 401);
    const keyed = { 'x-api-key': key.body.key };
    expectProblem(await open('GET', '/memories', undefined, keyed), 401, 'unauthenticated');
    const owner = await login('squatted', NEXT);
    expect(owner.status, owner.text).toBe(200);
    expect(owner.body.user.is_verified).toBe(true);
  });

  test('of a thief who knew the old one does not hold up what was mailed to the owner', async () => {
    const { api } = await account('chosen-chad');
    const token = await forgot('chosen-chad');
    const words = { current_password: PASSWORD, new_password: 'Thieves-Choice-7' };
    expect((await api('POST', '/auth/change-password', words)).status).toBe(200);
    expect((await reset(token)).status).toBe(200);
    expect((await login('chosen-chad', NEXT)).status).toBe(200);
    await expectDead(token);
  });

  test('lets its owner in while others have locked the account', async () => {
    const behind = await startServer({
      settings: { MEMHOLD_TRUSTED_PROXIES: '127.0.0.1', MEMHOLD_REGISTRATION: 'open' },
    });
    const at = (ip: string) => apiOf(behind.url, { 'x-forwarded-for': ip });
    const body = { username: 'besieged', email: addressOf('besieged'), password: PASSWORD };
    expect((await at('192.0.2.1')('POST', '/auth/register', body)).status).toBe(201);
    for (let i = 0; i < 24; i++)
      await at(`198.51.100.${i}`)('POST', '/auth/login', { username: 'besieged', password: 'Wrong-1' });
    const owner = at('192.0.2.200');
    const name = { username: 'besieged' };
    expectProblem(
      await owner('POST', '/auth/login', { ...name, password: PASSWORD }),
      429,
      'too_many_attempts',
    );
    expect((await owner('POST', '/auth/forgot-password', { email: body.email })).status).toBe(202);
    const { token } = await letterTo(behind, body.email, SUBJECTS.reset);
    expect((await owner('POST', '/auth/reset-password', { token, new_password: NEXT })).status).toBe(200);
    expect((await owner('POST', '/auth/login', { ...name, password: NEXT })).status).toBe(200);
    await behind.stop();
  });
});

describe('another address', () => {
  test('asks for the password and the code, ends reset tokens, and tells the old address', async () => {
    const { api } = await account('moving-mia');
    const { secret } = (await api('POST', '/auth/mfa/totp')).body;
    const on = await api('POST', '/auth/mfa/totp/confirm', { code: generateSync({ secret }) });
    const codes: string[] = on.body.recovery_codes;
    const outstanding = await forgot('moving-mia');
    const change = (more: object) =>
      api('POST', '/auth/change-email', { email: addressOf('moved-mia'), ...more });
    expectProblem(await change({ password: 'Wrong-1' }), 401, 'invalid_credentials');
    expectProblem(await change({ password: PASSWORD }), 403, 'mfa_required');
    expectProblem(await change({ password: PASSWORD, code: '000000' }), 401, 'invalid_credentials');
    expectProblem(await change({}), 400, 'invalid_input');
    expect(letters(server).filter(({ to }) => to === addressOf('moved-mia'))).toEqual([]);
    expect((await change({ password: PASSWORD, code: codes[0] })).status).toBe(202);
    refused += 4;
    // Nothing has changed before it was confirmed from there.
    expect((await api('GET', '/auth/me')).body.email).toBe(addressOf('moving-mia'));
    const token = await mailed('moved-mia', SUBJECTS.changeAddress);
    expect((await open('POST', '/auth/change-email/confirm', { token })).status).toBe(200);
    await expectDead(outstanding);
    const told = await letterTo(server, addressOf('moving-mia'), SUBJECTS.addressChanged);
    expect(told.text).not.toContain(addressOf('moved-mia'));
    const before = letters(server).length;
    await open('POST', '/auth/forgot-password', { email: addressOf('moving-mia') });
    const later = await forgot('moved-mia');
    expect((await reset(later)).status).toBe(200);
    expect(
      letters(server)
        .slice(before)
        .map(({ to }) => to),
    ).not.toContain(addressOf('moving-mia'));
  });

  test('that somebody else took meanwhile is refused at its confirmation', async () => {
    const { api } = await account('slow-sam');
    const wanted = addressOf('contested');
    expect((await api('POST', '/auth/change-email', { email: wanted, password: PASSWORD })).status).toBe(202);
    const token = await mailed('contested', SUBJECTS.changeAddress);
    const body = { username: 'quick-quinn', email: wanted, password: PASSWORD };
    expect((await open('POST', '/auth/register', body)).status).toBe(201);
    refused++;
    expectProblem(await open('POST', '/auth/change-email/confirm', { token }), 400, 'link_invalid');
    expect((await api('GET', '/auth/me')).body.email).toBe(addressOf('slow-sam'));
  });
});

test('no token, password or code is readable in the data folder, the output or the log', async () => {
  const before = server.output();
  await server.kill('SIGKILL');
  expect(occurrences([...filesBelow(server.dataDir)], secrets)).toEqual([]);
  server = await server.restart();
  await server.stop();
  const { file } = await exportLog(server.dataDir);
  // On a developer's machine the link of a mail may be shown, in a line that says so.
  const output = (before + server.output()).replace(/^mail to .*$/gm, '');
  const places = [
    ...filesBelow(server.dataDir),
    { name: 'export', bytes: readFileSync(file) },
    { name: 'output', bytes: Buffer.from(output) },
  ];
  expect(occurrences(places, secrets)).toEqual([]);
  // The search would find them: they stand in the mails.
  const found = occurrences(filesBelow(`${server.dataDir}.outbox`), secrets);
  console.info(`${Object.keys(secrets).length} secrets, ${found.length} times in mails, nowhere else`);
  console.info(`${refused} tokens refused`);
  expect(found.length).toBeGreaterThan(15);
  expect(Object.keys(secrets).length).toBeGreaterThan(40);
  expect(refused).toBeGreaterThan(80);
});
