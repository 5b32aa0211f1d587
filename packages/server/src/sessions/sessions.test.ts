import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { authorize, can } from '../access/actor.ts';
import { AccountError } from '../accounts/errors.ts';
import { type Identity, identity, login, newUser, PASSWORD } from './testing/identity.ts';

let id: Identity;
beforeEach(async () => {
  id = await identity();
});
afterEach(() => id.close());

const me = async (token: string) => (await id.call('GET', '/auth/me', { token })).status;
const actorOf = (token: string) =>
  id.authenticate({ headers: { authorization: `Bearer ${token}` }, ip: '127.0.0.1' });
const sql = (text: string) => id.writer.db.prepare(text).run();

describe('login', () => {
  it('takes a user name or an address in either field, in any case', async () => {
    await newUser(id, 'alice');
    for (const name of [
      { username: 'alice' },
      { username: 'ALICE' },
      { username: 'ａｌｉｃｅ' },
      { email: 'alice' },
      { username: 'alice@example.com' },
      { email: 'Alice@EXAMPLE.com' },
    ]) {
      const { status, body } = await id.call('POST', '/auth/login', {
        body: { ...name, password: PASSWORD },
      });
      expect(status, JSON.stringify(name)).toBe(200);
      expect(body).toEqual({
        access_token: expect.stringMatching(/^eyJ/),
        token_type: 'bearer',
        expires_in: 900,
        refresh_token: expect.stringMatching(/^mhr_[\w-]{43}$/),
        refresh_expires_in: 30 * 86_400,
        user: expect.objectContaining({ username: 'alice', roles: ['user'] }),
      });
    }
  });

  it('refuses unknown, wrong and inactive in the same words, after the same work, and says so in the log', async () => {
    await newUser(id, 'alice');
    await newUser(id, 'bob');
    sql('update accounts set is_active = 0 where id = (select max(id) from accounts)');
    const answers = [];
    for (const [body, code] of [
      [{ username: 'nobody', password: PASSWORD }, 'unknown_user'],
      [{ username: 'alice', password: 'WrongPass123' }, 'wrong_password'],
      [{ username: 'bob', password: PASSWORD }, 'inactive'],
      [{ email: 'nobody@example.com', password: PASSWORD }, 'unknown_user'],
    ] as const) {
      id.hasher.calls.length = 0;
      const { status, body: problem, headers } = await id.call('POST', '/auth/login', { body });
      expect(id.hasher.calls).toEqual(['verify']);
      expect(headers['www-authenticate']).toBe('Bearer');
      answers.push({ status, ...problem, request_id: 0 });
      expect(id.events().at(-1)).toMatchObject({
        type: 'auth.login.failed',
        success: false,
        code,
        private: { username: 'username' in body ? body.username : body.email, ip: '127.0.0.1' },
      });
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, code: 'invalid_credentials' });
  });

  it('refuses other shapes', async () => {
    for (const body of [
      {},
      { username: 'a' },
      { password: PASSWORD },
      { username: 'a', email: 'b', password: 'c' },
      { username: 'a', password: 'b', role: 'admin' },
      { username: { $ne: null }, password: 'b' },
      { username: 'a', password: 'x'.repeat(1025) },
    ])
      expect((await id.call('POST', '/auth/login', { body })).status).toBe(400);
    expect(id.hasher.calls).toEqual([]);
  });

  it('fails when the password was changed while it was being checked', async () => {
    await newUser(id, 'alice');
    const verify = id.hasher.verify;
    id.hasher.verify = async (...args) => {
      const right = await verify(...args);
      sql("update accounts set password_hash = 'hash of other'");
      return right;
    };
    const { status } = await id.call('POST', '/auth/login', {
      body: { username: 'alice', password: PASSWORD },
    });
    expect(status).toBe(401);
    expect(id.events().at(-1)?.type).toBe('auth.login.failed');
  });

  it('says when to come back while too many passwords are being checked', async () => {
    id.hasher.verify = async () => {
      throw new AccountError('hashing_busy', 'Too many logins at once.', { retryAfterSeconds: 3 });
    };
    const body = { username: 'alice', password: PASSWORD };
    const answer = await id.call('POST', '/auth/login', { body });
    expect(answer).toMatchObject({ status: 429, body: { code: 'hashing_busy' } });
    expect(answer.headers['retry-after']).toBe('3');
  });

  it('drops the sessions of the account that are over', async () => {
    await newUser(id, 'alice');
    id.clock.at += 30 * 86_400_000;
    await login(id, 'alice');
    expect(id.writer.db.prepare('select count(*) as n from sessions').get()).toEqual({ n: 1 });
  });
});

describe('a session', () => {
  it('gives an actor who is bound to its own account, and costs no read while remembered', async () => {
    const token = await newUser(id, 'alice');
    const actor = await actorOf(token);
    expect(actor).toMatchObject({ kind: 'account', role: 'user', boundTo: { user_id: actor.id } });
    id.reads.count = 0;
    expect(await actorOf(token)).toBe(actor);
    expect(id.reads.count).toBe(0);
    id.clock.at += 5_000;
    await actorOf(token);
    expect(id.reads.count).toBe(1);
  });

  it('changes nothing any more once it has ended, also through a request that was under way', async () => {
    const token = await newUser(id, 'alice');
    const actor = await id.authenticate({ headers: { authorization: `Bearer ${token}` }, ip: '::1' });
    const change = { steps: [actor.guard], leaves: [] };
    await expect(id.writer.commit(change)).resolves.toBeDefined();
    await id.sessions.logout(actor, { client: {} });
    await expect(id.writer.commit(change)).rejects.toMatchObject({ code: 'stale_authorization' });
  });

  it('ends at logout, at once, and leaves others alone', async () => {
    const [first, second] = [await newUser(id, 'alice'), await login(id, 'alice')];
    expect([await me(first), await me(second)]).toEqual([200, 200]);
    const { status, body } = await id.call('POST', '/auth/logout', { token: first });
    expect([status, body]).toEqual([200, { message: 'Logged out.' }]);
    expect([await me(first), await me(second)]).toEqual([401, 200]);
    expect(id.events().map(({ type }) => type)).toContain('auth.logout');
    expect(id.events().at(-1)).toMatchObject({ type: 'auth.token.invalid', code: 'revoked' });
    expect((await id.call('POST', '/auth/logout', { token: first })).status).toBe(401);
  });

  it('ends once when it is ended twice at the same time', async () => {
    const token = await newUser(id, 'alice');
    const actor = await actorOf(token);
    await Promise.all([id.sessions.logout(actor, { client: {} }), id.sessions.logout(actor, { client: {} })]);
    expect(id.events().filter(({ type }) => type === 'auth.logout')).toHaveLength(1);
  });

  it('guards the changes of its account: a later epoch or a switched-off account refuses them', async () => {
    const token = await newUser(id, 'alice');
    const { guard } = await actorOf(token);
    await expect(id.writer.commit({ steps: [guard], leaves: [] })).resolves.toBeDefined();
    sql('update accounts set epoch = 2');
    await expect(id.writer.commit({ steps: [guard], leaves: [] })).rejects.toMatchObject({
      code: 'stale_authorization',
    });
    sql('update accounts set epoch = 1, is_active = 0');
    await expect(id.writer.commit({ steps: [guard], leaves: [] })).rejects.toMatchObject({
      code: 'stale_authorization',
    });
  });

  it('ends with its account within five seconds, also when another process switched it off', async () => {
    const token = await newUser(id, 'alice');
    expect(await me(token)).toBe(200);
    sql('update accounts set is_active = 0');
    id.clock.at += 5_000;
    expect(await me(token)).toBe(401);
    expect(id.events().at(-1)).toMatchObject({ type: 'auth.token.invalid', code: 'stale' });
  });

  it('of a readonly account cannot write', async () => {
    await newUser(id, 'reader');
    sql("update accounts set role = 'readonly'");
    const token = await login(id, 'reader');
    const actor = await actorOf(token);
    expect([can(actor, 'memories:read'), can(actor, 'memories:write')]).toEqual([true, false]);
    expect(() => authorize(actor, 'memories:delete')).toThrow(/memories:delete/);
    expect((await id.call('POST', '/memories', { token, body: {} })).status).toBe(403);
    expect((await id.call('POST', '/api-keys', { token, body: { name: 'k' } })).status).toBe(403);
  });
});

describe('changing the password', () => {
  const change = (token: string, current_password: string, new_password: string) =>
    id.call('POST', '/auth/change-password', { token, body: { current_password, new_password } });

  it('ends every session, also remembered ones, and gives this client a new one', async () => {
    const [first, second] = [await newUser(id, 'alice'), await login(id, 'alice')];
    expect([await me(first), await me(second)]).toEqual([200, 200]);
    const { status, body } = await change(first, PASSWORD, 'Another-Horse-8');
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'bearer', expires_in: 900, user: { username: 'alice' } });
    expect([await me(first), await me(second), await me(body.access_token)]).toEqual([401, 401, 200]);
    const types = id.events().map(({ type }) => type);
    expect(types).toContain('user.password.changed');
    expect(
      (await id.call('POST', '/auth/login', { body: { username: 'alice', password: PASSWORD } })).status,
    ).toBe(401);
    await login(id, 'alice', 'Another-Horse-8');
  });

  it('checks the rules and the current password, and changes nothing otherwise', async () => {
    const token = await newUser(id, 'alice');
    const cases = [
      [PASSWORD, 'weak', 400, 'weak_password'],
      [PASSWORD, PASSWORD, 400, 'weak_password'],
      ['WrongPass123', 'Another-Horse-8', 401, 'invalid_credentials'],
    ] as const;
    for (const [current, next, status, code] of cases)
      expect(await change(token, current, next)).toMatchObject({ status, body: { code } });
    expect(id.events().at(-1)).toMatchObject({ type: 'user.password.changed', success: false });
    expect(await me(token)).toBe(200);
    await login(id, 'alice');
  });

  it('has one winner of two at once', async () => {
    const token = await newUser(id, 'alice');
    const both = await Promise.all([
      change(token, PASSWORD, 'Another-Horse-8'),
      change(token, PASSWORD, 'Another2Password'),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
  });
});
