import type { FastifyInstance } from 'fastify';
import { actorOf } from '../../http/app.ts';
import { parse } from '../../http/input.ts';
import { originOf } from '../../http/origin.ts';
import { holdPath, lifting, newHold } from './schema.ts';
import type { HoldService } from './service.ts';

/** Legal holds on the audit log, for administrators of the server. */
export function holdRoutes(
  app: FastifyInstance,
  { holds }: { holds: Pick<HoldService, 'place' | 'list' | 'lift'> },
) {
  /** `{reason, namespace?, user_id?, from?, to?}` → 201, the hold. Without criteria it keeps every event. */
  app.post('/audit/holds', { config: { access: 'users:manage', stepUp: true } }, async (request, reply) => {
    const input = parse(newHold, request.body);
    const hold = await holds.place(actorOf(request, 'users:manage'), input, originOf(request));
    return reply.status(201).send(hold);
  });

  /** → 200 `{holds: […]}`, lifted ones included, oldest first. */
  app.get('/audit/holds', { config: { access: 'users:manage' } }, async (request) => ({
    holds: await holds.list(actorOf(request, 'users:manage')),
  }));

  /** `{reason}` → 200, the hold as it was lifted. 404 where it is not in force. */
  app.post('/audit/holds/:id/lift', { config: { access: 'users:manage', stepUp: true } }, async (request) => {
    const { id } = parse(holdPath, request.params);
    const { reason } = parse(lifting, request.body);
    return holds.lift(actorOf(request, 'users:manage'), id, reason, originOf(request));
  });
}
