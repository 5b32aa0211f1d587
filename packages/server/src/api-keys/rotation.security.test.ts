import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, identity, login, newUser, PASSWORD } from '../sessions/testing/identity.ts';

const SECOND = 1000;
const DAY = 86_400 * SECOND;

let id: Identity;
let token: string;
beforeEach(async () => {
  id = await identity();
  token = await newUser(id, 'alice');
});
afterEach(() => id.close());

const create = async (more: object = {}) =>
  (await id.call('POST', '/api-keys', { token, body: { name: 'my laptop', ...more } })).body as {
    id: string;
    key: string;
  };
const rotate = (keyId: string, body: object = {}, by: object = { token }) =>
  id.call('POST', `/api-keys/${keyId}/rotate`, { ...by, body });
const use = async (key: string) =>
  (await id.call('GET', '/memories', { headers: { 'x-api-key': key } })).status;
const types = () => id.events().map(({ type }) => type);
/** A new login: the proof of the password that a rotation asks for holds for ten minutes. */
async function later(milliseconds: number) {
  id.clock.at += milliseconds;
  token = await login(id, 'alice');
}

describe('the secret before a rotation', () => {
  it('is good beside the new one until the overlap ends, to the millisecond', async () => {
    const { id: keyId, key: old } = await create();
    const { status, body } = await rotate(keyId, { overlap_seconds: 60 });
    expect([status, body.id, body.previous_until]).toEqual([200, keyId, '2026-11-21T12:01:00.000Z']);
    expect(body.key).not.toBe(old);
    expect([await use(old), await use(body.key)]).toEqual([200, 200]);
    id.clock.at += 60 * SECOND - 1;
    expect([await use(old), await use(body.key)]).toEqual([200, 200]);
    id.clock.at += 1;
    expect([await use(old), await use(body.key)]).toEqual([401, 200]);
    expect(id.events().at(-1)).toMatchObject({ type: 'auth.token.invalid', code: 'rotated' });
  });

  it('ends at once with no overlap, also where it was remembered, and for a change under way', async () => {
    const { id: keyId, key: old } = await create();
    expect(await use(old)).toBe(200);
    const actor = await id.authenticate({ headers: { 'x-api-key': old }, ip: '::1' });
    const { key } = (await rotate(keyId, { overlap_seconds: 0 })).body;
    expect([await use(old), await use(key)]).toEqual([401, 200]);
    await expect(id.writer.commit({ steps: [actor.guard], leaves: [] })).rejects.toMatchObject({
      code: 'stale_authorization',
    });
  });

  it('is guarded in changes too: one that began within the overlap is refused after it', async () => {
    const { id: keyId, key: old } = await create();
    await rotate(keyId, { overlap_seconds: 60 });
    const actor = await id.authenticate({ headers: { 'x-api-key': old }, ip: '::1' });
    await id.writer.commit({ steps: [actor.guard], leaves: [] });
    id.clock.at += 60 * SECOND;
    await expect(id.writer.commit({ steps: [actor.guard], leaves: [] })).rejects.toMatchObject({
      code: 'stale_authorization',
    });
  });

  it('is one alone: after a second rotation the first secret is void, whatever its overlap was', async () => {
    const { id: keyId, key: first } = await create();
    const second = (await rotate(keyId, { overlap_seconds: 30 * 86_400 })).body.key;
    const third = (await rotate(keyId, { overlap_seconds: 60 })).body.key;
    expect([await use(first), await use(second), await use(third)]).toEqual([401, 200, 200]);
  });

  it('ends with the key: revoked or expired, no secret of it is good', async () => {
    const { id: keyId, key: old } = await create();
    const { key } = (await rotate(keyId)).body;
    await id.call('DELETE', `/api-keys/${keyId}`, { token });
    expect([await use(old), await use(key)]).toEqual([401, 401]);

    const ending = await create({ expires_at: '2026-11-21T12:00:30Z' });
    const next = (await rotate(ending.id, { overlap_seconds: 60 })).body.key;
    id.clock.at += 30 * SECOND;
    expect([await use(ending.key), await use(next)]).toEqual([401, 401]);
    token = await login(id, 'alice');
    expect((await rotate(ending.id)).status).toBe(404);
    expect(await use(ending.key)).toBe(401);
  });

  it('is taken by one of two rotations at the same moment, and the other secret is good too', async () => {
    const { id: keyId, key: old } = await create();
    const answers = await Promise.all([rotate(keyId), rotate(keyId)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const used = await Promise.all(answers.map(({ body }) => use(body.key)));
    expect(used).toEqual([200, 200]);
    expect(await use(old)).toBe(401);
  });
});

describe('a rotation', () => {
  it('is for the owner of the key: 404 for another user, and the same for a missing key', async () => {
    const { id: keyId, key } = await create();
    await id.registration.createAdmin('admin', PASSWORD, false);
    for (const by of [await newUser(id, 'bob'), await login(id, 'admin')]) {
      const foreign = await rotate(keyId, {}, { token: by });
      const missing = await rotate('abcdefghijkm', {}, { token: by });
      expect(foreign).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect({ ...foreign.body, request_id: 0 }).toEqual({ ...missing.body, request_id: 0 });
    }
    expect(await use(key)).toBe(200);
    expect(types()).not.toContain('apikey.rotated');
  });

  it('is not for a key, not even of itself', async () => {
    const { id: keyId, key } = await create();
    expect((await rotate(keyId, {}, { headers: { 'x-api-key': key } })).status).toBe(403);
    expect(await use(key)).toBe(200);
  });

  it('takes no overlap beyond thirty days, none below zero, and nothing else', async () => {
    const { id: keyId } = await create();
    for (const body of [
      { overlap_seconds: -1 },
      { overlap_seconds: 30 * 86_400 + 1 },
      { overlap_seconds: 0.5 },
      { overlap_seconds: '60' },
      { permissions: ['scans:write'] },
      { key: `mh_${keyId}_${'x'.repeat(43)}` },
    ])
      expect([body, (await rotate(keyId, body)).status]).toEqual([body, 400]);
  });

  it('renews the signing secret with it, and leaves rights, entities and end as they were', async () => {
    const made = (
      await id.call('POST', '/api-keys', {
        token,
        body: {
          name: 'k',
          permissions: ['memories:read'],
          entities: { agent_id: 'robot' },
          expires_at: '2027-01-01T00:00:00Z',
          signing: { algorithm: 'hmac-sha256', required: false },
        },
      })
    ).body;
    const { body } = await rotate(made.id);
    expect(body.signing_secret).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(body.signing_secret).not.toBe(made.signing_secret);
    for (const field of ['permissions', 'entities', 'expires_at', 'signing', 'name'])
      expect(body[field]).toEqual(made[field]);
    const stored = JSON.stringify(id.writer.db.prepare('select * from api_keys').all());
    for (const secret of [body.key.split('_')[2], body.signing_secret]) expect(stored).not.toContain(secret);
    expect(JSON.stringify(id.events())).not.toContain(body.key);
  });
});

describe('what happens to keys by themselves', () => {
  it('an expired key is closed with one event, however many servers look, and however often', async () => {
    const { id: keyId, key } = await create({ expires_at: '2026-11-21T12:00:30Z' });
    await id.sweep();
    expect(types()).not.toContain('apikey.expired');
    id.clock.at += 30 * SECOND;
    expect(await use(key)).toBe(401);
    await Promise.all([id.sweep(), id.sweep()]);
    await id.sweep();
    const ended = id.events().filter(({ type }) => type === 'apikey.expired');
    expect(ended).toMatchObject([{ actor: { kind: 'system' }, resource: { ids: [keyId] } }]);
    token = await login(id, 'alice');
    expect((await id.call('GET', '/api-keys', { token })).body.api_keys).toEqual([]);
  });

  it('the owner hears once of an end that is near', async () => {
    await create({ expires_at: '2026-12-01T12:00:00Z' });
    id.clock.at += 3 * DAY - 1;
    await id.sweep();
    expect(await reminders()).toEqual([]);
    id.clock.at += 1;
    await Promise.all([id.sweep(), id.sweep()]);
    id.clock.at += DAY;
    await id.sweep();
    const told = await reminders();
    expect(told).toMatchObject([{ to: 'alice@example.com' }]);
    expect(told[0]?.text).toContain('my laptop');
    expect(types().filter((type) => type === 'apikey.rotation.due')).toHaveLength(1);
  });

  it('the owner hears once of a rotation that is due, and again only after the next', async () => {
    const { id: keyId } = await create({ rotate_after_days: 30 });
    id.clock.at += 30 * DAY - 1;
    await id.sweep();
    expect(await reminders()).toEqual([]);
    id.clock.at += 1;
    await id.sweep();
    await id.sweep();
    expect(await reminders()).toHaveLength(1);
    await later(0);
    await rotate(keyId);
    await id.sweep();
    expect(await reminders()).toHaveLength(1);
    id.clock.at += 30 * DAY;
    await id.sweep();
    expect(await reminders()).toHaveLength(2);
  });

  it('nobody hears of a key that was revoked', async () => {
    const { id: keyId } = await create({ rotate_after_days: 1, expires_at: '2026-11-25T12:00:00Z' });
    await id.call('DELETE', `/api-keys/${keyId}`, { token });
    id.clock.at += 10 * DAY;
    await id.sweep();
    expect(await reminders()).toEqual([]);
    expect(types()).not.toContain('apikey.expired');
  });

  const reminders = async () => (await id.mailbox()).filter(({ text }) => text.includes('my laptop'));
});

describe('a key of a member of somebody else’s namespace', () => {
  let owner: string;
  let team: string;
  let ownerId: string;
  let memberId: string;
  const enter = async (by: string) =>
    (await id.call('POST', '/auth/sessions', { token: by, body: { namespace: team } })).body
      .access_token as string;
  const me = async (by: string) => (await id.call('GET', '/auth/me', { token: by })).body.id as string;
  const bound = async (key: string) =>
    (await id.call('GET', '/memories', { headers: { 'x-api-key': key } })).body.boundTo;

  beforeEach(async () => {
    owner = token;
    ownerId = await me(owner);
    team = (await id.call('POST', '/namespaces', { token: owner, body: { name: 'team' } })).body.id;
    owner = await enter(owner);
  });
  async function member(role: string): Promise<string> {
    const by = await newUser(id, `bob-${role}`);
    memberId = await me(by);
    const { token: invitation } = (
      await id.call('POST', `/namespaces/${team}/invitations`, { token: owner, body: { role } })
    ).body;
    await id.call('POST', '/auth/invitations/accept', { token: by, body: { token: invitation } });
    return enter(by);
  }
  const keyBy = (by: string, more: object = {}) =>
    id.call('POST', '/api-keys', { token: by, body: { name: 'k', ...more } });

  it('reaches what their login reaches, and says so', async () => {
    const by = await member('user');
    const { status, body } = await keyBy(by);
    expect([status, body.entities]).toEqual([201, { user_id: memberId }]);
    expect(await bound(body.key)).toEqual({ user_id: memberId });
    const agent = (await keyBy(by, { entities: { agent_id: 'robot' } })).body;
    expect(await bound(agent.key)).toEqual({ agent_id: 'robot', user_id: memberId });
    for (const user_id of [ownerId, 'nobody'])
      expect(await keyBy(by, { entities: { user_id } })).toMatchObject({
        status: 400,
        body: { code: 'invalid_input', errors: [{ path: 'entities.user_id' }] },
      });
  });

  it('loses with their role what it reached, and is void where it was bound to others', async () => {
    const by = await member('admin');
    const free = (await keyBy(by)).body;
    const others = (await keyBy(by, { entities: { user_id: ownerId } })).body;
    expect(await bound(free.key)).toBeUndefined();
    expect(await bound(others.key)).toEqual({ user_id: ownerId });
    const path = `/namespaces/${team}/members/${memberId}`;
    expect((await id.call('PATCH', path, { token: owner, body: { role: 'user' } })).status).toBe(200);
    expect(await bound(free.key)).toEqual({ user_id: memberId });
    expect(await use(others.key)).toBe(401);
  });

  it('is free in their own namespace, as programs for several users need it', async () => {
    await member('user');
    const own = await login(id, 'bob-user');
    const { body } = await keyBy(own);
    expect([body.entities, await bound(body.key)]).toEqual([null, undefined]);
  });
});
