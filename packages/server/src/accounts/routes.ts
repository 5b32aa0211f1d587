import type { FastifyInstance } from 'fastify';
import { loggedIn } from '../access/actor.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import type { Registration } from './registration.ts';
import { registration, userPath } from './schema.ts';
import type { AccountService } from './service.ts';

export interface AccountRouteDeps {
  accounts: Pick<AccountService, 'own' | 'byUsername'>;
  registration: Pick<Registration, 'register'>;
}

export function accountRoutes(app: FastifyInstance, { accounts, registration: registrar }: AccountRouteDeps) {
  /**
   * `{username, email, password, full_name?, invitation?}` → 201 `{user}`. 400 `username_taken`, `weak_password`,
   * `invitation_invalid`; 403 `registration_closed`.
   */
  app.post('/auth/register', { config: { access: 'public', limit: 'register' } }, async (request, reply) => {
    const user = await registrar.register(parse(registration, request.body), originOf(request));
    return reply.status(201).send({ user });
  });

  /** → 200, the user that is logged in. */
  app.get('/auth/me', { config: { access: 'authenticated' } }, (request) =>
    accounts.own(loggedIn(request.actor)),
  );

  /** → 200, a user: oneself, or anybody for an administrator; 404 otherwise. */
  app.get('/auth/users/:username', { config: { access: 'authenticated' } }, (request) =>
    accounts.byUsername(loggedIn(request.actor), parse(userPath, request.params).username),
  );
}
