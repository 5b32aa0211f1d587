import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, identity, newUser, PASSWORD } from './testing/identity.ts';

let id: Identity;
beforeEach(async () => {
  id = await identity();
  await newUser(id, 'alice');
});
afterEach(() => id.close());

async function loggedIn(username = 'alice', headers: Record<string, string> = {}) {
  const answer = await id.call('POST', '/auth/login', { body: { username, password: PASSWORD }, headers });
  expect(answer.status).toBe(200);
  return answer.body as { access_token: string; refresh_token: string; refresh_expires_in: number };
}
const refresh = (refresh_token: string) => id.call('POST', '/auth/refresh', { body: { refresh_token } });
const me = async (token: string) => (await id.call('GET', '/auth/me', { token })).status;

describe('a refresh token', () => {
  it('brings new tokens of the same session, and the end of the session does not move', async () => {
    const first = await loggedIn();
    id.clock.at += 20 * 60_000;
    expect(await me(first.access_token)).toBe(401);
    const { status, body } = await refresh(first.refresh_token);
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual([
      'access_token',
      'expires_in',
      'refresh_expires_in',
      'refresh_token',
      'token_type',
    ]);
    expect(body.refresh_token).not.toBe(first.refresh_token);
    expect(body.refresh_expires_in).toBe(first.refresh_expires_in - 20 * 60);
    expect(await me(body.access_token)).toBe(200);
    expect(id.events().map(({ type }) => type)).toContain('auth.token.refreshed');
  });

  it('that comes twice ends the session, for both who have it', async () => {
    const first = await loggedIn();
    const other = await loggedIn();
    const second = (await refresh(first.refresh_token)).body;
    expect(await me(second.access_token)).toBe(200);
    expect(await refresh(first.refresh_token)).toMatchObject({
      status: 401,
      body: { code: 'invalid_refresh_token' },
    });
    expect(id.events().at(-1)).toMatchObject({ type: 'auth.token.reused', severity: 'critical' });
    expect([await me(second.access_token), (await refresh(second.refresh_token)).status]).toEqual([401, 401]);
    expect(await me(other.access_token)).toBe(200);
  });

  it('has one winner of four at once', async () => {
    const { refresh_token } = await loggedIn();
    const answers = await Promise.all(Array.from({ length: 4 }, () => refresh(refresh_token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
  });

  it('ends with its session: after 30 days, a logout, a new password, and when the account is switched off', async () => {
    const ends: ((login: { access_token: string }) => unknown)[] = [
      () => {
        id.clock.at += 30 * 86_400_000;
      },
      ({ access_token: token }) => id.call('POST', '/auth/logout', { token }),
      ({ access_token: token }) => id.call('POST', '/auth/logout-all', { token }),
      () => id.writer.db.prepare("update accounts set is_active = 0 where role = 'user'").run(),
    ];
    for (const end of ends) {
      const login = await loggedIn();
      await end(login);
      expect(await refresh(login.refresh_token)).toMatchObject({
        status: 401,
        body: { detail: 'This refresh token is not valid: log in again.' },
      });
      expect(id.events().at(-1)).toMatchObject({ success: false, action: 'refresh' });
    }
  });

  it('is nothing in another form, and is stored as a digest only', async () => {
    const { refresh_token } = await loggedIn();
    for (const wrong of [
      'x',
      'mhr_',
      `mhr_${'A'.repeat(43)}`,
      refresh_token.slice(0, -1),
      `${refresh_token}=`,
    ])
      expect((await refresh(wrong)).status).toBe(401);
    const rows = id.writer.db.prepare('select * from refresh_tokens').all();
    expect(JSON.stringify(rows)).not.toContain(refresh_token);
    expect((await refresh(refresh_token)).status).toBe(200);
  });
});

describe('sessions', () => {
  it('are listed with where they came from, and end one by one', async () => {
    const here = await loggedIn('alice', { 'user-agent': 'here' });
    const there = await loggedIn('alice', { 'user-agent': 'there' });
    const list = async () =>
      (await id.call('GET', '/auth/sessions', { token: here.access_token })).body.sessions as {
        id: string;
        user_agent?: string;
        current: boolean;
      }[];
    const [newest, own] = await list();
    expect([newest?.user_agent, own?.user_agent]).toEqual(['there', 'here']);
    expect((await list()).filter(({ current }) => current)).toEqual([own]);
    const end = (session: string) =>
      id.call('DELETE', `/auth/sessions/${session}`, { token: here.access_token });
    expect((await end(newest!.id)).status).toBe(200);
    expect([await me(there.access_token), await me(here.access_token)]).toEqual([401, 200]);
    expect((await end(newest!.id)).status).toBe(404);
    await newUser(id, 'bob');
    const foreign = id.writer.db
      .prepare('select id from sessions order by created_at desc, id desc')
      .pluck()
      .get();
    expect((await end(String(foreign))).status).toBe(404);
    expect(JSON.stringify(id.writer.db.prepare('select * from sessions').all())).not.toContain('there');
  });

  it('all end at once', async () => {
    const both = [await loggedIn(), await loggedIn()];
    await id.call('POST', '/auth/logout-all', { token: both[0]!.access_token });
    expect(await Promise.all(both.map(({ access_token }) => me(access_token)))).toEqual([401, 401]);
  });

  it('are a hundred at most: the oldest make room', async () => {
    const oldest = await loggedIn();
    for (let i = 0; i < 100; i++) {
      id.clock.at += 1;
      await loggedIn();
    }
    expect(await me(oldest.access_token)).toBe(401);
    expect(id.writer.db.prepare('select count(*) from sessions').pluck().get()).toBe(100);
  });
});

describe('a login from a new network', () => {
  it('is told to whoever has a verified address', async () => {
    const from = (ip: string) => loggedIn('alice', { 'x-forwarded-for': ip, 'user-agent': 'curl' });
    await from('203.0.113.5');
    const subjects = async () => (await id.mailbox()).map(({ subject }) => subject);
    expect(await subjects()).not.toContain('A login from a new place');
    id.writer.db.prepare('update accounts set is_verified = 1').run();
    await from('203.0.113.5');
    expect(await subjects()).not.toContain('A login from a new place');
    await from('198.51.100.7');
    const mail = (await id.mailbox()).at(-1)!;
    expect(mail).toMatchObject({ to: 'alice@example.com', subject: 'A login from a new place' });
    expect(mail.text).toContain('198.51.100');
  });
});
