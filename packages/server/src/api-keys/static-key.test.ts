import { hash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, identity, login, newUser } from '../sessions/testing/identity.ts';
import { newKeyText } from './key-text.ts';
import { STATIC_KEY_ID } from './static-key.ts';

const TOKEN = 'a-token-that-somebody-made-up-0123456789';
const OTHER = 'another-token-that-somebody-made-0123456';

let id: Identity;
let owner: Awaited<ReturnType<Identity['registration']['admin']>> & object;
beforeEach(async () => {
  id = await identity();
  await newUser(id, 'alice');
  owner = await id.registration.createAdmin('root', 'Correct-Horse-7', false);
});
afterEach(() => id.close());

const settle = (token?: string, by = owner) => id.apiKeys.settleStatic(token, by);
const use = async (token: string, method: 'GET' | 'POST' = 'GET') =>
  (await id.call(method, '/memories', { headers: { authorization: `Bearer ${token}` } })).status;
const told = () =>
  id
    .events()
    .filter(({ type }) => type.startsWith('apikey.'))
    .map(({ type, resource }) => [type, ...(resource?.ids ?? [])]);
const rows = () => id.writer.db.prepare('select * from api_keys').all() as Record<string, unknown>[];
const asAdmin = () => login(id, 'root', 'Correct-Horse-7');

describe('the key whose secret is a setting', () => {
  it('opens the namespace of its owner, with the rights of a first key and no more', async () => {
    expect(await use(TOKEN)).toBe(401);
    expect(await settle(TOKEN)).toBe('made');
    expect(await use(TOKEN)).toBe(200);
    expect(await use(TOKEN, 'POST')).toBe(200);
    const actor = await id.authenticate({ headers: { authorization: `Bearer ${TOKEN}` }, ip: '192.0.2.1' });
    expect(actor).toMatchObject({ kind: 'api_key', id: STATIC_KEY_ID, namespace: owner.namespace });
    expect([...actor.permissions]).toEqual(['memories:read', 'memories:write', 'memories:delete']);
    for (const wrong of [OTHER, `${TOKEN}x`, TOKEN.slice(1), TOKEN.toUpperCase(), STATIC_KEY_ID])
      expect(await use(wrong)).toBe(401);
  });

  it('is accepted where keys are, and nothing else is there', async () => {
    await settle(TOKEN);
    for (const [text, status] of [
      [TOKEN, 200],
      [OTHER, 401],
      [await asAdmin(), 401],
    ] as const)
      for (const headers of [{ authorization: `Token ${text}` }, { 'x-api-key': text }])
        expect((await id.call('GET', '/memories', { headers })).status).toBe(status);
    const both = { authorization: `Bearer ${await asAdmin()}`, 'x-api-key': TOKEN };
    expect((await id.call('GET', '/memories', { headers: both })).status).toBe(401);
  });

  it('is made once, however often a server starts', async () => {
    await settle(TOKEN);
    for (let start = 0; start < 3; start++) expect(await settle(TOKEN)).toBe('kept');
    expect(rows()).toHaveLength(1);
    expect(told()).toEqual([['apikey.created', STATIC_KEY_ID]]);
  });

  it('is kept as a keyed digest, so that the rows alone confirm no guess', async () => {
    await settle(TOKEN);
    const [row] = rows();
    expect(row!.secret_digest).toHaveLength(32);
    expect(row!.secret_digest).not.toEqual(hash('sha256', TOKEN, 'buffer'));
    const stored = Object.values(row!).map((value) =>
      Buffer.isBuffer(value) ? value.toString('latin1') : value,
    );
    expect(stored.join('\n')).not.toContain(TOKEN);
    expect(JSON.stringify(id.events())).not.toContain(TOKEN);
  });

  it('is replaced by another token: the old one opens nothing from then on', async () => {
    await settle(TOKEN);
    expect(await use(TOKEN)).toBe(200);
    expect(await settle(OTHER)).toBe('replaced');
    expect([await use(TOKEN), await use(OTHER)]).toEqual([401, 200]);
    expect(told().map(([type]) => type)).toEqual(['apikey.created', 'apikey.revoked', 'apikey.created']);
  });

  it('is gone with the setting, and comes back with it', async () => {
    await settle(TOKEN);
    expect(await settle(undefined)).toBe('removed');
    expect(rows()).toEqual([]);
    expect(await use(TOKEN)).toBe(401);
    expect(await settle(undefined)).toBe('none');
    expect(await settle(TOKEN)).toBe('made');
    expect(await use(TOKEN)).toBe(200);
  });

  it('stays ended where somebody revoked it, until there is another token', async () => {
    await settle(TOKEN);
    const token = await asAdmin();
    expect((await id.call('DELETE', `/api-keys/${STATIC_KEY_ID}`, { token })).status).toBe(200);
    expect(await use(TOKEN)).toBe(401);
    expect(await settle(TOKEN)).toBe('revoked');
    expect(await use(TOKEN)).toBe(401);
    // Also where the setting was gone for a while: an old manifest brings a leaked token back.
    expect(await settle(undefined)).toBe('none');
    expect(await settle(TOKEN)).toBe('revoked');
    expect(await use(TOKEN)).toBe(401);
    expect(await settle(OTHER)).toBe('replaced');
    expect(await use(OTHER)).toBe(200);
    expect(told().map(([type]) => type)).toEqual(['apikey.created', 'apikey.revoked', 'apikey.created']);
  });

  it('is listed like any key, and is not rotated but in the setting', async () => {
    await settle(TOKEN);
    const token = await asAdmin();
    const { api_keys } = (await id.call('GET', '/api-keys', { token })).body;
    expect(api_keys).toMatchObject([{ id: STATIC_KEY_ID, name: 'AUTH_TOKEN' }]);
    const { status, body } = await id.call('POST', `/api-keys/${STATIC_KEY_ID}/rotate`, { token, body: {} });
    expect([status, body.detail]).toEqual([400, expect.stringContaining('AUTH_TOKEN')]);
    expect(await use(TOKEN)).toBe(200);
  });

  it('ends with its administrator, and opens no other namespace instead', async () => {
    await settle(TOKEN);
    await id.registration.createAdmin('second', 'Correct-Horse-7', false);
    const activate = (active: number) => {
      id.writer.db.prepare('update accounts set is_active = ? where id = ?').run(active, owner.row);
      // What was proved is looked up again by then.
      id.clock.at += 6_000;
    };
    activate(0);
    expect(await use(TOKEN)).toBe(401);
    const next = (await id.registration.admin())!;
    expect(next.row).not.toBe(owner.row);
    expect(await settle(TOKEN, next)).toBe('inactive');
    expect(await use(TOKEN)).toBe(401);
    activate(1);
    expect(await settle(TOKEN, next)).toBe('kept');
    expect(await use(TOKEN)).toBe(200);
    expect(await settle(OTHER, next)).toBe('replaced');
    const actor = await id.authenticate({ headers: { authorization: `Bearer ${OTHER}` }, ip: '192.0.2.1' });
    expect(actor.namespace).toEqual(next.namespace);
  });

  it('may have the look of a key without being one', async () => {
    const { text } = newKeyText();
    await settle(text);
    expect(await use(text)).toBe(200);
    const headers = { 'x-api-key': text };
    expect((await id.call('GET', '/memories', { headers })).status).toBe(200);
    await settle(undefined);
  });
});
