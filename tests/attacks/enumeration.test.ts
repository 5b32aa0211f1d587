import { beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type Api, apiOf, bearer } from '../api.ts';
import { type Server, startServer } from '../server-process.ts';
import { address, BEHIND_PROXY, from } from './clients.ts';
import { letters, letterTo, SUBJECTS } from './outbox.ts';
import { expectProblem } from './refusals.ts';

const PASSWORD = 'Correct-Horse-battery-7';
/** Of whoever registers with the address of somebody else. */
const THEIRS = 'Thiev1ng-magpies';
const ADMIN_PASSWORD = 'Master-of-all-9';
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;

let compared = 0;

/** Status, headers in their order and body as they came, but for ids and times. Names in it are for the caller. */
function face({ status, headers, text }: Answer, names: readonly string[] = []): string {
  compared++;
  const own = (part: string) => names.reduce((all, name) => all.replaceAll(name, '<name>'), part);
  const lines = [...headers].map(([name, value]) => `${name}: ${name === 'date' ? '' : value}`);
  return own([status, ...lines, text].join('\n').replace(UUID, '<id>').replace(TIME, '<time>'));
}

function expectOneFace(faces: Record<string, string>): void {
  const [first, ...others] = Object.entries(faces);
  for (const [what, text] of others) expect(text, `${what} against ${first![0]}`).toBe(first![1]);
}

const register = (api: Api, username: string, email = `${username}@example.com`, password = PASSWORD) =>
  api('POST', '/auth/register', { username, email, password });

/** An administrator of the server, logged in. */
async function administrator(server: Server): Promise<Api> {
  const login = await apiOf(server.url)('POST', '/auth/login', {
    username: 'admin',
    password: ADMIN_PASSWORD,
  });
  expect(login.status, login.text).toBe(200);
  return apiOf(server.url, bearer(login.body.access_token));
}

/** Accounts of every kind whose existence is nobody's business: names of eight letters, so that lengths tell nothing. */
async function populated(verification: 'required' | 'optional'): Promise<Server> {
  const server = await startServer({
    settings: {
      ...BEHIND_PROXY,
      MEMHOLD_ADMIN_PASSWORD: ADMIN_PASSWORD,
      MEMHOLD_EMAIL_VERIFICATION: verification,
    },
  });
  const open = from(server.url, address(1));
  for (const name of ['verified', 'unproved', 'inactive']) {
    const made = await register(open, name);
    expect(made.status, made.text).toBe(201);
    if (name === 'unproved') continue;
    const { token } = await letterTo(server, `${name}@example.com`, SUBJECTS.verify);
    expect((await open('POST', '/auth/verify-email', { token })).status).toBe(200);
    if (name !== 'inactive') continue;
    const switched = await (await administrator(server))('PATCH', `/users/${made.body.user.id}`, {
      is_active: false,
    });
    expect(switched.status, switched.text).toBe(200);
  }
  return server;
}

const KINDS = ['verified', 'unproved', 'inactive', 'stranger'];
const addressOf = (kind: string) => `${kind}@example.com`;

describe.each(['required', 'optional'] as const)('with e-mail verification %s', (verification) => {
  let server: Server;
  beforeAll(async () => {
    server = await populated(verification);
  });
  let ip = 100;

  test('a login says no in one way, by status, headers and body', async () => {
    const faces: Record<string, string> = {};
    for (const kind of KINDS)
      for (const field of ['username', 'email'])
        for (const name of [kind, addressOf(kind), addressOf(kind).toUpperCase()]) {
          const open = from(server.url, address(ip++));
          const answer = await open('POST', '/auth/login', { [field]: name, password: 'Wrong-Horse-6' });
          expectProblem(answer, 401, 'invalid_credentials');
          faces[`${field} ${name}`] = face(answer);
        }
    // The right password tells no more, of those who may not log in.
    const refused = verification === 'required' ? ['inactive', 'unproved'] : ['inactive'];
    for (const name of refused) {
      const open = from(server.url, address(ip++));
      faces[`right password of ${name}`] = face(
        await open('POST', '/auth/login', { username: name, password: PASSWORD }),
      );
    }
    expectOneFace(faces);
  });

  test('a lockout looks and lasts alike for all', async () => {
    const faces: Record<string, string> = {};
    for (const kind of KINDS) {
      const open = from(server.url, address(ip++));
      const tries: number[] = [];
      let last: Answer;
      do {
        last = await open('POST', '/auth/login', { username: kind, password: 'Wrong-Horse-6' });
        tries.push(last.status);
      } while (last.status === 401 && tries.length < 20);
      expect(tries, kind).toEqual([401, 401, 401, 401, 401, 429]);
      expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(880);
      faces[kind] = face(last).replace(/^retry-after: .*$/m, '');
    }
    expectOneFace(faces);
  });

  test.each(['/auth/forgot-password', '/auth/verify-email/resend'])(
    '%s answers alike for all',
    async (path) => {
      const open = from(server.url, address(ip++));
      const faces: Record<string, string> = {};
      for (const kind of KINDS) {
        const answer = await open('POST', path, { email: addressOf(kind) });
        expect(answer.status).toBe(202);
        faces[kind] = face(answer);
      }
      expectOneFace(faces);
      // More than a mailbox takes in an hour: what is not sent is not told either.
      for (let i = 0; i < 12; i++)
        faces[`again ${i}`] = face(await open('POST', path, { email: addressOf('verified') }));
      expectOneFace(faces);
      expect(letters(server).filter(({ to }) => to === addressOf('stranger'))).toEqual([]);
    },
  );

  test('a registration with a taken address is answered like any other, and so is all that follows', async () => {
    const open = from(server.url, address(ip++));
    const names = { free: 'newcomer', verified: 'intruder', unproved: 'trespass', inactive: 'burglars' };
    const faces: Record<string, string> = {};
    const emails = { free: 'brandnew@example.com', verified: addressOf('verified') };
    const all = { ...emails, unproved: addressOf('unproved'), inactive: addressOf('inactive') };
    for (const [kind, username] of Object.entries(names)) {
      const email = all[kind as keyof typeof all];
      const answer = await register(open, username, email, THEIRS);
      expect(answer.status, answer.text).toBe(201);
      faces[kind] = face(answer, [username, email]);
    }
    expectOneFace(faces);
    if (verification === 'optional') return;

    const after: Record<string, string> = {};
    for (const [kind, username] of Object.entries(names)) {
      const steps = [
        await open('POST', '/auth/login', { username, password: THEIRS }),
        await open('POST', '/auth/login', { username, password: 'Wrong-Horse-6' }),
        await open('POST', '/auth/login', { email: all[kind as keyof typeof all], password: THEIRS }),
      ];
      for (const answer of steps) expectProblem(answer, 401, 'invalid_credentials');
      after[kind] = steps.map((answer) => face(answer)).join('\n\n');
    }
    expectOneFace(after);
  });

  test('tokens that are unknown, of another kind or no tokens at all are refused alike', async () => {
    const open = from(server.url, address(ip++));
    const { token: used } = await letterTo(server, addressOf('verified'), SUBJECTS.verify);
    const unknown = ['mhv_', 'mhp_', 'mhe_', 'mhm_', 'mhx_'].map((prefix) => `${prefix}${'A'.repeat(43)}`);
    const faces: Record<string, string> = {};
    for (const path of ['/auth/verify-email', '/auth/reset-password', '/auth/change-email/confirm'])
      for (const token of [used, ...unknown, 'x', `${used}x`, used.slice(0, -1), used.toUpperCase()]) {
        const body = path.endsWith('reset-password') ? { token, new_password: 'Another-Horse-8' } : { token };
        const answer = await open('POST', path, body);
        expectProblem(answer, 400, 'link_invalid');
        faces[`${path} ${token}`] = face(answer);
      }
    expectOneFace(faces);
  });
});

describe('what an attacker does next, where addresses have to be confirmed', () => {
  const emails = { taken: 'target@example.com', free: 'no-one@example.com' };
  let ip = 500;
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ settings: { ...BEHIND_PROXY, MEMHOLD_EMAIL_VERIFICATION: 'required' } });
    const open = from(server.url, address(1));
    expect((await register(open, 'target', emails.taken)).status).toBe(201);
    const { token } = await letterTo(server, emails.taken, SUBJECTS.verify);
    expect((await open('POST', '/auth/verify-email', { token })).status).toBe(200);
  });
  /** What two names see, one registered with an address that has an account, one with an address of nobody. */
  async function both(prefix: string, look: (username: string, email: string) => Promise<Answer[]>) {
    const seen: Record<string, string> = {};
    for (const [kind, email] of Object.entries(emails)) {
      const username = `${prefix}-${kind}`;
      const own = kind === 'free' ? `${prefix}.${email}` : email;
      const answers = await look(username, own);
      const texts = answers.map((answer) => face(answer, [username, own]));
      seen[kind] = texts.join('\n\n').replace(/^(retry-after|content-length): .*$/gm, '');
    }
    expectOneFace(seen);
  }

  test('registering the same name again', async () => {
    await both('again', async (username, email) => {
      const open = from(server.url, address(ip++));
      return [
        await register(open, username, email, THEIRS),
        await register(open, username, `mine-${username}@example.com`, THEIRS),
      ];
    });
  });

  test('having used up the attempts of the name before registering it', async () => {
    await both('before', async (username, email) => {
      const open = from(server.url, address(ip++));
      for (let i = 0; i < 5; i++) await open('POST', '/auth/login', { username, password: 'Wrong-Horse-6' });
      return [
        await register(open, username, email, THEIRS),
        await open('POST', '/auth/login', { username, password: THEIRS }),
      ];
    });
  });

  test('having used up the attempts of the address before registering it', async () => {
    await both('mailed', async (username, email) => {
      const open = from(server.url, address(ip++));
      for (let i = 0; i < 5; i++) await open('POST', '/auth/login', { email, password: 'Wrong-Horse-6' });
      return [
        await register(open, username, email, THEIRS),
        await open('POST', '/auth/login', { email, password: THEIRS }),
      ];
    });
  });

  test('registering from a network that is locked out of everything but the accounts that know it', async () => {
    await both('locked', async (username, email) => {
      const open = from(server.url, address(ip++));
      for (let i = 0; i < 100; i++)
        await open('POST', '/auth/login', { username: `spray-${i}`, password: 'Wrong-Horse-6' });
      return [
        await register(open, username, email, THEIRS),
        await open('POST', '/auth/login', { username, password: THEIRS }),
      ];
    });
  });
});

test('a network that was told of twenty taken names is told no more, not of free ones either', async () => {
  const server = await startServer({ settings: { ...BEHIND_PROXY, MEMHOLD_RATE_LIMITS: 'on' } });
  const home = from(server.url, address(1));
  const owners = 24;
  for (let i = 0; i < owners; i++) expect((await register(home, `owner-${i}`)).status).toBe(201);
  const thief = from(server.url, address(2));
  const statuses: number[] = [];
  for (let i = 0; i < owners; i++) {
    const answer = await register(thief, `owner-${i}`, `thief-${i}@example.com`);
    expectProblem(answer, [400, 429], answer.status === 400 ? 'username_taken' : 'rate_limited');
    statuses.push(answer.status);
  }
  const told = statuses.filter((status) => status === 400).length;
  // One more for every thirty seconds that the test may take.
  expect(told).toBeGreaterThanOrEqual(20);
  expect(told).toBeLessThanOrEqual(22);
  const free = await register(thief, 'nobody-has-this');
  expectProblem(free, 429, 'rate_limited');
  expect(Number(free.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect((await register(home, 'nobody-has-this')).status).toBe(201);
  console.info(`${told} taken names told, then 429`);
});

test('the battery compared what it was to compare', () => {
  console.info(`${compared} answers compared byte by byte`);
  expect(compared).toBeGreaterThan(150);
});
