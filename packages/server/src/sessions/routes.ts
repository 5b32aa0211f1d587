import type { FastifyInstance } from 'fastify';
import { loggedIn } from '../access/actor.ts';
import { STEP_UP_MS } from '../http/app.ts';
import { message } from '../http/describe.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { begunSession, changedPassword, sessionList, steppedUp, tokens } from './answers.ts';
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
  const begin = {
    summary: 'Log in',
    details:
      'Send one of `username` and `email`; either may hold either. One answer for every reason why not, also for a ' +
      'namespace that one is no member of. Where a second factor is on and its code is missing, `mfa_required` ' +
      'comes with an `mfa_token` for POST /auth/mfa/verify, good for `expires_in` seconds.',
    body: login,
    answers: { 200: begunSession },
    errors: ['invalid_credentials', 'mfa_required', 'too_many_attempts', 'hashing_busy'],
  };
  app.post('/auth/login', { config: { access: 'public', limit: 'login', describe: begin } }, (request) => {
    const { username, email, ...input } = parse(login, request.body);
    return logins.login({ identifier: (username ?? email)!, ...input }, originOf(request));
  });

  const verify = {
    summary: 'Finish a login with the code of a second factor',
    body: secondFactor,
    answers: { 200: begunSession },
    errors: ['invalid_credentials', 'too_many_attempts'],
  };
  app.post(
    '/auth/mfa/verify',
    { config: { access: 'public', limit: 'login', describe: verify } },
    (request) => {
      const { mfa_token: token, code } = parse(secondFactor, request.body);
      return logins.verify({ token, code }, originOf(request));
    },
  );

  const renew = {
    summary: 'Get new tokens for a refresh token',
    details: 'The one that was sent is used up; one that comes again ends its session.',
    body: refresh,
    answers: { 200: tokens },
    errors: ['invalid_refresh_token'],
  };
  app.post('/auth/refresh', { config: { access: 'public', limit: 'refresh', describe: renew } }, (request) =>
    sessions.refresh(parse(refresh, request.body).refresh_token, originOf(request)),
  );

  const logout = {
    summary: 'End the session of this token',
    answers: { 200: message },
    errors: ['permission_denied'],
  };
  app.post('/auth/logout', { config: { access: 'authenticated', describe: logout } }, async (request) => {
    await sessions.logout(loggedIn(request.actor), originOf(request));
    return { message: 'Logged out.' };
  });

  const logoutAll = {
    summary: 'End every session of the account',
    answers: { 200: message },
    errors: ['permission_denied'],
  };
  app.post(
    '/auth/logout-all',
    { config: { access: 'authenticated', describe: logoutAll } },
    async (request) => {
      await sessions.logoutAll(loggedIn(request.actor), originOf(request));
      return { message: 'Logged out everywhere.' };
    },
  );

  const list = {
    summary: 'List the sessions of the account, the newest first',
    answers: { 200: sessionList },
    errors: ['permission_denied'],
  };
  app.get('/auth/sessions', { config: { access: 'authenticated', describe: list } }, async (request) => ({
    sessions: await sessions.list(loggedIn(request.actor)),
  }));

  const enter = {
    summary: 'Begin a further session, in another namespace that one is a member of',
    details: 'It ends with the session that asks.',
    body: entrance,
    answers: { 201: begunSession },
    errors: ['not_found', 'same_namespace'],
  };
  // A stolen access token becomes no refresh token here.
  const fresh = { access: 'authenticated', stepUp: true } as const;
  app.post('/auth/sessions', { config: { ...fresh, describe: enter } }, async (request, reply) => {
    const { namespace } = parse(entrance, request.body);
    const entered = await logins.enterNamespace(loggedIn(request.actor), namespace, originOf(request));
    return reply.status(201).send(entered);
  });

  const end = {
    summary: 'End one session of the account',
    details: '404 for a session that is over, or somebody else’s.',
    params: sessionPath,
    answers: { 200: message },
    errors: ['not_found', 'permission_denied'],
  };
  app.delete(
    '/auth/sessions/:id',
    { config: { access: 'authenticated', describe: end } },
    async (request) => {
      const { id } = parse(sessionPath, request.params);
      await sessions.revoke(loggedIn(request.actor), id, originOf(request));
      return { message: 'Session ended.' };
    },
  );

  const refused = [
    'permission_denied',
    'invalid_credentials',
    'mfa_required',
    'too_many_attempts',
    'hashing_busy',
  ];
  const prove = {
    summary: 'Show the password again: opens what asks for a fresh proof',
    details: 'With a code where a second factor is on.',
    body: stepUp,
    answers: { 200: steppedUp },
    errors: refused,
  };
  app.post('/auth/step-up', { config: { access: 'authenticated', describe: prove } }, async (request) => {
    await ownPassword.stepUp(loggedIn(request.actor), parse(stepUp, request.body), originOf(request));
    return { message: 'Proved again.', valid_for_seconds: STEP_UP_MS / 1000 };
  });

  const change = {
    summary: 'Change the password; every other session of the account ends',
    details: 'With a code where a second factor is on.',
    body: passwordChange,
    answers: { 200: changedPassword },
    errors: ['weak_password', ...refused],
  };
  app.post(
    '/auth/change-password',
    { config: { access: 'authenticated', describe: change } },
    async (request) => {
      const input = parse(passwordChange, request.body);
      const words = { current: input.current_password, next: input.new_password, code: input.code };
      return {
        message: 'Password changed.',
        ...(await ownPassword.change(loggedIn(request.actor), words, originOf(request))),
      };
    },
  );
}
