import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateCommitment } from './audit/entry.ts';
import { type Identity, identity, login, newUser, PASSWORD } from './sessions/testing/identity.ts';

let id: Identity;
let admin: string;
beforeEach(async () => {
  id = await identity();
  await id.registration.createAdmin('root', PASSWORD, false);
  admin = await login(id, 'root');
});
afterEach(() => id.close());

type State = Parameters<typeof stateCommitment>[2];
/** What the last event of a type commits to must be these; undefined where it commits to nothing. */
function expectStates(type: string, before: State | undefined, after: State | undefined): void {
  const event = id.events().findLast((one) => one.type === type)!;
  const of = (state: State | undefined) =>
    state === undefined ? undefined : stateCommitment(id.keys.records.commitment, event.resource, state);
  expect([type, event.before, event.after]).toEqual([type, of(before), of(after)]);
}

describe('what the log commits to, before and after a change', () => {
  it('of a user', async () => {
    await newUser(id, 'alice');
    const { id: alice } = (await id.call('GET', '/auth/users/alice', { token: admin })).body;
    const change = (body: object) => id.call('PATCH', `/users/${alice}`, { token: admin, body });
    await change({ role: 'readonly' });
    expectStates('user.updated', { role: 'user', is_active: true }, { role: 'readonly', is_active: true });
    await change({ is_active: false });
    expectStates(
      'user.deactivated',
      { role: 'readonly', is_active: true },
      { role: 'readonly', is_active: false },
    );
    await change({ is_active: true, role: 'user' });
    expectStates('user.activated', { role: 'readonly', is_active: false }, { role: 'user', is_active: true });
  });

  it('of a namespace and its members', async () => {
    const token = await newUser(id, 'alice');
    const team = (await id.call('POST', '/namespaces', { token, body: { name: 'team' } })).body;
    const inside = (await id.call('POST', '/auth/sessions', { token, body: { namespace: team.id } })).body
      .access_token as string;
    const call = (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) =>
      id.call(method, `/namespaces/${team.id}${path}`, { token: inside, ...(body && { body }) });
    const settings = { audit_reads: 'durable', require_mfa: false, require_signatures: false };
    expect((await call('PATCH', '', { require_signatures: true })).status).toBe(200);
    expectStates('namespace.updated', settings, { ...settings, require_signatures: true });

    const bob = await newUser(id, 'bob');
    const invitation = (await call('POST', '/invitations', { role: 'user' })).body;
    await id.call('POST', '/auth/invitations/accept', { token: bob, body: { token: invitation.token } });
    expectStates('namespace.member.added', undefined, { role: 'user' });
    const member = (await id.call('GET', '/auth/users/bob', { token: admin })).body.id;
    await call('PATCH', `/members/${member}`, { role: 'readonly' });
    expectStates('namespace.member.updated', { role: 'user' }, { role: 'readonly' });
    await call('DELETE', `/members/${member}`);
    expectStates('namespace.member.removed', { role: 'readonly' }, undefined);
  });

  it('of an API key: how it is set up, not when it was used', async () => {
    const token = await newUser(id, 'alice');
    const body = { name: 'laptop', permissions: ['memories:read'] };
    const created = (await id.call('POST', '/api-keys', { token, body })).body;
    const { key: _, last_used_at: _used, ...first } = created;
    expectStates('apikey.created', undefined, first);
    id.clock.at += 5;
    const path = `/api-keys/${created.id}/rotate`;
    const rotated = (await id.call('POST', path, { token, body: { overlap_seconds: 10 } })).body;
    const { key: _key, last_used_at: _unused, ...second } = rotated;
    expect(second.rotated_at).not.toBeNull();
    expectStates('apikey.rotated', first, second);
  });
});
