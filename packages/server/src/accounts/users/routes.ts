import type { FastifyInstance } from 'fastify';
import { actorOf } from '../../http/app.ts';
import { message } from '../../http/describe.ts';
import { parse } from '../../http/input.ts';
import { originOf } from '../../http/origin.ts';
import { createdUser, newPassword, user, userList } from '../answers.ts';
import { newUser, userChange, userIdPath, userPage } from '../schema.ts';
import type { Users } from './service.ts';

export interface UserRouteDeps {
  users: Pick<Users, 'list' | 'get' | 'create' | 'change' | 'remove' | 'resetPassword' | 'removeMfa'>;
}

const READ = { access: 'users:manage' } as const;
const CHANGE = { access: 'users:manage', stepUp: true } as const;

export function userRoutes(app: FastifyInstance, { users }: UserRouteDeps) {
  const list = {
    summary: 'List users, the oldest first',
    query: userPage,
    answers: { 200: userList },
    errors: ['not_found'],
  };
  app.get('/users', { config: { ...READ, describe: list } }, (request) =>
    users.list(actorOf(request, 'users:manage'), parse(userPage, request.query)),
  );

  const create = {
    summary: 'Make an account for somebody',
    details: 'A taken address is `invalid_input`: an administrator sees every address anyway.',
    body: newUser,
    answers: { 201: createdUser },
    errors: ['username_taken', 'hashing_busy'],
  };
  app.post('/users', { config: { ...CHANGE, describe: create } }, async (request, reply) => {
    const input = parse(newUser, request.body);
    const made = await users.create(actorOf(request, 'users:manage'), input, originOf(request));
    return reply.status(201).send(made);
  });

  const get = {
    summary: 'Read a user',
    params: userIdPath,
    answers: { 200: user },
    errors: ['not_found'],
  };
  app.get('/users/:id', { config: { ...READ, describe: get } }, (request) =>
    users.get(actorOf(request, 'users:manage'), parse(userIdPath, request.params).id),
  );

  const change = {
    summary: 'Change the role of a user, or whether the account is active',
    details: "Every session of the user ends, and the user's keys have the rights of the new role at once.",
    params: userIdPath,
    body: userChange,
    answers: { 200: user },
    errors: ['not_found', 'last_admin', 'stale_version'],
  };
  app.patch('/users/:id', { config: { ...CHANGE, describe: change } }, (request) => {
    const { id } = parse(userIdPath, request.params);
    const changes = parse(userChange, request.body);
    return users.change(actorOf(request, 'users:manage'), id, changes, originOf(request));
  });

  const remove = {
    summary: 'Remove an account with its keys, sessions and memberships',
    details: 'What is in a namespace where nobody else is at home is destroyed with its keys.',
    params: userIdPath,
    answers: { 200: message },
    errors: ['not_found', 'last_admin', 'stale_version'],
  };
  app.delete('/users/:id', { config: { ...CHANGE, describe: remove } }, async (request) => {
    const { id } = parse(userIdPath, request.params);
    await users.remove(actorOf(request, 'users:manage'), id, originOf(request));
    return { message: 'User removed.' };
  });

  const reset = {
    summary: 'Give a user a new random password',
    details: 'Every session of the user ends.',
    params: userIdPath,
    answers: { 200: newPassword },
    errors: ['not_found', 'stale_version', 'hashing_busy'],
  };
  app.post('/users/:id/reset-password', { config: { ...CHANGE, describe: reset } }, async (request) => {
    const { id } = parse(userIdPath, request.params);
    return { password: await users.resetPassword(actorOf(request, 'users:manage'), id, originOf(request)) };
  });

  const removeMfa = {
    summary: 'Take the second factor of a user away',
    details:
      'Every session of the user ends. The user logs in with the password alone, until a new one is set up.',
    params: userIdPath,
    answers: { 200: message },
    errors: ['not_found'],
  };
  app.delete('/users/:id/mfa', { config: { ...CHANGE, describe: removeMfa } }, async (request) => {
    const { id } = parse(userIdPath, request.params);
    await users.removeMfa(actorOf(request, 'users:manage'), id, originOf(request));
    return { message: 'Second factor removed.' };
  });
}
