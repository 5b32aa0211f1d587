import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'vitest';
import { bearer } from '../api.ts';
import { type Authenticator, enrolled } from '../attacks/authenticator.ts';
import type { Entered } from '../attacks/entrance.ts';
import { claimsOf, ed25519, headerOf } from '../attacks/forgery.ts';
import { type Key, NAME, ok, PASSWORD, refused, type Stage } from './stage.ts';
import { inSession, NOBODY, operator, type Provocation, told } from './told.ts';

const WRONG = `${PASSWORD}-wrong`;

/** Logins, sessions and second factors. */
export function loginEvents(stage: Stage) {
  const of = ({ namespace, account }: Entered) => ({ namespace, resource: ['account', [account]] as const });
  const session = ({ namespace, session }: Entered) => ({
    namespace,
    resource: ['session', [session]] as const,
  });
  let copied: Entered;
  let bea: Entered;
  let app: Authenticator;

  return {
    'auth.login.success': async () => {
      const ada = await stage.enter('ada');
      return told(inSession(ada), 'POST /auth/login', of(ada));
    },
    'auth.login.failed': async () => {
      const words = { username: `${NAME}_ada`, password: WRONG };
      await refused(stage.open('POST', '/auth/login', words), 'invalid_credentials');
      return told(NOBODY, 'POST /auth/login', { ...of(stage.ada), code: 'wrong_password' });
    },
    'auth.lockout': async () => {
      const cal = await stage.person('cal');
      const words = { username: `${NAME}_cal`, password: WRONG };
      for (let i = 0; i < 3; i++)
        await refused(stage.open('POST', '/auth/login', words), 'invalid_credentials');
      await refused(stage.open('POST', '/auth/login', words), 'too_many_attempts');
      return told(NOBODY, 'POST /auth/login', { ...of(cal), failed: true });
    },
    'auth.logout': async () => {
      const ada = await stage.enter('ada');
      await ok(ada.api('POST', '/auth/logout'));
      return told(inSession(ada), 'POST /auth/logout', session(ada));
    },

    'auth.token.created': async () => {
      const { namespace } = stage.team;
      const entered = stage.session(await stage.admin.api('POST', '/auth/sessions', { namespace }));
      return told(inSession(entered), 'POST /auth/sessions', session(entered));
    },
    'auth.token.invalid': async () => {
      const { privateKey } = generateKeyPairSync('ed25519');
      const { token } = stage.ada;
      const forged = ed25519(headerOf(token), claimsOf(token), privateKey);
      await refused(stage.with(bearer(forged))('GET', '/auth/me'), 'unauthenticated');
      return told(NOBODY, 'GET /auth/me', { code: 'signature' });
    },
    'auth.token.revoked': async () => {
      const lost = await stage.enter('ada');
      await ok(stage.ada.api('DELETE', `/auth/sessions/${lost.session}`));
      return told(inSession(stage.ada), `DELETE /auth/sessions/${lost.session}`, session(lost));
    },
    'auth.token.refreshed': async () => {
      copied = await stage.enter('ada');
      const { refresh: refresh_token } = copied;
      stage.session(await stage.open('POST', '/auth/refresh', { refresh_token }));
      return told(inSession(copied), 'POST /auth/refresh', session(copied));
    },
    'auth.token.reused': async () => {
      const { refresh: refresh_token } = copied;
      await refused(stage.open('POST', '/auth/refresh', { refresh_token }), 'invalid_refresh_token');
      return told(inSession(copied), 'POST /auth/refresh', { ...session(copied), code: 'already_used' });
    },

    'auth.mfa.enabled': async () => {
      bea = await stage.person('bea');
      app = await enrolled(bea.api);
      for (const secret of [app.secret, ...app.recovery]) stage.secrets.add(secret);
      return told(inSession(bea), 'POST /auth/mfa/totp/confirm', of(bea));
    },
    'auth.mfa.failed': async () => {
      const words = { username: `${NAME}_bea`, password: PASSWORD, code: app.wrong() };
      await refused(stage.open('POST', '/auth/login', words), 'invalid_credentials');
      return told(NOBODY, 'POST /auth/login', { ...of(bea), code: 'wrong_code' });
    },
    'auth.mfa.codes.renewed': async () => {
      const words = { password: PASSWORD, code: await app.code() };
      ({ recovery_codes: app.recovery } = await ok(bea.api('POST', '/auth/mfa/recovery-codes', words)));
      for (const secret of app.recovery) stage.secrets.add(secret);
      return told(inSession(bea), 'POST /auth/mfa/recovery-codes', of(bea));
    },
    'auth.mfa.disabled': async () => {
      const words = { password: PASSWORD, code: app.recovery[0] };
      await ok(bea.api('POST', '/auth/mfa/disable', words));
      return told(inSession(bea), 'POST /auth/mfa/disable', of(bea));
    },

    'auth.stepup.failed': async () => {
      await refused(stage.ada.api('POST', '/auth/step-up', { password: WRONG }), 'invalid_credentials');
      const about = { ...of(stage.ada), code: 'invalid_credentials' };
      return told(inSession(stage.ada), 'POST /auth/step-up', about);
    },
    'auth.stepup.success': async () => {
      await ok(stage.ada.api('POST', '/auth/step-up', { password: PASSWORD }));
      return told(inSession(stage.ada), 'POST /auth/step-up', session(stage.ada));
    },
  } satisfies Record<string, Provocation>;
}

/** Keys of programs, and keys of the server. */
export function keyEvents(stage: Stage) {
  let key: Key;
  const of = ({ id }: Key) => ({ namespace: stage.admin.namespace, resource: ['api_key', [id]] as const });
  const byAdmin = () => inSession(stage.admin);

  return {
    'apikey.created': async () => {
      key = await stage.key();
      return told(byAdmin(), 'POST /api-keys', { ...of(key), states: 'after' });
    },
    'apikey.rotated': async () => {
      const path = `/api-keys/${key.id}/rotate`;
      const { key: text } = await ok(stage.admin.api('POST', path, { overlap_seconds: 0 }));
      stage.secrets.add(text);
      return told(byAdmin(), `POST ${path}`, { ...of(key), states: 'before and after' });
    },
    'apikey.revoked': async () => {
      await ok(stage.admin.api('DELETE', `/api-keys/${key.id}`));
      return told(byAdmin(), `DELETE /api-keys/${key.id}`, of(key));
    },
    'auth.signature.invalid': async () => {
      const signing = await stage.key({ signing: { algorithm: 'hmac-sha256' } });
      await refused(signing.api('GET', '/auth/me'), 'unauthenticated');
      return told(NOBODY, 'GET /auth/me', { code: 'signature_missing' });
    },
    'auth.tokenkey.rotated': async () => {
      await stage.cli('security', 'rotate-token-key');
      const { namespace } = stage.admin;
      const about = { namespace, resource: ['token_key', [expect.any(String)]] } as const;
      return told(operator(stage.admin), 'POST /auth/token-keys/rotate', about);
    },
  } satisfies Record<string, Provocation>;
}
