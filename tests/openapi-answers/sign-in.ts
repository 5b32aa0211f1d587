import { Authenticator } from '../attacks/authenticator.ts';
import { PASSWORD } from '../attacks/entrance.ts';
import { letterTo, SUBJECTS } from '../attacks/outbox.ts';
import { type Call, mailOf, personOf, type Stage } from './stage.ts';

const WRONG = `${PASSWORD}-wrong`;
const NOWHERE = '01890000-0000-7000-8000-000000000000';

/** An account and its sessions. */
export async function sessions(stage: Stage): Promise<void> {
  const { open, admin } = stage;
  const account = { username: 'bea', email: mailOf('bea'), full_name: 'Bea B.', password: PASSWORD };
  await open('POST /auth/register', account, 201);
  await open('POST /auth/register', { ...account, email: mailOf('bee') }, 400);
  await open('POST /auth/register', { ...account, username: 'bee', password: 'bee' }, 400);
  await open('POST /auth/login', { username: 'bea', password: WRONG }, 401);
  await open('POST /auth/login', { username: 'bea', password: PASSWORD, namespace: NOWHERE }, 401);
  const login = await open('POST /auth/login', { email: mailOf('bea'), password: PASSWORD });
  const { refresh_token } = login;
  const refreshed = personOf(stage, await open('POST /auth/refresh', { refresh_token }));
  await refreshed.call('GET /auth/me');
  await open('POST /auth/refresh', { refresh_token }, 401);
  await refreshed.call('GET /auth/me', undefined, 401);

  const bea = await stage.enter('bea');
  await bea.call('GET /auth/users/bea');
  await bea.call('GET /auth/users/ada', undefined, 404);
  await admin.call('GET /auth/users/bea');
  const { sessions: own } = await bea.call('GET /auth/sessions');
  await bea.call('POST /auth/sessions', { namespace: bea.namespace }, 409);
  await bea.call('POST /auth/sessions', { namespace: NOWHERE }, 404);
  await bea.call('POST /auth/step-up', { password: WRONG }, 401);
  await bea.call('POST /auth/step-up', { password: PASSWORD });
  await bea.call(`DELETE /auth/sessions/${own[0].id}`);
  await bea.call('GET /auth/me', undefined, 401);

  const again = await stage.enter('bea');
  const words = { current_password: PASSWORD, new_password: 'weak' };
  await again.call('POST /auth/change-password', words, 400);
  await again.call(
    'POST /auth/change-password',
    { ...words, current_password: WRONG, new_password: `${PASSWORD}-8` },
    401,
  );
  const next = { current_password: PASSWORD, new_password: `${PASSWORD}-8` };
  const changed = personOf(stage, await again.call('POST /auth/change-password', next));
  await changed.call(`DELETE /auth/sessions/${NOWHERE}`, undefined, 404);
  await changed.call('POST /auth/logout');
  const last = { email: mailOf('bea'), password: next.new_password };
  await personOf(stage, await open('POST /auth/login', last)).call('POST /auth/logout-all');
}

/** What mailed links open. */
export async function links(stage: Stage): Promise<void> {
  const { open, server } = stage;
  const letter = async (name: string, subject: keyof typeof SUBJECTS) =>
    (await letterTo(server, mailOf(name), SUBJECTS[subject])).token;
  const bad = { token: `mhm_${'x'.repeat(43)}` };
  await stage.register('cleo');
  await open('POST /auth/verify-email', bad, 400);
  await open('POST /auth/verify-email', { token: await letter('cleo', 'verify') });
  await open('POST /auth/verify-email/resend', { email: mailOf('cleo') }, 202);

  await open('POST /auth/forgot-password', { email: mailOf('cleo') }, 202);
  const token = await letter('cleo', 'reset');
  await open('POST /auth/reset-password', { token, new_password: 'weak' }, 400);
  await open('POST /auth/reset-password', { ...bad, new_password: `${PASSWORD}-8` }, 400);
  await open('POST /auth/reset-password', { token, new_password: PASSWORD });

  const cleo = await stage.enter('cleo');
  await cleo.call('POST /auth/change-email', { email: mailOf('kleo'), password: WRONG }, 401);
  await cleo.call('POST /auth/change-email', { email: mailOf('kleo'), password: PASSWORD }, 202);
  await open('POST /auth/change-email/confirm', bad, 400);
  await open('POST /auth/change-email/confirm', { token: await letter('kleo', 'changeAddress') });
  await open('GET /auth/links/verify-email');
  await open('GET /auth/links/nothing', undefined, 404);
}

/** A second factor from its enrolment to its end; and one that an administrator takes away. */
export async function secondFactors(stage: Stage): Promise<void> {
  const { open, admin } = stage;
  await stage.register('dora');
  const dora = await stage.enter('dora');
  await dora.call('GET /auth/mfa');
  await dora.call('POST /auth/mfa/disable', { password: PASSWORD, code: '123456' }, 404);
  await dora.call('POST /auth/mfa/recovery-codes', { password: PASSWORD, code: '123456' }, 404);
  await dora.call('POST /auth/mfa/totp/confirm', { code: '123456' }, 404);
  const app = await enrol(dora.call);
  await dora.call('POST /auth/mfa/totp', undefined, 409);
  await dora.call('GET /auth/mfa');
  await dora.call('POST /auth/step-up', { password: PASSWORD }, 403);
  const words = { password: PASSWORD, code: await app.code() };
  const { recovery_codes: codes } = await dora.call('POST /auth/mfa/recovery-codes', words);
  const wrong = { password: PASSWORD, code: app.wrong() };
  await dora.call('POST /auth/mfa/recovery-codes', wrong, 401);

  const { mfa_token } = await open('POST /auth/login', { username: 'dora', password: PASSWORD }, 403);
  await open('POST /auth/mfa/verify', { mfa_token, code: app.wrong() }, 401);
  await open('POST /auth/mfa/verify', { mfa_token, code: codes[0] });
  await dora.call('POST /auth/mfa/disable', wrong, 401);
  await dora.call('POST /auth/mfa/disable', { password: PASSWORD, code: codes[1] });

  await enrol(dora.call);
  await admin.call(`DELETE /users/${dora.id}/mfa`);
}

async function enrol(call: Call): Promise<Authenticator> {
  const { secret } = await call('POST /auth/mfa/totp', undefined, 201);
  const app = new Authenticator(secret);
  await call('POST /auth/mfa/totp/confirm', { code: app.wrong() }, 400);
  await call('POST /auth/mfa/totp/confirm', { code: await app.code() });
  return app;
}

/** The keys that sign access tokens. */
export async function tokenKeys({ open, admin }: Stage): Promise<void> {
  await open('GET /.well-known/jwks.json');
  await admin.call('POST /auth/token-keys/rotate');
  await open('GET /.well-known/jwks.json');
}
