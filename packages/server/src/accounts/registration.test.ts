import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, identity, login, newUser, PASSWORD } from '../sessions/testing/identity.ts';
import { randomPassword } from './passwords.ts';

let id: Identity;
beforeEach(async () => {
  id = await identity();
});
afterEach(() => id.close());

const alice = { username: 'alice', email: 'alice@example.com', password: PASSWORD };
const register = (body: object) => id.call('POST', '/auth/register', { body });
const count = (table: string) =>
  (id.writer.db.prepare(`select count(*) as n from ${table}`).get() as { n: number }).n;

describe('registration', () => {
  it('makes a user of role user, in a namespace of their own, without a hash in sight', async () => {
    const { status, body } = await register({ ...alice, full_name: 'Alice A.' });
    expect(status).toBe(201);
    expect(body).toEqual({
      user: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        username: 'alice',
        email: 'alice@example.com',
        full_name: 'Alice A.',
        namespace: expect.stringMatching(/^[0-9a-f-]{36}$/),
        roles: ['user'],
        is_active: true,
        is_verified: false,
        created_at: '2026-11-21T12:00:00.000Z',
        last_login_at: null,
      },
    });
    const other = await register({ ...alice, username: 'bob', email: 'bob@example.com' });
    expect(other.body.user.namespace).not.toBe(body.user.namespace);
    expect(id.events().map(({ type, success }) => [type, success])).toEqual([
      ['namespace.created', true],
      ['user.created', true],
      ['namespace.created', true],
      ['user.created', true],
    ]);
    const [, created] = id.events();
    expect(created).toMatchObject({
      namespace: body.user.namespace,
      resource: { type: 'account', ids: [body.user.id] },
      private: { username: 'alice', ip: '127.0.0.1', path: '/auth/register' },
    });
  });

  it('refuses a taken name in any case, and stores nothing', async () => {
    await register(alice);
    const again = await register({ ...alice, username: 'ALICE', email: 'other@example.com' });
    expect(again).toMatchObject({ status: 400, body: { code: 'username_taken' } });
    expect([count('accounts'), count('namespaces')]).toEqual([1, 1]);
    expect(id.events().at(-1)).toMatchObject({
      type: 'user.created',
      success: false,
      code: 'username_taken',
    });
  });

  it('answers a taken e-mail like a new one, with the same work, and stores nothing', async () => {
    const first = await register(alice);
    const hashed = id.hasher.calls.length;
    const commits = id.writer.leaves.length;
    const second = await register({ ...alice, username: 'mallory', email: 'ALICE@Example.com' });
    expect(second.status).toBe(201);
    expect(Object.keys(second.body.user)).toEqual(Object.keys(first.body.user));
    expect(second.body.user).toMatchObject({ username: 'mallory', roles: ['user'], is_active: true });
    expect(second.body.user.id).not.toBe(first.body.user.id);
    expect(id.hasher.calls.length - hashed).toBe(hashed);
    expect(id.writer.leaves.length).toBeGreaterThan(commits);
    expect([count('accounts'), count('namespaces')]).toEqual([1, 1]);
  });

  it('refuses fields that nobody may set, naming them', async () => {
    for (const extra of [
      { role: 'admin' },
      { roles: ['admin'] },
      { namespace: 'x' },
      { is_active: true },
      { id: 1 },
    ]) {
      const { status, body } = await register({ ...alice, ...extra });
      expect([status, body.code]).toEqual([400, 'invalid_input']);
      expect(body.detail).toContain(Object.keys(extra)[0]);
    }
    expect(count('accounts')).toBe(0);
  });

  it('says which rule a weak password breaks, and never repeats it', async () => {
    const cases = [
      ['Ab1', 'at least 8'],
      [`Aa1${'x'.repeat(126)}`, 'at most 128'],
      ['lowercase1', 'upper-case'],
      ['UPPERCASE1', 'lower-case'],
      ['NoDigitsHere', 'digit'],
    ] as const;
    for (const [password, rule] of cases) {
      const { status, body } = await register({ ...alice, password });
      expect([status, body.code]).toEqual([400, 'weak_password']);
      expect(body.errors).toEqual([{ path: 'password', message: expect.stringContaining(rule) }]);
      expect(JSON.stringify(body)).not.toContain(password);
    }
    expect(id.hasher.calls).toEqual([]);
  });

  it('refuses names and addresses that are none', async () => {
    const bad = [
      { username: 'al' },
      { username: 'a'.repeat(51) },
      { username: 'al ice' },
      { username: 'álice' },
      { username: ['alice'] },
      { email: 'alice' },
      { email: 'alice@localhost' },
      { email: 'a b@example.com' },
      { email: 'a@b@example.com' },
      { email: 'a@exa\r\nmple.com' },
      {
        email: `${'a'.repeat(64)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.com`,
      },
      { full_name: 'x'.repeat(201) },
      { full_name: 'a\0b' },
      { password: '\ud800Aa1xxxxxx' },
    ];
    for (const fields of bad) {
      const { status, body } = await register({ ...alice, ...fields });
      expect([status, body.code], JSON.stringify(fields)).toEqual([400, 'invalid_input']);
    }
    expect(count('accounts')).toBe(0);
  });

  it('is closed or by invitation when the server says so', async () => {
    for (const mode of ['invite', 'closed'] as const) {
      const other = await identity({ mode });
      const { status, body } = await other.call('POST', '/auth/register', { body: alice });
      expect([status, body.code]).toEqual([403, 'registration_closed']);
      expect(body.detail).toContain('administrator');
      await other.close();
    }
  });

  it('leaves no name or address in the clear', async () => {
    await register({ ...alice, full_name: 'Alice Liddell' });
    const stored = JSON.stringify(
      [...id.writer.db.prepare('select * from accounts, namespaces').all(), ...id.writer.leaves],
      (_, value) => (value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value),
    );
    expect(stored).not.toMatch(/alice|Liddell|example\.com/i);
  });
});

describe('a refused registration', () => {
  it('is told with its reason, without the password', async () => {
    const body = { username: 'alice', email: 'alice@example.com', password: `Password${'123!'}` };
    expect((await id.call('POST', '/auth/register', { body })).body.code).toBe('weak_password');
    expect(id.events().at(-1)).toMatchObject({ type: 'user.created', success: false, code: 'weak_password' });
    expect(JSON.stringify(id.events())).not.toContain('Password123!');
  });
});

describe('the first administrator', () => {
  it('can only change a password that was made for it', async () => {
    const password = randomPassword();
    expect(password).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d).{24}$/);
    expect(await id.registration.admin()).toBeUndefined();
    const admin = await id.registration.createAdmin('admin', password, true);
    expect(admin).toMatchObject({ role: 'admin', email: 'admin@localhost' });
    expect(await id.registration.admin()).toEqual(admin);

    const token = await login(id, 'admin', password);
    expect(await id.call('GET', '/memories', { token })).toMatchObject({
      status: 403,
      body: { code: 'password_change_required' },
    });
    expect((await id.call('GET', '/auth/users/admin', { token })).status).toBe(403);
    expect((await id.call('GET', '/auth/me', { token })).status).toBe(200);
    const body = { current_password: password, new_password: 'Another-Horse-8' };
    const changed = await id.call('POST', '/auth/change-password', { token, body });
    expect(changed.status).toBe(200);
    expect((await id.call('GET', '/memories', { token: changed.body.access_token })).status).toBe(200);
  });

  it('keeps a configured password without having to change it, and reads every user', async () => {
    const admin = await id.registration.createAdmin('admin', PASSWORD, false);
    expect(admin.mustChangePassword).toBe(false);
    await newUser(id, 'alice');
    const token = await login(id, 'admin');
    expect(await id.call('GET', '/auth/users/Alice', { token })).toMatchObject({
      status: 200,
      body: { username: 'alice' },
    });
    expect((await id.call('GET', '/memories', { token })).body).toEqual({});
  });

  it('refuses a weak configured password', async () => {
    await expect(id.registration.createAdmin('admin', 'weak', false)).rejects.toMatchObject({
      code: 'weak_password',
    });
  });
});

describe('users', () => {
  it('see themselves, and nobody else', async () => {
    const token = await newUser(id, 'alice');
    await newUser(id, 'bob');
    expect((await id.call('GET', '/auth/me', { token })).body).toMatchObject({
      username: 'alice',
      last_login_at: '2026-11-21T12:00:00.000Z',
    });
    expect((await id.call('GET', '/auth/users/alice', { token })).status).toBe(200);
    const foreign = await id.call('GET', '/auth/users/bob', { token });
    const missing = await id.call('GET', '/auth/users/nobody', { token });
    expect(foreign).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect({ ...foreign.body, request_id: 0 }).toEqual({ ...missing.body, request_id: 0 });
    expect((await id.call('GET', '/auth/me')).status).toBe(401);
  });
});
