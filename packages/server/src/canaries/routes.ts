import type { FastifyInstance } from 'fastify';
import { actorOf } from '../http/app.ts';
import { message } from '../http/describe.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { canary, canaryList } from './answers.ts';
import { canaryPath, newCanary } from './schema.ts';
import type { CanaryService } from './service.ts';

export interface CanaryRouteDeps {
  canaries: Pick<CanaryService, 'create' | 'list' | 'remove'>;
}

/** For who manages a namespace; a key or a certificate has no such right, and so never learns what is a canary. */
export function canaryRoutes(app: FastifyInstance, { canaries }: CanaryRouteDeps): void {
  const create = {
    summary: 'Make a memory a canary',
    details: 'A memory of this namespace; a hundred canaries in a namespace at most.',
    body: newCanary,
    answers: { 201: canary },
    errors: ['not_found', 'canary_exists', 'limit_reached'],
  };
  // `canary_exists` tells where a trap is.
  app.post(
    '/canaries',
    { config: { access: 'members:manage', stepUp: true, describe: create } },
    async (request, reply) => {
      const { memory_id } = parse(newCanary, request.body);
      const made = await canaries.create(actorOf(request, 'members:manage'), memory_id, originOf(request));
      return reply.status(201).send(made);
    },
  );

  const list = {
    summary: 'List the canaries, the oldest first',
    details: 'Those of the namespace that the login acts in.',
    answers: { 200: canaryList },
  };
  // A stolen session alone does not show where the traps are.
  app.get(
    '/canaries',
    { config: { access: 'members:manage', stepUp: true, describe: list } },
    async (request) => ({
      canaries: await canaries.list(actorOf(request, 'members:manage')),
    }),
  );

  const remove = {
    summary: 'Make a canary an ordinary memory again',
    details: 'The memory stays.',
    params: canaryPath,
    answers: { 200: message },
    errors: ['not_found'],
  };
  app.delete(
    '/canaries/:id',
    { config: { access: 'members:manage', stepUp: true, describe: remove } },
    async (request) => {
      const { id } = parse(canaryPath, request.params);
      await canaries.remove(actorOf(request, 'members:manage'), id, originOf(request));
      return { message: 'No canary any more.' };
    },
  );
}
