import type { FastifyInstance } from 'fastify';
import { actorOf } from '../../http/app.ts';
import { parse } from '../../http/input.ts';
import { originOf } from '../../http/origin.ts';
import { holdList, legalHold } from './answers.ts';
import { holdPath, lifting, newHold } from './schema.ts';
import type { HoldService } from './service.ts';

/** Legal holds on the audit log, for administrators of the server. */
export function holdRoutes(
  app: FastifyInstance,
  { holds }: { holds: Pick<HoldService, 'place' | 'list' | 'lift'> },
) {
  const place = {
    summary: 'Keep events of the audit log, however old they become',
    details:
      'An event is kept where it meets all that is said; a hold without criteria keeps every event. A thousand in ' +
      'force at most.',
    body: newHold,
    answers: { 201: legalHold },
    errors: ['limit_reached'],
  };
  app.post(
    '/audit/holds',
    { config: { access: 'users:manage', stepUp: true, describe: place } },
    async (request, reply) => {
      const input = parse(newHold, request.body);
      const hold = await holds.place(actorOf(request, 'users:manage'), input, originOf(request));
      return reply.status(201).send(hold);
    },
  );

  const list = {
    summary: 'List the legal holds, the oldest first',
    details: 'Lifted ones too.',
    answers: { 200: holdList },
  };
  app.get('/audit/holds', { config: { access: 'users:manage', describe: list } }, async (request) => ({
    holds: await holds.list(actorOf(request, 'users:manage')),
  }));

  const lift = {
    summary: 'Lift a legal hold',
    details: '`not_found` also for one that was lifted before.',
    params: holdPath,
    body: lifting,
    answers: { 200: legalHold },
    errors: ['not_found'],
  };
  app.post(
    '/audit/holds/:id/lift',
    { config: { access: 'users:manage', stepUp: true, describe: lift } },
    async (request) => {
      const { id } = parse(holdPath, request.params);
      const { reason } = parse(lifting, request.body);
      return holds.lift(actorOf(request, 'users:manage'), id, reason, originOf(request));
    },
  );
}
