import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Actor } from '../access/actor.ts';
import { AccessError } from '../access/errors.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { login, passwordChange } from './schema.ts';
import type { SessionService } from './service.ts';

export interface SessionRouteDeps {
  sessions: Pick<SessionService, 'login' | 'logout' | 'changePassword'>;
}

function actorOf(request: FastifyRequest): Actor {
  if (!request.actor) throw new AccessError('unauthenticated');
  return request.actor;
}

export function sessionRoutes(app: FastifyInstance, { sessions }: SessionRouteDeps) {
  /** `{username | email, password}` → 200 `{access_token, token_type, expires_in, user}`; 401 `invalid_credentials`. */
  app.post('/auth/login', { config: { access: 'public' } }, (request) => {
    const { username, email, password } = parse(login, request.body);
    return sessions.login((username ?? email)!, password, originOf(request));
  });

  /** → 200 `{message}`: the token of this request is void from now on. */
  app.post('/auth/logout', { config: { access: 'authenticated' } }, async (request) => {
    await sessions.logout(actorOf(request), originOf(request));
    return { message: 'Logged out.' };
  });

  /** `{current_password, new_password}` → 200, like a login: every other session of the account has ended. */
  app.post('/auth/change-password', { config: { access: 'authenticated' } }, async (request) => {
    const input = parse(passwordChange, request.body);
    const words = { current: input.current_password, next: input.new_password };
    return {
      message: 'Password changed.',
      ...(await sessions.changePassword(actorOf(request), words, originOf(request))),
    };
  });
}
