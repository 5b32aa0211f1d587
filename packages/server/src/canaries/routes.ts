import type { FastifyInstance } from 'fastify';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { canaryPath, newCanary } from './schema.ts';
import type { CanaryService } from './service.ts';

export interface CanaryRouteDeps {
  canaries: Pick<CanaryService, 'create' | 'list' | 'remove'>;
}

/** For who manages a namespace; a key or a certificate has no such right, and so never learns what is a canary. */
export function canaryRoutes(app: FastifyInstance, { canaries }: CanaryRouteDeps): void {
  /**
   * `{memory_id}` → 201 `{memory_id, created_at}`. 404 for a memory of another namespace; 409 `canary_exists`, which
   * tells where a trap is.
   */
  app.post('/canaries', { config: { access: 'members:manage', stepUp: true } }, async (request, reply) => {
    const { memory_id } = parse(newCanary, request.body);
    const made = await canaries.create(actorOf(request, 'members:manage'), memory_id, originOf(request));
    return reply.status(201).send(made);
  });

  /**
   * → 200 `{canaries: [{memory_id, created_at}]}`, of the namespace that the login acts in. A stolen session alone
   * does not show where the traps are.
   */
  app.get('/canaries', { config: { access: 'members:manage', stepUp: true } }, async (request) => ({
    canaries: await canaries.list(actorOf(request, 'members:manage')),
  }));

  /** By the memory's id → 200 `{message}`; the memory stays. */
  app.delete('/canaries/:id', { config: { access: 'members:manage', stepUp: true } }, async (request) => {
    const { id } = parse(canaryPath, request.params);
    await canaries.remove(actorOf(request, 'members:manage'), id, originOf(request));
    return { message: 'No canary any more.' };
  });
}
