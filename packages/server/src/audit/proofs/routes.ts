import type { FastifyInstance } from 'fastify';
import { actorOf } from '../../http/app.ts';
import { parse } from '../../http/input.ts';
import { originOf } from '../../http/origin.ts';
import { checkpointQuery, checkpointsQuery, consistencyQuery, inclusionQuery } from './schema.ts';
import type { Proofs } from './service.ts';

export interface ProofRouteDeps {
  proofs: Pick<Proofs, 'inclusion' | 'consistency' | 'checkpoint' | 'checkpoints' | 'keys'>;
}

const READ = { config: { access: 'audit:read' } } as const;

export function proofRoutes(app: FastifyInstance, { proofs }: ProofRouteDeps): void {
  /** `?index&size` → 200 the event with its proof and a signed checkpoint: what `memhold audit verify-proof` takes. */
  app.get('/audit/proof/inclusion', READ, (request) => {
    const asked = parse(inclusionQuery, request.query);
    return proofs.inclusion(actorOf(request, 'audit:read'), asked, originOf(request));
  });

  /** `?first&second` → 200 the proof that nothing among the first events was changed since. */
  app.get('/audit/proof/consistency', READ, (request) =>
    proofs.consistency(actorOf(request, 'audit:read'), parse(consistencyQuery, request.query)),
  );

  /** `?size&format` → 200 a signed note (C2SP tlog-checkpoint) over all that is committed, or over `size` events. */
  app.get('/audit/checkpoint', READ, async (request, reply) => {
    const { size, format } = parse(checkpointQuery, request.query);
    const found = await proofs.checkpoint(actorOf(request, 'audit:read'), { size });
    return format === 'json' ? found : reply.type('text/plain; charset=utf-8').send(found.checkpoint);
  });

  /** `?after&limit` → 200 `{checkpoints: [{size, root, time, checkpoint}], next}`, smallest first. */
  app.get('/audit/checkpoints', READ, (request) =>
    proofs.checkpoints(actorOf(request, 'audit:read'), parse(checkpointsQuery, request.query)),
  );

  /** → 200 `{origin, key, keys, rotations}`: the public key that signs now, and those before it, oldest first. */
  app.get('/audit/keys', READ, (request) => proofs.keys(actorOf(request, 'audit:read')));
}
