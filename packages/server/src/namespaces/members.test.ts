import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, identity, login, newUser, PASSWORD } from '../sessions/testing/identity.ts';

let id: Identity;
let alice: string;
let bob: string;
let team: string;
/** Alice's session inside her team. */
let inside: string;
beforeEach(async () => {
  id = await identity();
  alice = await newUser(id, 'alice');
  bob = await newUser(id, 'bob');
  team = (await id.call('POST', '/namespaces', { token: alice, body: { name: 'team' } })).body.id;
  inside = await enter(alice);
});
afterEach(() => id.close());

async function enter(token: string): Promise<string> {
  const { status, body } = await id.call('POST', '/auth/sessions', { token, body: { namespace: team } });
  expect(status).toBe(201);
  return body.access_token;
}
const invite = (body: object, token = inside) =>
  id.call('POST', `/namespaces/${team}/invitations`, { token, body });
const accept = (token: string, invitation: string) =>
  id.call('POST', '/auth/invitations/accept', { token, body: { token: invitation } });
async function join(token: string, role = 'user'): Promise<string> {
  const { body } = await invite({ role });
  expect((await accept(token, body.token)).status).toBe(200);
  return enter(token);
}
const idOf = async (token: string) => (await id.call('GET', '/auth/me', { token })).body.id as string;
const memories = async (token: string) => (await id.call('GET', '/memories', { token })).status;

describe('a namespace for several', () => {
  it('is entered by its members only, each with the role they have there', async () => {
    expect((await id.call('POST', '/auth/sessions', { token: bob, body: { namespace: team } })).status).toBe(
      404,
    );
    const there = await join(bob, 'readonly');
    expect((await id.call('POST', '/memories', { token: there, body: {} })).status).toBe(403);
    expect((await id.call('POST', '/memories', { token: bob, body: {} })).status).toBe(200);
    const { namespaces } = (await id.call('GET', '/namespaces', { token: bob })).body;
    expect(namespaces).toMatchObject([
      { name: 'bob', role: 'user', own: true },
      { id: team, name: 'team', role: 'readonly', own: false },
    ]);
    expect((await id.call('GET', `/namespaces/${team}`, { token: bob })).status).toBe(404);
    expect((await id.call('GET', `/namespaces/${team}`, { token: there })).body.name).toBe('team');
  });

  it('is left at once: session, token and keys in it are void, at home all goes on', async () => {
    const there = await join(bob, 'user');
    const { key } = (await id.call('POST', '/api-keys', { token: there, body: { name: 'k' } })).body;
    const keyed = async () => (await id.call('GET', '/memories', { headers: { 'x-api-key': key } })).status;
    expect([await memories(there), await keyed()]).toEqual([200, 200]);
    const member = `/namespaces/${team}/members/${await idOf(there)}`;
    expect((await id.call('DELETE', member, { token: inside })).status).toBe(200);
    expect([await memories(there), await keyed()]).toEqual([401, 401]);
    expect((await id.call('DELETE', member, { token: inside })).status).toBe(404);
    // At home nothing has ended; and what was made here does not come back with a new invitation.
    expect(await memories(bob)).toBe(200);
    await join(bob, 'user');
    expect(await keyed()).toBe(401);
  });

  it('keeps an administrator', async () => {
    const own = `/namespaces/${team}/members/${await idOf(alice)}`;
    const demote = (token: string, path: string) => id.call('PATCH', path, { token, body: { role: 'user' } });
    expect((await demote(inside, own)).body.code).toBe('last_admin');
    expect((await id.call('DELETE', own, { token: inside })).body.code).toBe('last_admin');
    const there = await join(bob, 'admin');
    const theirs = `/namespaces/${team}/members/${await idOf(there)}`;
    const both = await Promise.all([demote(inside, theirs), demote(there, own)]);
    expect(both.filter(({ status }) => status === 200)).toHaveLength(1);
    const admins = id.writer.db
      .prepare("select count(*) from memberships where role = 'admin'")
      .pluck()
      .get();
    expect(admins).toBe(1);
  });

  it('is left by who wants to, and nobody is logged out elsewhere by a change of role', async () => {
    const there = await join(bob, 'user');
    const member = `/namespaces/${team}/members/${await idOf(there)}`;
    const set = (role: string) => id.call('PATCH', member, { token: inside, body: { role } });
    expect((await set('user')).status).toBe(200);
    expect(await memories(there)).toBe(200);
    expect((await set('readonly')).status).toBe(200);
    expect([await memories(there), await memories(bob)]).toEqual([401, 200]);
    const leave = (token: string) => id.call('DELETE', `/namespaces/${team}/membership`, { token });
    expect((await leave(bob)).status).toBe(200);
    expect((await leave(bob)).status).toBe(404);
    expect((await leave(alice)).body.code).toBe('last_admin');
    expect((await id.call('POST', '/auth/sessions', { token: bob, body: { namespace: team } })).status).toBe(
      404,
    );
  });

  it('has its owner once: an invitation to one’s own is none', async () => {
    await id.registration.createAdmin('root', PASSWORD, false);
    const root = await login(id, 'root');
    const { namespace } = (await id.call('GET', '/auth/me', { token: root })).body;
    const path = `/namespaces/${namespace}/invitations`;
    const { body } = await id.call('POST', path, { token: root, body: { role: 'user' } });
    expect((await accept(root, body.token)).body.code).toBe('already_member');
  });

  it('can ask for a second factor, and says what to do', async () => {
    const path = `/namespaces/${team}`;
    const { body } = await id.call('PATCH', path, { token: inside, body: { require_mfa: true } });
    expect(body.settings).toMatchObject({ require_mfa: true, require_signatures: false });
    expect((await id.call('GET', '/memories', { token: inside })).body.code).toBe('mfa_enrolment_required');
    expect((await id.call('POST', '/auth/mfa/totp', { token: inside })).status).toBe(201);
    expect(await memories(alice)).toBe(200);
    expect((await id.call('PATCH', path, { token: alice, body: { require_mfa: false } })).status).toBe(403);
  });
});

describe('an invitation', () => {
  it('is good once, and for its address', async () => {
    const carol = await newUser(id, 'carol');
    const { body } = await invite({ role: 'user' });
    expect(body.link).toBe(`https://memory.example.org/auth/links/invitation#${body.token}`);
    const both = await Promise.all([accept(bob, body.token), accept(carol, body.token)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
    const named = await invite({ email: 'carol@example.com' });
    expect(named.body).not.toHaveProperty('token');
    const mail = (await id.mailbox()).findLast(({ to }) => to === 'carol@example.com')!;
    const token = /#(\S+)/.exec(mail.text)![1]!;
    expect((await accept(bob, token)).body.code).toBe('invitation_invalid');
    expect(mail.text).toContain('"alice" invites you to the namespace "team"');
  });

  it('ends by itself, by withdrawal, and with the right of whoever made it', async () => {
    const { body } = await invite({});
    id.clock.at += 7 * 86_400_000;
    alice = await login(id, 'alice');
    inside = await enter(alice);
    expect((await accept(await login(id, 'bob'), body.token)).status).toBe(400);

    const second = (await invite({})).body;
    const path = `/namespaces/${team}/invitations`;
    expect((await id.call('GET', path, { token: inside })).body.invitations).toMatchObject([
      { id: second.id },
    ]);
    expect((await id.call('DELETE', `${path}/${second.id}`, { token: inside })).status).toBe(200);
    bob = await login(id, 'bob');
    expect((await accept(bob, second.token)).status).toBe(400);

    const there = await join(bob, 'admin');
    const third = (await invite({}, there)).body;
    await id.call('DELETE', `/namespaces/${team}/members/${await idOf(there)}`, { token: inside });
    const carol = await newUser(id, 'carol');
    expect((await accept(carol, third.token)).status).toBe(400);
  });

  it('opens registration where that is by invitation, if an administrator of the server made it', async () => {
    await id.close();
    id = await identity({ mode: 'invite' });
    await id.registration.createAdmin('root', PASSWORD, false);
    const root = await login(id, 'root');
    const register = (username: string, invitation?: string) =>
      id.call('POST', '/auth/register', {
        body: { username, email: `${username}@example.com`, password: PASSWORD, invitation },
      });
    expect((await register('dave')).body.code).toBe('registration_closed');
    const invited = (await id.call('POST', '/invitations', { token: root, body: { role: 'readonly' } })).body;
    const made = await register('dave', invited.token);
    expect(made).toMatchObject({ status: 201, body: { user: { roles: ['readonly'] } } });
    expect((await register('erin', invited.token)).body.code).toBe('invitation_invalid');

    // The log says that it was used, and not that anybody joined a namespace.
    expect(id.events()).toContainEqual(expect.objectContaining({ type: 'user.invited', action: 'accepted' }));
    expect(id.events().map(({ type }) => type)).not.toContain('namespace.member.added');
    const plain = (await id.call('POST', '/invitations', { token: root, body: {} })).body;
    // Whoever has an account needs no invitation to the server: it is not used up, and gives no role.
    expect((await accept(await login(id, 'dave'), plain.token)).body.code).toBe('invitation_invalid');
    await register('frank', plain.token);
    const frank = await login(id, 'frank');
    const { id: own } = (await id.call('POST', '/namespaces', { token: frank, body: { name: 'own' } })).body;
    const within = (await id.call('POST', '/auth/sessions', { token: frank, body: { namespace: own } })).body;
    const path = `/namespaces/${own}/invitations`;
    const theirs = (await id.call('POST', path, { token: within.access_token, body: {} })).body;
    expect((await register('grace', theirs.token)).body.code).toBe('registration_closed');
    expect((await accept(await login(id, 'dave'), theirs.token)).status).toBe(200);
  });
});
