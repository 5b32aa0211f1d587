import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, identity, login, newUser, PASSWORD } from '../sessions/testing/identity.ts';

let id: Identity;
beforeEach(async () => {
  id = await identity();
});
afterEach(() => id.close());

const NEXT = 'Another-Horse-8';
const post = (path: string, body: object, token?: string) =>
  id.call('POST', path, { body, ...(token === undefined ? {} : { token }) });
const mails = async (to: string) => (await id.mailbox()).filter((mail) => mail.to === to);
const tokenOf = (mail: { text: string } | undefined) => /#(\S+)/.exec(mail!.text)![1]!;
const newest = async (to: string) => tokenOf((await mails(to)).at(-1));
const confirm = (token: string) => post('/auth/change-email/confirm', { token });
const reset = (token: string, new_password = NEXT) => post('/auth/reset-password', { token, new_password });

describe('an account that its owner got back', () => {
  /** Somebody with the password asks for the account's mail to go to them. */
  async function hijacked() {
    const token = await newUser(id, 'alice');
    await post('/auth/change-email', { email: 'mallory@example.com', password: PASSWORD }, token);
    return { token, link: await newest('mallory@example.com') };
  }

  it('does not go to the address that somebody else had asked for: after a reset', async () => {
    const { link } = await hijacked();
    await post('/auth/forgot-password', { email: 'alice@example.com' });
    expect((await reset(await newest('alice@example.com'))).status).toBe(200);
    expect((await confirm(link)).status).toBe(400);
  });

  it('nor after a new password, nor after a logout everywhere', async () => {
    const { token, link } = await hijacked();
    await post('/auth/change-password', { current_password: PASSWORD, new_password: NEXT }, token);
    expect((await confirm(link)).status).toBe(400);
    const again = await login(id, 'alice', NEXT);
    await post('/auth/change-email', { email: 'eve@example.com', password: NEXT }, again);
    await post('/auth/logout-all', {}, again);
    expect((await confirm(await newest('eve@example.com'))).status).toBe(400);
    expect(await id.call('GET', '/auth/me', { token: await login(id, 'alice', NEXT) })).toMatchObject({
      body: { email: 'alice@example.com' },
    });
  });

  it('has no invitations left that somebody else had made', async () => {
    await id.registration.createAdmin('root', PASSWORD, false);
    const root = await login(id, 'root');
    const { body } = await post('/invitations', { role: 'admin' }, root);
    await post('/auth/change-password', { current_password: PASSWORD, new_password: NEXT }, root);
    const input = { username: 'mallory', email: 'm@example.com', password: PASSWORD, invitation: body.token };
    expect((await post('/auth/register', input)).body.code).toBe('invitation_invalid');
  });

  it('whose address it confirms only now, has neither the factor nor the keys of whoever came first', async () => {
    const token = await newUser(id, 'alice');
    const { key } = (await post('/api-keys', { name: 'left behind' }, token)).body;
    const keyed = async () => (await id.call('GET', '/memories', { headers: { 'x-api-key': key } })).status;
    const row = id.writer.db.prepare('select id from accounts').pluck().get();
    id.writer.db.prepare("insert into account_mfa values (?, x'00', 1, 1, 0)").run(row);
    expect(await keyed()).toBe(200);
    await post('/auth/forgot-password', { email: 'alice@example.com' });
    await reset(await newest('alice@example.com'));
    expect(await keyed()).toBe(401);
    await login(id, 'alice', NEXT);
  });
});

describe('a link to a new password', () => {
  it('is not held up by somebody who has the password and keeps changing things', async () => {
    const token = await newUser(id, 'alice');
    await post('/auth/forgot-password', { email: 'alice@example.com' });
    const link = await newest('alice@example.com');
    await post(
      '/auth/change-password',
      { current_password: PASSWORD, new_password: 'Thiefs-Horse-8' },
      token,
    );
    await post('/auth/logout-all', {}, await login(id, 'alice', 'Thiefs-Horse-8'));
    expect((await reset(link)).status).toBe(200);
    await login(id, 'alice', NEXT);
  });

  it('ends when an administrator changes the account', async () => {
    await newUser(id, 'alice');
    await id.registration.createAdmin('root', PASSWORD, false);
    const root = await login(id, 'root');
    const { id: user } = (await id.call('GET', '/auth/users/alice', { token: root })).body;
    await post('/auth/forgot-password', { email: 'alice@example.com' });
    const link = await newest('alice@example.com');
    const set = (is_active: boolean) =>
      id.call('PATCH', `/users/${user}`, { token: root, body: { is_active } });
    await set(false);
    await set(true);
    expect((await reset(link)).status).toBe(400);
  });

  it('is bound to the address that it was mailed to', async () => {
    await newUser(id, 'alice');
    await post('/auth/forgot-password', { email: 'alice@example.com' });
    const link = await newest('alice@example.com');
    id.writer.db.prepare("update accounts set email_digest = x'0123'").run();
    expect((await reset(link)).status).toBe(400);
  });

  it('that reached its owner stays good while somebody floods the mailbox', async () => {
    await newUser(id, 'alice');
    for (let i = 0; i < 30; i++) await post('/auth/forgot-password', { email: 'alice@example.com' });
    const links = (await mails('alice@example.com')).filter(({ subject }) => /new password/.test(subject));
    expect(links.length).toBeGreaterThan(0);
    expect(links.length).toBeLessThan(30);
    expect((await reset(tokenOf(links.at(-1)))).status).toBe(200);
  });

  it('is sent whatever else a stranger had mailed to that mailbox', async () => {
    await newUser(id, 'alice');
    for (let i = 0; i < 12; i++)
      await post('/auth/register', {
        username: `m${i}x`,
        email: `alice+${i}@example.com`,
        password: PASSWORD,
      });
    await post('/auth/forgot-password', { email: 'alice@example.com' });
    expect((await reset(await newest('alice@example.com'))).status).toBe(200);
  });
});

describe('a session that somebody else has', () => {
  it('becomes no longer one in another namespace, and its logout ends all that came of it', async () => {
    const stolen = await id.call('POST', '/auth/login', { body: { username: 'alice', password: PASSWORD } });
    expect(stolen.status).toBe(401);
    const token = await newUser(id, 'alice');
    const team = (await post('/namespaces', { name: 'team' }, token)).body;
    const own = (await id.call('GET', '/auth/me', { token })).body.namespace;
    expect((await post('/auth/sessions', { namespace: own }, token)).body.code).toBe('same_namespace');
    id.clock.at += 9 * 60_000;
    const child = (await post('/auth/sessions', { namespace: team.id }, token)).body;
    expect(child.refresh_expires_in).toBe(30 * 86_400 - 9 * 60);
    const grandchild = (await post('/auth/sessions', { namespace: own }, child.access_token)).body;
    await post('/auth/logout', {}, token);
    for (const { access_token, refresh_token } of [child, grandchild]) {
      expect((await id.call('GET', '/auth/me', { token: access_token })).status).toBe(401);
      expect((await post('/auth/refresh', { refresh_token })).status).toBe(401);
    }
  });
});

describe('a login', () => {
  it('to a namespace that is not there is a failure like every other, and told', async () => {
    await newUser(id, 'alice');
    const body = { username: 'alice', password: PASSWORD, namespace: 'x' };
    const wrong = await post('/auth/login', { ...body, password: 'WrongPass123' });
    const right = await post('/auth/login', body);
    expect({ ...right.body, request_id: 0 }).toEqual({ ...wrong.body, request_id: 0 });
    expect(id.events().at(-1)).toMatchObject({ type: 'auth.login.failed', code: 'no_such_namespace' });
  });
});

describe('where an address has to be confirmed first', () => {
  beforeEach(async () => {
    await id.close();
    id = await identity({ config: { emailVerification: 'required' } });
    await id.registration.createAdmin('root', PASSWORD, false);
  });

  it('an administrator who cannot log in is no other administrator', async () => {
    const root = await login(id, 'root');
    const owner = { username: 'carol', email: 'carol@example.com', password: PASSWORD };
    await post('/auth/register', owner);
    for (const input of [
      { username: 'held', email: 'carol@example.com' },
      { username: 'waiting', email: 'waiting@example.com' },
    ]) {
      const { body } = await post('/invitations', { role: 'admin' }, root);
      await post('/auth/register', { ...input, password: PASSWORD, invitation: body.token });
    }
    const held = (await id.call('GET', '/auth/users/held', { token: root })).body;
    expect(held.roles).toEqual(['user']);
    const me = (await id.call('GET', '/auth/me', { token: root })).body;
    const demoted = await id.call('PATCH', `/users/${me.id}`, { token: root, body: { role: 'user' } });
    expect(demoted.body.code).toBe('last_admin');
  });

  it('a user whom an administrator makes gets the mail to confirm it, and logs in then', async () => {
    const root = await login(id, 'root');
    const made = (await post('/users', { username: 'dave', email: 'dave@example.com' }, root)).body;
    await post('/auth/verify-email', { token: await newest('dave@example.com') });
    await login(id, 'dave', made.password);
  });

  it('an invitation of one’s own does not tell which addresses are taken', async () => {
    await post('/auth/register', { username: 'carol', email: 'carol@example.com', password: PASSWORD });
    const root = await login(id, 'root');
    const { namespace } = (await id.call('GET', '/auth/me', { token: root })).body;
    const members = async () =>
      (await id.call('GET', `/namespaces/${namespace}/members`, { token: root })).body.members.length;
    for (const [username, email] of [
      ['taken', 'carol@example.com'],
      ['free', 'free@example.com'],
    ]) {
      const before = await members();
      const { body } = await post(`/namespaces/${namespace}/invitations`, { role: 'user' }, root);
      const input = { username, email, password: PASSWORD, invitation: body.token };
      expect((await post('/auth/register', input)).body.user.roles).toEqual(['user']);
      expect([username, await members()]).toEqual([username, before + 1]);
    }
  });

  it('the last administrator of a namespace does not leave it to one who cannot log in', async () => {
    const root = await login(id, 'root');
    const { id: team } = (await post('/namespaces', { name: 'team' }, root)).body;
    const inside = (await post('/auth/sessions', { namespace: team }, root)).body.access_token;
    const { body } = await post(`/namespaces/${team}/invitations`, { role: 'admin' }, inside);
    const ghost = { username: 'ghost', email: 'ghost@example.com', password: PASSWORD };
    await post('/auth/register', { ...ghost, invitation: body.token });
    const left = await id.call('DELETE', `/namespaces/${team}/membership`, { token: root });
    expect(left.body.code).toBe('last_admin');
  });

  it('accounts that somebody made use of are never removed as unconfirmed', async () => {
    const root = await login(id, 'root');
    for (const username of ['promoted', 'certified', 'idle'])
      await post('/auth/register', { username, email: `${username}@example.com`, password: PASSWORD });
    const idOf = async (name: string) =>
      (await id.call('GET', `/auth/users/${name}`, { token: root })).body.id as string;
    await id.call('PATCH', `/users/${await idOf('promoted')}`, { token: root, body: { role: 'admin' } });
    const path = `/users/${await idOf('certified')}/certificates`;
    expect((await post(path, { name: 'DNS:agent.example.org' }, root)).status).toBe(201);
    id.clock.at += 8 * 86_400_000;
    await Promise.all([id.sweep(), id.sweep()]);
    const again = await login(id, 'root');
    const { users } = (await id.call('GET', '/users', { token: again })).body;
    expect(users.map(({ username }: { username: string }) => username)).toEqual([
      'root',
      'promoted',
      'certified',
    ]);
    expect(id.events().filter(({ action }) => action === 'never_confirmed')).toHaveLength(1);
    expect(id.writer.db.prepare('select count(*) from namespaces').pluck().get()).toBe(3);
  });

  it('accounts that never were are removed after a week, and their names are free', async () => {
    const input = { username: 'dave', email: 'dave@example.com', password: PASSWORD };
    await post('/auth/register', input);
    id.clock.at += 6 * 86_400_000;
    await id.sweep();
    expect((await post('/auth/register', input)).body.code).toBe('username_taken');
    id.clock.at += 2 * 86_400_000;
    await id.sweep();
    expect((await post('/auth/register', input)).status).toBe(201);
    expect(id.events().map(({ action }) => action)).toContain('never_confirmed');
  });
});
