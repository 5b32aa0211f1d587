import { generateKeyPairSync } from 'node:crypto';
import { KEY_PERMISSIONS } from '../../packages/server/src/access/permissions.ts';
import { mailOf, personOf, type Stage } from './stage.ts';

const NOWHERE = '01890000-0000-7000-8000-000000000000';

/** Keys of programs. */
export async function apiKeys({ admin, with: using }: Stage): Promise<void> {
  const { call } = admin;
  const { publicKey } = generateKeyPairSync('ed25519');
  const full = {
    name: 'with everything',
    permissions: ['memories:read', 'memories:write'],
    entities: { user_id: 'ann', agent_id: 'robot' },
    max_trust: 'trusted',
    expires_at: '2999-12-31T12:00:00Z',
    rotate_after_days: 30,
    signing: { algorithm: 'hmac-sha256', required: false },
  };
  const one = await call('POST /api-keys', full, 201);
  const signing = { algorithm: 'ed25519', public_key: publicKey.export({ type: 'spki', format: 'pem' }) };
  const two = await call('POST /api-keys', { name: 'signs', signing }, 201);
  await using({ 'x-api-key': one.key })('POST /memories/search', { query: 'tea' });
  await call('GET /api-keys');
  await call(`POST /api-keys/${one.id}/rotate`, { overlap_seconds: 3600 });
  await call(`POST /api-keys/${two.id}/rotate`, {});
  await call(`POST /api-keys/${NOWHERE}/rotate`, {}, 404);
  await call('GET /api-keys');
  await call(`DELETE /api-keys/${one.id}`);
  await call(`DELETE /api-keys/${one.id}`, undefined, 404);
  await call('POST /api-keys', { name: 'x', permissions: ['users:manage'] }, 400);
  await call('POST /api-keys', { name: 'may all that a key may', permissions: KEY_PERMISSIONS }, 201);
}

/** Accounts as an administrator sees them. */
export async function users(stage: Stage): Promise<void> {
  const { admin, open } = stage;
  const { call } = admin;
  const account = { username: 'emil', email: mailOf('emil'), full_name: 'Emil E.', role: 'readonly' };
  const { user, password } = await call('POST /users', account, 201);
  await call('POST /users', account, 400);
  const path = `/users/${user.id}` as const;
  const first = personOf(stage, await open('POST /auth/login', { username: 'emil', password }));
  await first.call('GET /memories', undefined, 403);
  await call('GET /users?limit=1');
  await call('GET /users');
  await call(`GET ${path}`);
  await call(`GET /users/${NOWHERE}`, undefined, 404);
  await call(`PATCH ${path}`, { role: 'user', is_active: false });
  await call(`PATCH /users/${admin.id}`, { role: 'user' }, 409);
  await call(`DELETE /users/${admin.id}`, undefined, 409);
  await call(`POST ${path}/reset-password`);

  const { id } = await call(`POST ${path}/certificates`, { name: 'DNS:emil.example.org' }, 201);
  await call(`POST ${path}/certificates`, { name: 'DNS:emil.example.org' }, 409);
  await call(`GET ${path}/certificates`);
  await call(`DELETE ${path}/certificates/${id}`);
  await call(`DELETE ${path}/certificates/${id}`, undefined, 404);
  await call(`DELETE ${path}`);
  await call(`DELETE ${path}`, undefined, 404);

  const invited = await call('POST /invitations', { email: mailOf('fred'), role: 'readonly' }, 201);
  await call('POST /invitations', {}, 201);
  await call('GET /invitations');
  await call(`DELETE /invitations/${invited.id}`);
  await call(`DELETE /invitations/${invited.id}`, undefined, 404);
}

/** A namespace of several people, and who comes and goes. */
export async function namespaces(stage: Stage): Promise<void> {
  const { admin, ada } = stage;
  const { id } = await admin.call('POST /namespaces', { name: 'a team' }, 201);
  const path = `/namespaces/${id}` as const;
  const entrance = { namespace: id };
  const team = personOf(stage, await admin.call('POST /auth/sessions', entrance, 201));
  await admin.call('GET /namespaces');
  await admin.call(`GET ${path}`, undefined, 404);
  await team.call(`GET ${path}`);
  await team.call(`PATCH ${path}`, {
    audit_reads: 'deferred',
    require_mfa: false,
    require_signatures: false,
  });
  await team.call(`DELETE ${path}/membership`, undefined, 409);

  const mailed = await team.call(`POST ${path}/invitations`, { email: mailOf('gina') }, 201);
  const { token } = await team.call(`POST ${path}/invitations`, { role: 'admin' }, 201);
  await team.call(`GET ${path}/invitations`);
  await team.call(`DELETE ${path}/invitations/${mailed.id}`);
  await team.call(`DELETE ${path}/invitations/${mailed.id}`, undefined, 404);
  await ada.call('POST /auth/invitations/accept', { token });
  await ada.call('POST /auth/invitations/accept', { token }, 400);
  const second = await team.call(`POST ${path}/invitations`, {}, 201);
  await ada.call('POST /auth/invitations/accept', { token: second.token }, 409);

  await team.call(`GET ${path}/members`);
  await team.call(`PATCH ${path}/members/${ada.id}`, { role: 'readonly' });
  await team.call(`PATCH ${path}/members/${admin.id}`, { role: 'user' }, 409);
  await team.call(`DELETE ${path}/members/${NOWHERE}`, undefined, 404);
  const there = personOf(stage, await ada.call('POST /auth/sessions', entrance, 201));
  await there.call(`DELETE ${path}/membership`);
  await stage.register('gina');
  const gina = await stage.enter('gina');
  const third = await team.call(`POST ${path}/invitations`, {}, 201);
  await gina.call('POST /auth/invitations/accept', { token: third.token });
  await gina.call('GET /namespaces');
  await team.call(`GET ${path}/members`);
  await team.call(`DELETE ${path}/members/${gina.id}`);
}
