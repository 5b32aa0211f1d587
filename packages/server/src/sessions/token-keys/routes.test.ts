import { createLocalJWKSet, jwtVerify, SignJWT } from 'jose';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Actor } from '../../access/actor.ts';
import { AccessError } from '../../access/errors.ts';
import { permissionsOf, type Role } from '../../access/permissions.ts';
import { createRecorder } from '../../audit/recorder.ts';
import { inProcessWriter } from '../../database/testing/in-process-writer.ts';
import { randomBytes } from '../../encryption/randomness.ts';
import { dataKey } from '../../encryption/seal.ts';
import { buildApp, STEP_UP_MS } from '../../http/app.ts';
import { type TokenKeyRouteDeps, tokenKeyRoutes } from './routes.ts';
import { TokenKeys } from './service.ts';

const SET = '/.well-known/jwks.json';
const ROTATE = '/auth/token-keys/rotate';

function actorAs(role: Role, provedAt: number): Actor {
  return {
    kind: 'account',
    id: 'account-1',
    account: { row: 1, publicId: 'account-1' },
    namespace: { id: 1, publicId: 'namespace-1' },
    auditReads: 'durable',
    role,
    permissions: permissionsOf(role, 'own'),
    provedAt,
    guard: { sql: 'select 1 as stands', parameters: [], otherwise: 'stale_authorization' },
  };
}

/** The role is the credential here: who may is what these tests are about, not how it is proved. */
function appWith(deps: TokenKeyRouteDeps, provedAt = Date.now()) {
  const app = buildApp({
    maxBodyBytes: 1024,
    logLevel: 'silent',
    trustedProxies: [],
    async authenticate({ headers }) {
      if (!headers.authorization) throw new AccessError('unauthenticated');
      return { actor: actorAs(headers.authorization as Role, provedAt) };
    },
    checkSignedBody() {},
    limit() {},
    now: Date.now,
    refused() {},
  });
  tokenKeyRoutes(app, deps);
  return async (method: 'GET' | 'POST', url: string, role?: Role) => {
    const answer = await app.inject({ method, url, headers: role ? { authorization: role } : {} });
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
  };
}

let writer: Awaited<ReturnType<typeof inProcessWriter>>;
let tokenKeys: TokenKeys;
beforeEach(async () => {
  writer = await inProcessWriter();
  const keys = { records: dataKey(randomBytes(32)), digest: randomBytes(32), tokenSecret: randomBytes(32) };
  const recorder = createRecorder(writer, keys.records);
  tokenKeys = new TokenKeys({ writer, keys, recorder, now: Date.now, accessTokenMinutes: 15 });
  await tokenKeys.load();
});
afterEach(() => writer.close());

it('anybody reads the keys that tokens verify with, for a minute, and verifies one with them', async () => {
  const call = appWith({ tokenKeys });
  const { status, headers, body } = await call('GET', SET);
  expect(status).toBe(200);
  expect(headers['cache-control']).toBe('public, max-age=60');
  expect(headers['content-type']).toMatch(/^application\/jwk-set\+json/);
  const { kid, key } = await tokenKeys.signing();
  const token = await new SignJWT({ sub: 'x' }).setProtectedHeader({ alg: 'EdDSA', kid }).sign(key);
  expect((await jwtVerify(token, createLocalJWKSet(body))).payload).toEqual({ sub: 'x' });
  expect(JSON.stringify(body)).not.toContain('"d"');
});

it('an administrator rotates: the new key is published with the old one, and signs', async () => {
  const call = appWith({ tokenKeys });
  const before = (await tokenKeys.signing()).kid;
  const { status, body } = await call('POST', ROTATE, 'admin');
  expect(status).toBe(200);
  expect(body).toEqual({ kid: (await tokenKeys.signing()).kid });
  const published = (await call('GET', SET)).body.keys.map((key: { kid: string }) => key.kid);
  expect(published.sort()).toEqual([before, body.kid].sort());
});

it('nobody else rotates', async () => {
  const call = appWith({ tokenKeys });
  const { kid } = await tokenKeys.signing();
  const outcomes = [await call('POST', ROTATE), await call('POST', ROTATE, 'user')];
  outcomes.push(await call('POST', ROTATE, 'readonly'));
  expect(outcomes.map(({ status, body }) => [status, body.code])).toEqual([
    [401, 'unauthenticated'],
    [403, 'permission_denied'],
    [403, 'permission_denied'],
  ]);
  expect((await tokenKeys.signing()).kid).toBe(kid);
});

it('an administrator who logged in long ago shows the password first', async () => {
  const call = appWith({ tokenKeys }, Date.now() - STEP_UP_MS - 1);
  const { kid } = await tokenKeys.signing();
  const { status, body } = await call('POST', ROTATE, 'admin');
  expect([status, body.code]).toEqual([403, 'step_up_required']);
  expect((await tokenKeys.signing()).kid).toBe(kid);
});

it('with a shared secret the set is empty, and there is nothing to rotate', async () => {
  const call = appWith({ tokenKeys: undefined });
  const { status, headers, body } = await call('GET', SET);
  expect([status, body, headers['cache-control']]).toEqual([200, { keys: [] }, 'public, max-age=60']);
  const refused = await call('POST', ROTATE, 'admin');
  expect([refused.status, refused.body.code]).toEqual([404, 'not_found']);
  expect(refused.body.detail).toContain('MEMHOLD_JWT_ALGORITHM=EdDSA');
  expect((await call('POST', ROTATE, 'user')).status).toBe(403);
});
