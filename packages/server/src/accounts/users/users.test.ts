import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, identity, login, newUser, PASSWORD } from '../../sessions/testing/identity.ts';

let id: Identity;
let admin: string;
let alice: { id: string };
beforeEach(async () => {
  id = await identity();
  await id.registration.createAdmin('root', PASSWORD, false);
  admin = await login(id, 'root');
  await newUser(id, 'alice');
  alice = (await id.call('GET', '/auth/users/alice', { token: admin })).body;
});
afterEach(() => id.close());

const change = (of: string, body: object) => id.call('PATCH', `/users/${of}`, { token: admin, body });

describe('users', () => {
  it('are listed in pages, with a true total', async () => {
    await newUser(id, 'bob');
    const first = (await id.call('GET', '/users?limit=2', { token: admin })).body;
    expect(first).toMatchObject({ total: 3, next: alice.id });
    const second = (await id.call('GET', `/users?limit=2&after=${first.next}`, { token: admin })).body;
    expect(second.users.map(({ username }: { username: string }) => username)).toEqual(['bob']);
    expect(second.next).toBeNull();
  });

  it('are made with a password that is good for choosing another one', async () => {
    const body = { username: 'carol', email: 'carol@example.com', role: 'readonly' };
    const made = await id.call('POST', '/users', { token: admin, body });
    expect(made).toMatchObject({ status: 201, body: { user: { username: 'carol', roles: ['readonly'] } } });
    const token = await login(id, 'carol', made.body.password);
    expect((await id.call('GET', '/memories', { token })).body).toMatchObject({
      code: 'password_change_required',
    });
    expect((await id.call('POST', '/users', { token: admin, body })).body.code).toBe('username_taken');
  });

  it('change role and activity at once, for tokens and keys', async () => {
    const { access_token: token, refresh_token } = (
      await id.call('POST', '/auth/login', { body: { username: 'alice', password: PASSWORD } })
    ).body;
    const { key } = (await id.call('POST', '/api-keys', { token, body: { name: 'k' } })).body;
    const keyed = () => id.call('POST', '/memories', { headers: { 'x-api-key': key }, body: {} });
    expect((await keyed()).status).toBe(200);
    expect((await change(alice.id, { role: 'readonly' })).body).toMatchObject({ roles: ['readonly'] });
    expect((await id.call('GET', '/auth/me', { token })).status).toBe(401);
    expect((await keyed()).status).toBe(403);
    await change(alice.id, { role: 'user', is_active: false });
    expect((await keyed()).status).toBe(401);
    expect(
      (await id.call('POST', '/auth/login', { body: { username: 'alice', password: PASSWORD } })).status,
    ).toBe(401);
    await change(alice.id, { is_active: true });
    expect((await id.call('POST', '/auth/refresh', { body: { refresh_token } })).status).toBe(401);
    expect((await keyed()).status).toBe(200);
    const types = id.events().map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['user.updated', 'user.deactivated', 'user.activated']));
  });

  it('keep an administrator, whatever two of them do to each other at once', async () => {
    const root = (await id.call('GET', '/auth/me', { token: admin })).body;
    for (const [method, body] of [
      ['PATCH', { role: 'user' }],
      ['PATCH', { is_active: false }],
      ['DELETE', undefined],
    ] as const)
      expect(await id.call(method, `/users/${root.id}`, { token: admin, body })).toMatchObject({
        status: 409,
        body: { code: 'last_admin' },
      });
    await change(alice.id, { role: 'admin' });
    const token = await login(id, 'alice');
    const [one, other] = await Promise.all([
      change(alice.id, { role: 'user' }),
      id.call('PATCH', `/users/${root.id}`, { token, body: { role: 'user' } }),
    ]);
    expect([one.status, other.status].filter((status) => status === 200)).toHaveLength(1);
    const left = id.writer.db.prepare("select count(*) from accounts where role = 'admin'").pluck().get();
    expect(left).toBe(1);
  });

  it('go with everything that is theirs; their name is free again', async () => {
    const token = await login(id, 'alice');
    await id.call('POST', '/api-keys', { token, body: { name: 'k' } });
    expect((await id.call('DELETE', `/users/${alice.id}`, { token: admin })).status).toBe(200);
    for (const table of ['sessions', 'api_keys', 'one_time_tokens'])
      expect(
        id.writer.db
          .prepare(`select count(*) from ${table} where account_id not in (select id from accounts)`)
          .pluck()
          .get(),
      ).toBe(0);
    expect((await id.call('GET', '/auth/me', { token })).status).toBe(401);
    expect((await id.call('GET', `/users/${alice.id}`, { token: admin })).status).toBe(404);
    await newUser(id, 'alice');
  });

  it('get a password for one use when they lost theirs', async () => {
    const token = await login(id, 'alice');
    const { body } = await id.call('POST', `/users/${alice.id}/reset-password`, { token: admin });
    expect((await id.call('GET', '/auth/me', { token })).status).toBe(401);
    const fresh = await login(id, 'alice', body.password);
    expect((await id.call('GET', '/memories', { token: fresh })).body.code).toBe('password_change_required');
  });

  it('are nobody else’s business: not a user’s, not a namespace’s administrator’s', async () => {
    const token = await login(id, 'alice');
    const team = (await id.call('POST', '/namespaces', { token, body: { name: 'team' } })).body;
    const inside = (await id.call('POST', '/auth/sessions', { token, body: { namespace: team.id } })).body;
    for (const credential of [token, inside.access_token])
      for (const [method, path] of [
        ['GET', '/users'],
        ['GET', `/users/${alice.id}`],
        ['PATCH', `/users/${alice.id}`],
        ['DELETE', `/users/${alice.id}`],
        ['POST', '/invitations'],
      ] as const)
        expect([path, (await id.call(method, path, { token: credential, body: {} })).status]).toEqual([
          path,
          403,
        ]);
  });
});
