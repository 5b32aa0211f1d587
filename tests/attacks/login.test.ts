import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { type Answer, apiOf, bearer } from '../api.ts';
import { exportLog } from '../audit-log.ts';
import { type Server, startServer } from '../server-process.ts';
import { address, BEHIND_PROXY, from, inParallel, tally } from './clients.ts';
import { wholeEvents } from './exported-private.ts';
import { letters, letterTo, SUBJECTS } from './outbox.ts';
import { expectProblem } from './refusals.ts';

const PASSWORD = 'Correct-Horse-battery-7';
const LONG = process.env.MEMHOLD_TEST_LONG !== undefined;

let server: Server;
beforeAll(async () => {
  server = await startServer({ settings: BEHIND_PROXY });
});

let sent = 0;
const counted = async (answer: Promise<Answer>) => {
  sent++;
  return answer;
};
const login = (ip: string, name: object, password: string) =>
  counted(from(server.url, ip)('POST', '/auth/login', { ...name, password }));

async function register(username: string, email = `${username}@example.com`, ip = address(0)) {
  const body = { username, email, password: PASSWORD };
  const answer = await counted(from(server.url, ip)('POST', '/auth/register', body));
  expect(answer.status, answer.text).toBe(201);
  return answer.body.user as { id: string };
}

/** Spellings that a keyboard, a phone or an attacker makes of one name. */
const NAME = 'Victor_Kim-1';
const NAME_FORMS = [
  'Victor_Kim-1',
  'victor_kim-1',
  'VICTOR_KIM-1',
  'ｖｉｃｔｏｒ＿ｋｉｍ－１',
  'ＶＩＣＴＯＲ_Kim-1',
  'victor_\u212aim-1',
  'ⓥⓘⓒⓣⓞⓡ_kim-①',
  '\u{1d42f}ictor_kim-\u{1d7cf}',
];
const EMAIL = 'josé.straße@kim.example';
const EMAIL_FORMS = [
  EMAIL,
  'JOSÉ.STRAẞE@KIM.EXAMPLE',
  'jose\u0301.straße@kim.example',
  'JOSE\u0301.straẞe@kim.example',
  'ｊｏｓé.straße@\u212aim.example',
  'josé.straße＠kim.example',
  'josé.straße﹫kim．example',
  'jo\u017fé.\u017ftraße@kim.example',
];
/** Look like them, and are somebody else. */
const OTHERS = [
  'v\u0131ctor_kim-1',
  'V\u0130CTOR_KIM-1',
  'v\u0456ctor_kim-1',
  'víctor_kim-1',
  'victor_kim-1\u200b',
];
const OTHER_EMAILS = [
  'josé.strasse@kim.example',
  'jos\u0435\u0301.straße@kim.example',
  'josé.straße@k\u0131m.example',
];

test('one name in any case and Unicode form is one account: to log in, to register, to be mailed', async () => {
  await register(NAME, EMAIL);
  let ip = 1000;
  for (const username of [...NAME_FORMS, ...EMAIL_FORMS]) {
    const answer = await login(address(ip++), { username }, PASSWORD);
    expect(answer.status, JSON.stringify(username)).toBe(200);
    expect(answer.body.user.username).toBe(NAME);
  }
  for (const username of [...OTHERS, ...OTHER_EMAILS])
    expectProblem(await login(address(ip++), { username }, PASSWORD), 401, 'invalid_credentials');

  const open = apiOf(server.url);
  // What is no letter, digit, _ or - is refused as such; the others are one name, which is taken.
  for (const [i, username] of NAME_FORMS.entries()) {
    const body = { username, email: `other-${i}@example.com`, password: PASSWORD };
    const code = /^[\w-]+$/.test(username) ? 'username_taken' : 'invalid_input';
    expectProblem(await counted(open('POST', '/auth/register', body)), 400, code);
  }
  for (const [i, email] of EMAIL_FORMS.entries()) {
    const body = { username: `shadow-${i}`, email, password: PASSWORD };
    expect((await counted(open('POST', '/auth/register', body))).status).toBe(201);
    expectProblem(
      await login(address(ip++), { username: `shadow-${i}` }, PASSWORD),
      401,
      'invalid_credentials',
    );
  }
  // To the address that was confirmed, never to the one that was typed.
  for (const email of EMAIL_FORMS)
    expect((await counted(open('POST', '/auth/forgot-password', { email }))).status).toBe(202);
  for (const email of OTHER_EMAILS)
    expect((await counted(open('POST', '/auth/forgot-password', { email }))).status).toBe(202);
  await letterTo(server, EMAIL, SUBJECTS.taken);
  const resets = () => letters(server).filter(({ subject }) => subject === SUBJECTS.reset);
  await expect.poll(() => resets().length).toBeGreaterThan(0);
  // Ten mails an hour for one mailbox, the notices of taken addresses included.
  expect(new Set(letters(server).map(({ to }) => to))).toEqual(new Set([EMAIL]));
});

test('one name in any form is one account to the lockout', async () => {
  for (const ip of [address(1), address(2)]) {
    const forms = ip === address(1) ? NAME_FORMS : EMAIL_FORMS;
    const answers = await Promise.all(forms.map((username) => login(ip, { username }, 'Wrong-1')));
    expect(tally(answers)).toEqual({ 401: 5, 429: forms.length - 5 });
    expectProblem(await login(ip, { email: NAME_FORMS[3] }, PASSWORD), 429, 'too_many_attempts');
  }
});

test('a password of a megabyte, or of 1,025 characters, is refused before anything is hashed or counted', async () => {
  const user = await register('megan-long');
  const ip = address(3);
  const huge: [string, number][] = [
    ['x'.repeat(1025), 400],
    ['x'.repeat(100_000), 400],
    ['x'.repeat(1_000_000), 400],
    ['x'.repeat(1_048_576), 413],
    ['x'.repeat(8_000_000), 413],
    ['\u0000'.repeat(20), 400],
    ['ﷺ'.repeat(1025), 400],
  ];
  for (const username of ['megan-long', 'nobody-at-all'])
    for (const [password, status] of huge) {
      const answer = await login(ip, { username }, password).catch((error: Error) => error);
      // A client that is still sending when the answer comes may see the connection end instead.
      if (answer instanceof Error) expect(status, answer.message).toBe(413);
      else expectProblem(answer, status);
    }
  const session = bearer((await login(address(4), { username: 'megan-long' }, PASSWORD)).body.access_token);
  const api = from(server.url, ip, session);
  const long = 'x'.repeat(1025);
  for (const [path, body] of [
    ['/auth/change-password', { current_password: long, new_password: 'Another-Horse-8' }],
    ['/auth/change-password', { current_password: PASSWORD, new_password: `Aa1${long}` }],
    ['/auth/step-up', { password: long }],
    ['/auth/change-email', { email: 'x@example.com', password: long }],
    ['/auth/register', { username: 'megan-2', email: 'm2@example.com', password: long }],
    ['/auth/reset-password', { token: 'x', new_password: long }],
  ] as const)
    expectProblem(await counted(api('POST', path, body)), 400);
  // Attempts are counted before they are hashed: five are still left.
  const five = [];
  for (let i = 0; i < 6; i++) five.push(await login(ip, { username: 'megan-long' }, 'y'.repeat(1024)));
  expect(tally(five)).toEqual({ 401: 5, 429: 1 });
  expect(user.id).toBeTruthy();
});

test('a flood of logins from many addresses is turned away in order, and is over when it is over', async () => {
  const names = Array.from({ length: 4 }, (_, i) => `flooded-${i}`);
  for (const name of names) await register(name, undefined, address(5));
  const flood = Array.from({ length: LONG ? 600 : 200 }, (_, i) => i);
  const health = { asked: 0, ended: false };
  const watch = (async () => {
    const open = apiOf(server.url);
    while (!health.ended) {
      expect((await open('GET', '/health')).status).toBe(200);
      health.asked++;
    }
  })();
  const answers = await Promise.all(
    flood.map((i) => {
      const username = i % 3 === 0 ? `nobody-${i}` : names[i % names.length]!;
      return login(address(2000 + i), { username }, i % 5 === 0 ? PASSWORD : 'Wrong-1');
    }),
  );
  health.ended = true;
  await watch;
  const counts = tally(answers);
  const busy = answers.filter(({ body }) => body.code === 'hashing_busy');
  console.info(`flood of ${flood.length} logins: ${JSON.stringify(counts)}, ${busy.length} hashing_busy`);
  console.info(`/health answered ${health.asked} times meanwhile`);
  expect(Object.keys(counts).filter((status) => !['200', '401', '429', '503'].includes(status))).toEqual([]);
  for (const { status, headers } of answers)
    if (status === 429 || status === 503)
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  // At most two are hashed and 64 wait.
  expect(busy.length).toBeGreaterThan(0);
  expect(health.asked).toBeGreaterThan(3);
  for (const username of names) expect((await login(address(5), { username }, PASSWORD)).status).toBe(200);
});

test('one network never takes the whole line of those who wait', async () => {
  await register('patient-pat');
  const flood = Array.from({ length: 120 }, (_, i) => i);
  const attack = inParallel(flood, 120, (i) =>
    login(address(6), { username: `someone-${i % 60}` }, 'Wrong-1'),
  );
  const victim = await Promise.all(
    Array.from({ length: 5 }, () => login(address(0), { username: 'patient-pat' }, PASSWORD)),
  );
  expect(tally(victim)).toEqual({ 200: 5 });
  const counts = tally(await attack);
  expect(Object.keys(counts).filter((status) => !['401', '429', '503'].includes(status))).toEqual([]);
});

test('guessing many accounts from one address raises one alarm, and no password is in the log', async () => {
  const before = sent;
  // Of two lists that an attacker would try: accounts that exist and accounts that do not.
  for (const name of ['stuffed-0', 'stuffed-1', 'stuffed-2']) await register(name);
  for (let i = 0; i < 14; i++)
    expectProblem(await login(address(7), { username: `stuffed-${i}` }, `Stuffed-Passw0rd-${i}`), 401);
  for (let i = 0; i < 5; i++) await login(address(8), { username: 'stuffed-0' }, 'Wrong-1');
  await server.stop();
  const { file } = await exportLog(server.dataDir);
  const events = wholeEvents(file);
  const of = (ip: string, type: string) =>
    events.filter((event) => event.private.ip === ip && event.type === type);
  expect(of(address(7), 'auth.login.failed')).toHaveLength(14);
  expect(of(address(7), 'security.breach.attempt')).toMatchObject([
    { action: 'credential_stuffing', severity: 'critical', success: false, private: { accounts: 10 } },
  ]);
  expect(of(address(8), 'auth.lockout')).toHaveLength(1);
  console.info(`${sent} logins and registrations (${sent - before} here), ${events.length} events, of them`);
  for (const type of ['auth.login.success', 'auth.login.failed', 'auth.lockout', 'security.breach.attempt'])
    console.info(`  ${events.filter((event) => event.type === type).length} ${type}`);
  expect(sent).toBeGreaterThan(400);
  expect(events.filter(({ type }) => type === 'auth.login.failed').length).toBeGreaterThan(100);
  const passwords = /Stuffed-Passw0rd|Wrong-1|Correct-H0rse/;
  expect(readFileSync(file, 'utf8')).not.toMatch(passwords);
  expect(server.output()).not.toMatch(passwords);
  expect(server.output()).not.toContain('request failed');
});
