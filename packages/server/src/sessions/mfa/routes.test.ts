import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Actor } from '../../access/actor.ts';
import { AccessError } from '../../access/errors.ts';
import { buildApp } from '../../http/app.ts';
import { mfaRoutes } from './routes.ts';
import { codeAt, type MfaAccounts, mfaAccounts, PASSWORD } from './testing/accounts.ts';

let here: MfaAccounts;
let alice: Actor;
let app: FastifyInstance;
beforeEach(async () => {
  here = await mfaAccounts();
  alice = here.account();
  app = buildApp({
    maxBodyBytes: 65_536,
    logLevel: 'silent',
    trustedProxies: [],
    async authenticate({ headers }) {
      if (headers.authorization !== 'Bearer alice') throw new AccessError('unauthenticated');
      return { actor: { ...alice, provedAt: here.clock.at } };
    },
    checkSignedBody() {},
    limit() {},
    now: () => here.clock.at,
    refused() {},
  });
  mfaRoutes(app, here);
});
afterEach(async () => {
  await app.close();
  here.close();
});

async function call(method: 'GET' | 'POST' | 'DELETE', url: string, body?: object, by = 'alice') {
  const headers = { authorization: `Bearer ${by}` };
  const answer = await app.inject({ method, url, headers, ...(body ? { payload: body } : {}) });
  return { status: answer.statusCode, body: answer.json() };
}

it('leads through a factor from its secret to its end', async () => {
  expect(await call('GET', '/auth/mfa')).toMatchObject({ status: 200, body: { enabled: false } });
  const { status, body: made } = await call('POST', '/auth/mfa/totp');
  expect(status).toBe(201);
  expect(Object.keys(made)).toEqual(['secret', 'uri', 'qr_svg']);
  expect((await call('GET', '/auth/mfa/totp')).status).toBe(404);
  expect(await call('POST', '/auth/mfa/totp/confirm', { code: '1' })).toMatchObject({
    status: 400,
    body: { code: 'code_invalid' },
  });

  const code = codeAt(made.secret, here.clock.at).replace(/^.../, '$& ');
  const confirmed = await call('POST', '/auth/mfa/totp/confirm', { code });
  expect(confirmed.status).toBe(200);
  expect(confirmed.body.recovery_codes).toHaveLength(10);
  expect(await call('POST', '/auth/mfa/totp')).toMatchObject({ status: 409, body: { code: 'mfa_exists' } });

  const again = { password: PASSWORD, code: confirmed.body.recovery_codes[0] };
  const renewed = await call('POST', '/auth/mfa/recovery-codes', again);
  expect(renewed.status).toBe(200);
  expect(await call('GET', '/auth/mfa')).toMatchObject({ body: { enabled: true, recovery_codes_left: 10 } });
  expect((await call('POST', '/auth/mfa/disable', again)).body.code).toBe('code_invalid');
  const last = { password: PASSWORD, code: renewed.body.recovery_codes[0] };
  expect(await call('POST', '/auth/mfa/disable', last)).toEqual({
    status: 200,
    body: { message: 'The second factor is off.' },
  });
  expect(await call('POST', '/auth/mfa/disable', last)).toMatchObject({ status: 404 });
});

it('refuses other shapes, naming the field and never its value', async () => {
  const code = '123456';
  for (const [url, body, field] of [
    ['/auth/mfa/totp/confirm', {}, 'code'],
    ['/auth/mfa/totp/confirm', { code: 123456 }, 'code'],
    ['/auth/mfa/totp/confirm', { code: 'x'.repeat(65) }, 'code'],
    ['/auth/mfa/totp/confirm', { code, account: 'bob' }, 'account'],
    ['/auth/mfa/disable', { code }, 'password'],
    ['/auth/mfa/disable', { password: PASSWORD }, 'code'],
    ['/auth/mfa/disable', { password: 'x'.repeat(1025), code }, 'password'],
    ['/auth/mfa/disable', { password: PASSWORD, code, account: 'bob' }, 'account'],
    ['/auth/mfa/recovery-codes', { code }, 'password'],
  ] as const) {
    const { status, body: problem } = await call('POST', url, body);
    expect([status, problem.code], url).toEqual([400, 'invalid_input']);
    expect(problem.detail).toContain(field);
    expect(problem.detail).not.toMatch(/123456|xxx/);
  }
});

it('needs a credential everywhere', async () => {
  for (const [method, url] of [
    ['GET', '/auth/mfa'],
    ['POST', '/auth/mfa/totp'],
    ['POST', '/auth/mfa/totp/confirm'],
    ['POST', '/auth/mfa/disable'],
    ['POST', '/auth/mfa/recovery-codes'],
  ] as const)
    expect((await call(method, url, method === 'POST' ? {} : undefined, 'nobody')).status, url).toBe(401);
});
