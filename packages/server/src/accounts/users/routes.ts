import type { FastifyInstance } from 'fastify';
import { actorOf } from '../../http/app.ts';
import { parse } from '../../http/input.ts';
import { originOf } from '../../http/origin.ts';
import { newUser, userChange, userIdPath, userPage } from '../schema.ts';
import type { Users } from './service.ts';

export interface UserRouteDeps {
  users: Pick<Users, 'list' | 'get' | 'create' | 'change' | 'remove' | 'resetPassword' | 'removeMfa'>;
}

const READ = { access: 'users:manage' } as const;
const CHANGE = { access: 'users:manage', stepUp: true } as const;

export function userRoutes(app: FastifyInstance, { users }: UserRouteDeps) {
  /** `?limit=100&after` → 200 `{users, total, next}`, oldest first. */
  app.get('/users', { config: READ }, (request) =>
    users.list(actorOf(request, 'users:manage'), parse(userPage, request.query)),
  );

  /** `{username, email, full_name?, role?}` → 201 `{user, password}`; the password is shown this once, to be changed. */
  app.post('/users', { config: CHANGE }, async (request, reply) => {
    const input = parse(newUser, request.body);
    const made = await users.create(actorOf(request, 'users:manage'), input, originOf(request));
    return reply.status(201).send(made);
  });

  /** → 200, the user; 404. */
  app.get('/users/:id', { config: READ }, (request) =>
    users.get(actorOf(request, 'users:manage'), parse(userIdPath, request.params).id),
  );

  /** `{role?, is_active?}` → 200, the user as it is now. 409 `last_admin`. */
  app.patch('/users/:id', { config: CHANGE }, (request) => {
    const { id } = parse(userIdPath, request.params);
    const changes = parse(userChange, request.body);
    return users.change(actorOf(request, 'users:manage'), id, changes, originOf(request));
  });

  /** → 200 `{message}`: the account and what is sealed for it are gone. 409 `last_admin`. */
  app.delete('/users/:id', { config: CHANGE }, async (request) => {
    const { id } = parse(userIdPath, request.params);
    await users.remove(actorOf(request, 'users:manage'), id, originOf(request));
    return { message: 'User removed.' };
  });

  /** → 200 `{password}`, shown this once, to be changed at the next login. Every session of the user ends. */
  app.post('/users/:id/reset-password', { config: CHANGE }, async (request) => {
    const { id } = parse(userIdPath, request.params);
    return { password: await users.resetPassword(actorOf(request, 'users:manage'), id, originOf(request)) };
  });

  /** → 200 `{message}`: the user logs in with the password alone, until a new second factor is set up. */
  app.delete('/users/:id/mfa', { config: CHANGE }, async (request) => {
    const { id } = parse(userIdPath, request.params);
    await users.removeMfa(actorOf(request, 'users:manage'), id, originOf(request));
    return { message: 'Second factor removed.' };
  });
}
