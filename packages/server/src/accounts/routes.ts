import type { FastifyInstance } from 'fastify';
import { loggedIn } from '../access/actor.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { registeredUser, user } from './answers.ts';
import type { Registration } from './registration.ts';
import { registration, userPath } from './schema.ts';
import type { AccountService } from './service.ts';

export interface AccountRouteDeps {
  accounts: Pick<AccountService, 'own' | 'byUsername'>;
  registration: Pick<Registration, 'register'>;
}

export function accountRoutes(app: FastifyInstance, { accounts, registration: registrar }: AccountRouteDeps) {
  const register = {
    summary: 'Register an account',
    details:
      'It comes with a namespace of its own. A taken address answers like a new one, and its owner gets a mail.',
    body: registration,
    answers: { 201: registeredUser },
    errors: ['username_taken', 'weak_password', 'invitation_invalid', 'registration_closed', 'hashing_busy'],
  };
  app.post(
    '/auth/register',
    { config: { access: 'public', limit: 'register', describe: register } },
    async (request, reply) => {
      const made = await registrar.register(parse(registration, request.body), originOf(request));
      return reply.status(201).send({ user: made });
    },
  );

  const own = {
    summary: 'The user that is logged in',
    answers: { 200: user },
    errors: ['permission_denied'],
  };
  app.get('/auth/me', { config: { access: 'authenticated', describe: own } }, (request) =>
    accounts.own(loggedIn(request.actor)),
  );

  const byUsername = {
    summary: 'A user by name',
    details:
      'An e-mail address does as well. Everybody sees themselves, who has the permission `users:manage` anybody.',
    params: userPath,
    answers: { 200: user },
    errors: ['permission_denied', 'not_found'],
  };
  app.get('/auth/users/:username', { config: { access: 'authenticated', describe: byUsername } }, (request) =>
    accounts.byUsername(loggedIn(request.actor), parse(userPath, request.params).username),
  );
}
