import { hash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, identity, login, newUser, PASSWORD } from '../sessions/testing/identity.ts';
import { newKeyText } from './key-text.ts';

let id: Identity;
let token: string;
beforeEach(async () => {
  id = await identity();
  token = await newUser(id, 'alice');
});
afterEach(() => id.close());

const create = (body: object, by = token) => id.call('POST', '/api-keys', { token: by, body });
const list = async (by = token) => (await id.call('GET', '/api-keys', { token: by })).body.api_keys;
const use = (key: string, headers: Record<string, string> = { authorization: `Bearer ${key}` }) =>
  id.call('GET', '/memories', { headers });
const sql = (text: string) => id.writer.db.prepare(text).run();

describe('an API key', () => {
  it('is shown once; only its digest is stored, its name is sealed', async () => {
    const { status, body } = await create({ name: 'my laptop' });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[a-z2-9]{12}$/),
      key: expect.stringMatching(new RegExp(`^mh_${body.id}_[0-9A-Za-z]{43}$`)),
      name: 'my laptop',
      permissions: ['memories:read', 'memories:write', 'memories:delete'],
      entities: null,
      max_trust: null,
      created_at: '2026-11-21T12:00:00.000Z',
      expires_at: null,
      last_used_at: null,
      rotated_at: null,
      previous_until: null,
      rotate_after_days: null,
      signing: null,
    });
    const { key, ...rest } = body;
    expect(await list()).toEqual([rest]);
    const row = id.writer.db.prepare('select * from api_keys').get() as Record<string, unknown>;
    expect(row.secret_digest).toEqual(hash('sha256', key, 'buffer'));
    const stored = Object.values(row).map((value) =>
      Buffer.isBuffer(value) ? value.toString('latin1') : String(value),
    );
    expect(stored.join('\n')).not.toContain(key.split('_')[2]);
    expect(stored.join('\n')).not.toContain('laptop');
    expect(id.events().at(-1)).toMatchObject({ type: 'apikey.created', resource: { ids: [body.id] } });
    expect(JSON.stringify(id.events())).not.toContain(key);
  });

  it('is accepted where clients send it, and costs no read while remembered', async () => {
    const { body } = await create({ name: 'k' });
    const { key } = body;
    for (const headers of [
      { authorization: `Bearer ${key}` },
      { authorization: `Token ${key}` },
      { 'x-api-key': key },
    ])
      expect(await use(key, headers)).toMatchObject({ status: 200, body: {} });
    id.reads.count = 0;
    await use(key);
    expect(id.reads.count).toBe(0);
    expect((await use(key, { authorization: `Bearer ${token}`, 'x-api-key': key })).status).toBe(401);
  });

  it('is refused when any character differs', async () => {
    const { key } = (await create({ name: 'k' })).body;
    const other = (key as string).replace(/.$/, (last) => (last === 'x' ? 'y' : 'x'));
    for (const wrong of [
      other,
      `${key}x`,
      key.slice(0, -1),
      key.toUpperCase(),
      newKeyText().text,
      'mh_',
      `mh_${key}`,
    ]) {
      expect((await use(wrong)).status).toBe(401);
      expect(id.events().at(-1)?.type).toBe('auth.token.invalid');
    }
    expect(JSON.stringify(id.events())).not.toContain(other);
  });

  it('ends when it is revoked, at once, and for changes under way too', async () => {
    const { id: keyId, key } = (await create({ name: 'k' })).body;
    expect((await use(key)).status).toBe(200);
    const actor = await id.authenticate({ headers: { 'x-api-key': key }, ip: '::1' });
    await id.writer.commit({ steps: [actor.guard], leaves: [] });
    expect((await id.call('DELETE', `/api-keys/${keyId}`, { token })).status).toBe(200);
    expect((await use(key)).status).toBe(401);
    await expect(id.writer.commit({ steps: [actor.guard], leaves: [] })).rejects.toMatchObject({
      code: 'stale_authorization',
    });
    expect(await list()).toEqual([]);
    expect(id.events().map(({ type }) => type)).toContain('apikey.revoked');
    expect((await id.call('DELETE', `/api-keys/${keyId}`, { token })).status).toBe(404);
  });

  it('ends at its time, also while it is remembered', async () => {
    const { key } = (await create({ name: 'k', expires_at: '2026-11-21T13:00:03+01:00' })).body;
    expect((await use(key)).status).toBe(200);
    const actor = await id.authenticate({ headers: { 'x-api-key': key }, ip: '::1' });
    id.clock.at += 3_000;
    expect((await use(key)).status).toBe(401);
    expect(id.events().at(-1)).toMatchObject({ type: 'auth.token.expired' });
    await expect(id.writer.commit({ steps: [actor.guard], leaves: [] })).rejects.toThrow(
      'stale_authorization',
    );
  });

  it('ends with its maker, and never may more than its maker', async () => {
    const { key } = (await create({ name: 'k' })).body;
    const actor = await id.authenticate({ headers: { 'x-api-key': key }, ip: '::1' });
    sql("update accounts set role = 'readonly'");
    await expect(id.writer.commit({ steps: [actor.guard], leaves: [] })).rejects.toThrow(
      'stale_authorization',
    );
    id.cache.forgetAccount(actor.account.row);
    expect((await use(key)).status).toBe(200);
    const write = { body: {}, headers: { 'x-api-key': key } };
    expect((await id.call('POST', '/memories', write)).status).toBe(403);
    sql("update accounts set role = 'user', is_active = 0");
    id.clock.at += 5_000;
    expect((await use(key)).status).toBe(401);
  });

  it('reaches its entities only, and no entity id is stored in the clear', async () => {
    const entities = { user_id: 'carol@example.com', agent_id: 'planner' };
    const { body } = await create({ name: 'k', entities, permissions: ['memories:read'] });
    expect(body.entities).toEqual(entities);
    expect((await use(body.key)).body).toEqual({ boundTo: entities });
    const { entities: stored } = id.writer.db.prepare('select entities from api_keys').get() as {
      entities: string;
    };
    expect(Buffer.from(stored, 'base64').toString('latin1')).not.toContain('carol');
    expect(
      (await id.call('POST', '/memories', { body: {}, headers: { 'x-api-key': body.key } })).status,
    ).toBe(403);
  });

  it('manages no keys, and has no profile, session or password', async () => {
    const { id: keyId, key } = (await create({ name: 'k' })).body;
    const headers = { 'x-api-key': key };
    for (const [method, url] of [
      ['POST', '/api-keys'],
      ['GET', '/api-keys'],
      ['DELETE', `/api-keys/${keyId}`],
      ['GET', '/auth/me'],
      ['GET', '/auth/users/alice'],
      ['POST', '/auth/logout'],
    ] as const)
      expect((await id.call(method, url, { headers })).status, url).toBe(403);
    const body = { current_password: PASSWORD, new_password: 'Another-Horse-8' };
    expect((await id.call('POST', '/auth/change-password', { headers, body })).status).toBe(403);
  });
});

describe('making keys', () => {
  it('refuses what a key or its maker may not have', async () => {
    for (const permission of ['keys:manage', 'users:manage', 'admin:*', 'audit:read', ''])
      expect(await create({ name: 'k', permissions: [permission] })).toMatchObject({
        status: 400,
        body: { code: 'invalid_input' },
      });
    expect(await create({ name: 'k', permissions: ['scans:write'] })).toMatchObject({
      status: 403,
      body: { code: 'permission_denied', detail: expect.stringContaining('scans:write') },
    });
  });

  it('refuses other shapes, naming the field', async () => {
    const bad: [object, string][] = [
      [{}, 'name'],
      [{ name: '' }, 'name'],
      [{ name: 'x'.repeat(101) }, 'name'],
      [{ name: 'k', permissions: [] }, 'permissions'],
      [{ name: 'k', entities: {} }, 'entities'],
      [{ name: 'k', entities: { user_id: 'x'.repeat(129) } }, 'entities.user_id'],
      [{ name: 'k', entities: { tenant: 'x' } }, 'entities'],
      [{ name: 'k', expires_at: '2026-11-21T11:59:59Z' }, 'expires_at'],
      [{ name: 'k', expires_at: '2026-11-21T12:00:00Z' }, 'expires_at'],
      [{ name: 'k', expires_at: 'tomorrow' }, 'expires_at'],
      [{ name: 'k', expires_at: 1893456000 }, 'expires_at'],
      [{ name: 'k', namespace: 'x' }, 'namespace'],
      [{ name: 'k', role: 'admin' }, 'role'],
    ];
    for (const [body, field] of bad) {
      const { status, body: problem } = await create(body);
      expect([status, problem.code], JSON.stringify(body)).toEqual([400, 'invalid_input']);
      expect(problem.detail).toContain(field);
    }
    expect(await list()).toEqual([]);
  });
});

describe('keys of others', () => {
  it('are neither listed nor revoked: 404, as if they were not there', async () => {
    const { id: keyId, key } = (await create({ name: 'k' })).body;
    await id.registration.createAdmin('admin', PASSWORD, false);
    for (const by of [await newUser(id, 'bob'), await login(id, 'admin')]) {
      expect(await list(by)).toEqual([]);
      const foreign = await id.call('DELETE', `/api-keys/${keyId}`, { token: by });
      const missing = await id.call('DELETE', '/api-keys/abcdefghijkm', { token: by });
      expect(foreign).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect({ ...foreign.body, request_id: 0 }).toEqual({ ...missing.body, request_id: 0 });
    }
    expect((await use(key)).status).toBe(200);
  });
});

it('the first key reaches the whole namespace of its account', async () => {
  const account = await id.registration.createAdmin('admin', PASSWORD, true);
  const { key } = await id.apiKeys.createFirstKey(account);
  const actor = await id.authenticate({ headers: { authorization: `Token ${key}` }, ip: '::1' });
  expect(actor).toMatchObject({ kind: 'api_key', namespace: account.namespace, role: 'admin' });
  expect(actor.boundTo).toBeUndefined();
  expect([...actor.permissions]).toEqual(['memories:read', 'memories:write', 'memories:delete']);
});
