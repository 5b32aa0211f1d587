import type { FastifyInstance } from 'fastify';
import { loggedIn } from '../access/actor.ts';
import { STEP_UP_MS } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import type { LoginService } from './login.ts';
import type { OwnPassword } from './own-password.ts';
import { entrance, login, passwordChange, refresh, secondFactor, sessionPath, stepUp } from './schema.ts';
import type { SessionService } from './service.ts';

export interface SessionRouteDeps {
  logins: Pick<LoginService, 'login' | 'verify' | 'enterNamespace'>;
  ownPassword: Pick<OwnPassword, 'stepUp' | 'change'>;
  sessions: Pick<SessionService, 'refresh' | 'logout' | 'logoutAll' | 'list' | 'revoke'>;
}

export function sessionRoutes(app: FastifyInstance, { logins, ownPassword, sessions }: SessionRouteDeps) {
  /**
   * `{username | email, password, code?, namespace?}` → 200 `{access_token, token_type, expires_in, refresh_token,
   * refresh_expires_in, user}`; 401 `invalid_credentials`; 403 `mfa_required` with `mfa_token`; 429 after too many
   * failures.
   */
  app.post('/auth/login', { config: { access: 'public', limit: 'login' } }, (request) => {
    const { username, email, ...input } = parse(login, request.body);
    return logins.login({ identifier: (username ?? email)!, ...input }, originOf(request));
  });

  /** `{mfa_token, code}` → 200, like a login. */
  app.post('/auth/mfa/verify', { config: { access: 'public', limit: 'login' } }, (request) => {
    const { mfa_token: token, code } = parse(secondFactor, request.body);
    return logins.verify({ token, code }, originOf(request));
  });

  /** `{refresh_token}` → 200 `{access_token, …, refresh_token, …}`. The one that was sent is used up. */
  app.post('/auth/refresh', { config: { access: 'public', limit: 'refresh' } }, (request) =>
    sessions.refresh(parse(refresh, request.body).refresh_token, originOf(request)),
  );

  /** → 200 `{message}`: the session of this token is over. */
  app.post('/auth/logout', { config: { access: 'authenticated' } }, async (request) => {
    await sessions.logout(loggedIn(request.actor), originOf(request));
    return { message: 'Logged out.' };
  });

  /** → 200 `{message}`: every session of the account is over. */
  app.post('/auth/logout-all', { config: { access: 'authenticated' } }, async (request) => {
    await sessions.logoutAll(loggedIn(request.actor), originOf(request));
    return { message: 'Logged out everywhere.' };
  });

  /** → 200 `{sessions: [{id, namespace, ip, user_agent, created_at, last_used_at, expires_at, with_mfa, current}]}` */
  app.get('/auth/sessions', { config: { access: 'authenticated' } }, async (request) => ({
    sessions: await sessions.list(loggedIn(request.actor)),
  }));

  /**
   * `{namespace}` → 201, like a login: a further session, in a namespace that the account is a member of. It ends
   * with the session that asks. A fresh proof is needed: a stolen access token becomes no refresh token here.
   */
  const fresh = { access: 'authenticated', stepUp: true } as const;
  app.post('/auth/sessions', { config: fresh }, async (request, reply) => {
    const { namespace } = parse(entrance, request.body);
    const entered = await logins.enterNamespace(loggedIn(request.actor), namespace, originOf(request));
    return reply.status(201).send(entered);
  });

  /** → 200 `{message}`; 404 for a session that is over, or somebody else's. */
  app.delete('/auth/sessions/:id', { config: { access: 'authenticated' } }, async (request) => {
    const { id } = parse(sessionPath, request.params);
    await sessions.revoke(loggedIn(request.actor), id, originOf(request));
    return { message: 'Session ended.' };
  });

  /** `{password, code?}` → 200 `{message, valid_for_seconds}`: opens what asks for a fresh proof. */
  app.post('/auth/step-up', { config: { access: 'authenticated' } }, async (request) => {
    await ownPassword.stepUp(loggedIn(request.actor), parse(stepUp, request.body), originOf(request));
    return { message: 'Proved again.', valid_for_seconds: STEP_UP_MS / 1000 };
  });

  /** `{current_password, new_password, code?}` → 200, like a login: every other session of the account has ended. */
  app.post('/auth/change-password', { config: { access: 'authenticated' } }, async (request) => {
    const input = parse(passwordChange, request.body);
    const words = { current: input.current_password, next: input.new_password, code: input.code };
    return {
      message: 'Password changed.',
      ...(await ownPassword.change(loggedIn(request.actor), words, originOf(request))),
    };
  });
}
