import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, identity, newUser, PASSWORD } from '../sessions/testing/identity.ts';

let id: Identity;
let token: string;
beforeEach(async () => {
  id = await identity();
  token = await newUser(id, 'alice');
});
afterEach(() => id.close());

describe('what one account can have', () => {
  it('is a thousand keys in use; a revoked one makes room', async () => {
    const create = () => id.call('POST', '/api-keys', { token, body: { name: 'k' } });
    const { body: first } = await create();
    const { namespace_id, account_id } = id.writer.db.prepare('select * from api_keys').get() as Record<
      string,
      number
    >;
    const copy = id.writer.db.prepare(
      `insert into api_keys (public_id, namespace_id, account_id, name_sealed, secret_digest, permissions, created_at)
       values (?, ?, ?, x'00', x'00', '[]', 0)`,
    );
    for (let i = 0; i < 998; i++) copy.run(`k${i}`, namespace_id, account_id);
    expect((await create()).status).toBe(201);
    expect(await create()).toMatchObject({ status: 409, body: { code: 'limit_reached' } });
    expect((await id.call('DELETE', `/api-keys/${first.id}`, { token })).status).toBe(200);
    expect((await create()).status).toBe(201);
  });

  it('is a hundred namespaces', async () => {
    const found = () => id.call('POST', '/namespaces', { token, body: { name: 'n' } });
    for (let i = 0; i < 100; i++) expect((await found()).status).toBe(201);
    expect((await found()).body.code).toBe('limit_reached');
  });

  it('is a bounded number of used refresh tokens, of which the latest still end the session', async () => {
    const body = { username: 'alice', password: PASSWORD };
    let { refresh_token } = (await id.call('POST', '/auth/login', { body })).body;
    const used: string[] = [];
    for (let i = 0; i < 250; i++) {
      id.clock.at++;
      used.push(refresh_token);
      ({ refresh_token } = (await id.call('POST', '/auth/refresh', { body: { refresh_token } })).body);
    }
    const rows = id.writer.db.prepare('select count(*) from refresh_tokens').pluck().get() as number;
    expect(rows).toBeLessThan(210);
    expect((await id.call('POST', '/auth/refresh', { body: { refresh_token: used[0] } })).status).toBe(401);
    const { status, body: next } = await id.call('POST', '/auth/refresh', { body: { refresh_token } });
    expect(status).toBe(200);
    await id.call('POST', '/auth/refresh', { body: { refresh_token: used.at(-1) } });
    expect((await id.call('GET', '/auth/me', { token: next.access_token })).status).toBe(401);
  });
});

describe('a reminder', () => {
  it('reaches its owner, however many keys of somebody else are due', async () => {
    const bob = await newUser(id, 'bob');
    const key = { name: 'due', rotate_after_days: 1 };
    for (let i = 0; i < 230; i++) await id.call('POST', '/api-keys', { token, body: key });
    await id.call('POST', '/api-keys', { token: bob, body: key });
    id.clock.at += 2 * 86_400_000;
    await id.sweep();
    const due = (await id.mailbox()).filter(({ subject }) => subject === 'An API key is due for rotation');
    expect(due.map(({ to }) => to).sort()).toEqual(['alice@example.com', 'bob@example.com']);
  });
});
