import { generateSync } from 'otplib';
import { beforeAll, expect, test } from 'vitest';
import { type Answer, bearer } from '../api.ts';
import { exportLog } from '../audit-log.ts';
import { type Server, startServer } from '../server-process.ts';
import { address, BEHIND_PROXY, from, inParallel, tally } from './clients.ts';
import { wholeEvents } from './exported-private.ts';
import { expectProblem } from './refusals.ts';

const PASSWORD = 'Correct-Horse-battery-7';
const LONG = process.env.MEMHOLD_TEST_LONG !== undefined;
const HOME = address(0);

let server: Server;
beforeAll(async () => {
  server = await startServer({ settings: BEHIND_PROXY });
});

let tried = 0;
const guess = (ip: string, username: string, password = 'Wrong-Horse-6') => {
  tried++;
  return from(server.url, ip)('POST', '/auth/login', { username, password });
};

/** An account whose owner registered, and logs in, from HOME. */
async function victim(username: string): Promise<{ token: string; id: string }> {
  const body = { username, email: `${username}@example.com`, password: PASSWORD };
  const made = await from(server.url, HOME)('POST', '/auth/register', body);
  expect(made.status, made.text).toBe(201);
  const login = await guess(HOME, username, PASSWORD);
  expect(login.status, login.text).toBe(200);
  return { token: login.body.access_token, id: made.body.user.id };
}

function expectLocked(answer: Answer): void {
  expectProblem(answer, 429, 'too_many_attempts');
  const seconds = Number(answer.headers.get('retry-after'));
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(15 * 60);
}

test.each(['burst-bob', 'burst-nobody'])(
  'twelve guesses at once at %s use up five attempts and no more',
  async (name) => {
    if (name === 'burst-bob') await victim(name);
    const both = [name, `${name}@example.com`, name.toUpperCase(), `${name}@EXAMPLE.com`.toUpperCase()];
    // An address is another name than a user name while nobody has either.
    const names = name === 'burst-bob' ? both : [name, name.toUpperCase()];
    const ip = address(10);
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => guess(ip, names[i % names.length]!)),
    );
    expect(tally(answers)).toEqual({ 401: 5, 429: 7 });
    for (const answer of answers.filter(({ status }) => status === 429)) expectLocked(answer);
    for (const spelling of names) expectLocked(await guess(ip, spelling, PASSWORD));
  },
);

test('twenty bursts, each of another name, all let five through', async () => {
  const rounds = LONG ? 100 : 20;
  for (let round = 0; round < rounds; round++) {
    const ip = address(3000 + round);
    const answers = await Promise.all(Array.from({ length: 12 }, () => guess(ip, `burst-${round}`)));
    expect(tally(answers)).toEqual({ 401: 5, 429: 7 });
  }
});

test('every door at which a password is asked for counts into one lockout', async () => {
  const { token } = await victim('doors-dora');
  const ip = address(11);
  const home = from(server.url, HOME, bearer(token));
  const { secret } = (await home('POST', '/auth/mfa/totp')).body;
  const confirmed = await home('POST', '/auth/mfa/totp/confirm', { code: generateSync({ secret }) });
  expect(confirmed.status, confirmed.text).toBe(200);
  const api = from(server.url, ip, bearer(token));
  const wrong = 'Wrong-Horse-6';
  const doors = [
    () => guess(ip, 'doors-dora'),
    () => api('POST', '/auth/change-password', { current_password: wrong, new_password: 'Another-Horse-8' }),
    () => api('POST', '/auth/step-up', { password: wrong }),
    () => api('POST', '/auth/change-email', { email: 'dora2@example.com', password: wrong }),
    () => api('POST', '/auth/mfa/disable', { password: wrong, code: '123456' }),
  ];
  for (const door of doors) expectProblem(await door(), 401, 'invalid_credentials');
  const right = [
    () => guess(ip, 'doors-dora', PASSWORD),
    () => guess(ip, 'doors-dora@example.com', PASSWORD),
    () =>
      api('POST', '/auth/change-password', { current_password: PASSWORD, new_password: 'Another-Horse-8' }),
    () => api('POST', '/auth/step-up', { password: PASSWORD }),
    () => api('POST', '/auth/change-email', { email: 'dora2@example.com', password: PASSWORD }),
    () => api('POST', '/auth/mfa/disable', { password: PASSWORD, code: '123456' }),
    () => api('POST', '/auth/mfa/recovery-codes', { password: PASSWORD, code: '123456' }),
  ];
  for (const door of right) expectLocked(await door());
  expectProblem(await guess(HOME, 'doors-dora', PASSWORD), 403, 'mfa_required');
});

test('a burst over all doors at once uses up five attempts and no more', async () => {
  const { token } = await victim('doors-dan');
  const ip = address(12);
  const api = from(server.url, ip, bearer(token));
  const answers = await Promise.all(
    Array.from({ length: 16 }, (_, i) => {
      if (i % 4 === 0) return guess(ip, 'doors-dan');
      if (i % 4 === 1) return api('POST', '/auth/step-up', { password: 'Wrong-Horse-6' });
      if (i % 4 === 2)
        return api('POST', '/auth/change-email', { email: 'd@example.com', password: 'Wrong-Horse-6' });
      const words = { current_password: 'Wrong-Horse-6', new_password: 'Another-Horse-8' };
      return api('POST', '/auth/change-password', words);
    }),
  );
  expect(tally(answers)).toEqual({ 401: 5, 429: 11 });
});

test('a success in between gives five new attempts to its own pair, and to nobody else', async () => {
  await victim('between-bea');
  const [ip, other] = [address(13), address(14)];
  for (let i = 0; i < 4; i++) expect((await guess(other, 'between-bea')).status).toBe(401);
  for (let i = 0; i < 4; i++) expect((await guess(ip, 'between-bea')).status).toBe(401);
  expect((await guess(ip, 'between-bea', PASSWORD)).status).toBe(200);
  const again = [];
  for (let i = 0; i < 6; i++) again.push(await guess(ip, 'between-bea'));
  expect(tally(again)).toEqual({ 401: 5, 429: 1 });
  expect((await guess(other, 'between-bea')).status).toBe(401);
  expectLocked(await guess(other, 'between-bea'));
});

test('behind a trusted proxy the last address that it does not vouch for counts, whatever stands before it', async () => {
  const forged = Array.from({ length: 12 }, (_, i) => `203.0.113.${i}, ${address(15)}`);
  const answers = await Promise.all(forged.map((ips) => guess(ips, 'proxied')));
  expect(tally(answers)).toEqual({ 401: 5, 429: 7 });
  expectProblem(await guess(address(16), 'proxied'), 401);
  const through = `${address(15)}, 127.0.0.1`;
  expectLocked(await guess(through, 'proxied'));
});

test('IPv6 addresses of one /64 are one network, of two are two, and a mapped IPv4 address is that one', async () => {
  const same = [
    '2001:db8:1:2::1',
    '2001:db8:1:2:ffff::',
    '2001:DB8:1:2:0:0:0:9',
    '2001:db8:1:2::a:b',
    '2001:db8:1:2:3:4:5:6',
  ];
  const answers = await Promise.all([...same, ...same].map((ip) => guess(ip, 'six')));
  expect(tally(answers)).toEqual({ 401: 5, 429: 5 });
  expectLocked(await guess('2001:db8:1:2:dead:beef::', 'six'));
  expectProblem(await guess('2001:db8:1:3::1', 'six'), 401);
  expectProblem(await guess('2001:db8:1:1:ffff:ffff:ffff:ffff', 'six'), 401);

  const four = [
    '192.0.2.9',
    '::ffff:192.0.2.9',
    '::ffff:c000:209',
    '0:0:0:0:0:FFFF:192.0.2.9',
    '64:ff9b::192.0.2.9',
  ];
  const mapped = await Promise.all([...four, ...four].map((ip) => guess(ip, 'four')));
  expect(tally(mapped)).toEqual({ 401: 5, 429: 5 });
  expectProblem(await guess('192.0.2.10', 'four'), 401);
});

test('an attacker with a hundred addresses locks out strangers, and never the owner', async () => {
  await victim('hounded-hal');
  const addresses = Array.from({ length: 100 }, (_, i) => address(4000 + i));
  const answers = await inParallel([...addresses, ...addresses], 16, (ip) => guess(ip, 'hounded-hal'));
  const counts = tally(answers);
  expect(counts).toEqual({ 401: 20, 429: 180 });
  // Somebody who has the right password, and was never here.
  expectLocked(await guess(address(5000), 'hounded-hal', PASSWORD));
  expect((await guess(HOME, 'hounded-hal', PASSWORD)).status).toBe(200);
  // The owner's own typing is counted, and only for them.
  for (let i = 0; i < 5; i++) expectProblem(await guess(HOME, 'hounded-hal'), 401);
  expectLocked(await guess(HOME, 'hounded-hal', PASSWORD));
});

test('the most common passwords, tried from a hundred addresses, are at most twenty guesses', async () => {
  await victim('common-cora');
  const size = LONG ? 10_000 : 600;
  const words = ['password', 'dragon', 'letmein', 'qwerty', 'summer', 'monkey', 'football', 'welcome'];
  const list = Array.from({ length: size }, (_, i) => `${words[i % words.length]}${i}!`);
  // The right one stands late in the list: whoever gets so far is in.
  list[size - 1] = PASSWORD;
  list[size >> 1] = PASSWORD;
  const answers = await inParallel(list, 32, (password, i) =>
    guess(address(6000 + (i % 100)), i % 2 ? 'common-cora' : 'COMMON-CORA@example.com', password),
  );
  const counts = tally(answers);
  console.info(`${size} common passwords from 100 addresses: ${JSON.stringify(counts)}`);
  expect(counts).toEqual({ 401: 20, 429: size - 20 });
  expect((await guess(HOME, 'common-cora', PASSWORD)).status).toBe(200);
});

test('one address that tries many accounts is stopped at a hundred failures', async () => {
  const ip = address(17);
  const answers = await inParallel(
    Array.from({ length: 150 }, (_, i) => i),
    16,
    (i) => guess(ip, `sprayed-${i}`, 'Summer-2026'),
  );
  expect(tally(answers)).toEqual({ 401: 100, 429: 50 });
  expectLocked(await guess(ip, 'sprayed-999'));
  expectProblem(await guess(address(18), 'sprayed-999'), 401);
});

test('headers that name an address count for nothing when no proxy is trusted', async () => {
  const direct = await startServer();
  const headers = [
    'x-forwarded-for',
    'forwarded',
    'x-real-ip',
    'x-client-ip',
    'true-client-ip',
    'cf-connecting-ip',
  ];
  const answers = await Promise.all(
    Array.from({ length: 18 }, (_, i) => {
      const name = headers[i % headers.length]!;
      const value = name === 'forwarded' ? `for=${address(i)}` : address(i);
      const call = from(direct.url, address(7000 + i), { [name]: value });
      tried++;
      return call('POST', '/auth/login', { username: 'nobody', password: 'Wrong-Horse-6' });
    }),
  );
  expect(tally(answers)).toEqual({ 401: 5, 429: 13 });
  await direct.stop();
  const { file } = await exportLog(direct.dataDir);
  const failed = wholeEvents(file).filter(({ type }) => type === 'auth.login.failed');
  expect(failed).toHaveLength(18);
  expect(new Set(failed.map((event) => event.private.ip))).toEqual(new Set(['127.0.0.1']));
});

test('the log tells of every lockout, and the server is well', async () => {
  await server.stop();
  const { file } = await exportLog(server.dataDir);
  const events = wholeEvents(file);
  const count = (type: string, code?: string) =>
    events.filter((event) => event.type === type && (code === undefined || event.code === code)).length;
  const lockouts = count('auth.lockout');
  const turnedAway = count('auth.login.failed', 'too_many_attempts');
  console.info(
    `${tried} guesses: ${lockouts} lockouts, ${turnedAway} logins turned away, in ${events.length} events`,
  );
  expect(tried).toBeGreaterThan(1000);
  expect(lockouts).toBeGreaterThan(25);
  expect(turnedAway).toBeGreaterThan(500);
  expect(server.output()).not.toMatch(/request failed|internal_error|Uncaught/);
});
