import type { FastifyInstance } from 'fastify';
import { actorOf } from '../../http/app.ts';
import type { RouteDescription } from '../../http/describe.ts';
import { parse } from '../../http/input.ts';
import { originOf } from '../../http/origin.ts';
import { askedCheckpoint, checkpointPage, consistencyProof, inclusionProof, logKeys } from './answers.ts';
import { checkpointQuery, checkpointsQuery, consistencyQuery, inclusionQuery } from './schema.ts';
import type { Proofs } from './service.ts';

export interface ProofRouteDeps {
  proofs: Pick<Proofs, 'inclusion' | 'consistency' | 'checkpoint' | 'checkpoints' | 'keys'>;
}

export function proofRoutes(app: FastifyInstance, { proofs }: ProofRouteDeps): void {
  const inclusion = {
    summary: 'One event, with the proof that it is in the log',
    details:
      'What `memhold audit verify-proof` takes. The proof holds the event, so the log tells of this call.',
    query: inclusionQuery,
    answers: { 200: inclusionProof },
    errors: ['checkpoint_missing', 'audit_log_tampered'],
  };
  app.get('/audit/proof/inclusion', { config: { access: 'audit:read', describe: inclusion } }, (request) => {
    const asked = parse(inclusionQuery, request.query);
    return proofs.inclusion(actorOf(request, 'audit:read'), asked, originOf(request));
  });

  const consistency = {
    summary: 'The proof that nothing among the first events was changed since',
    query: consistencyQuery,
    answers: { 200: consistencyProof },
    errors: ['checkpoint_missing', 'audit_log_tampered'],
  };
  app.get(
    '/audit/proof/consistency',
    { config: { access: 'audit:read', describe: consistency } },
    (request) => proofs.consistency(actorOf(request, 'audit:read'), parse(consistencyQuery, request.query)),
  );

  const checkpoint = {
    summary: 'A signed checkpoint of the log',
    details:
      'Over all that is committed, or over the first `size` events; `not_found` for a size that was never signed.',
    query: checkpointQuery,
    answers: {
      200: [
        {
          media: 'text/plain',
          description: 'A signed note (C2SP tlog-checkpoint); with format=json an object.',
        },
        askedCheckpoint,
      ],
    },
    errors: ['not_found', 'checkpoint_missing', 'audit_log_tampered'],
  } satisfies RouteDescription;
  app.get(
    '/audit/checkpoint',
    { config: { access: 'audit:read', describe: checkpoint } },
    async (request, reply) => {
      const { size, format } = parse(checkpointQuery, request.query);
      const found = await proofs.checkpoint(actorOf(request, 'audit:read'), { size });
      return format === 'json' ? found : reply.type('text/plain; charset=utf-8').send(found.checkpoint);
    },
  );

  const checkpoints = {
    summary: 'List the signed checkpoints, the smallest first',
    query: checkpointsQuery,
    answers: { 200: checkpointPage },
    errors: ['audit_log_tampered'],
  };
  app.get('/audit/checkpoints', { config: { access: 'audit:read', describe: checkpoints } }, (request) =>
    proofs.checkpoints(actorOf(request, 'audit:read'), parse(checkpointsQuery, request.query)),
  );

  const keys = {
    summary: 'The public keys of the log',
    answers: { 200: logKeys },
    errors: ['audit_log_tampered'],
  };
  app.get('/audit/keys', { config: { access: 'audit:read', describe: keys } }, (request) =>
    proofs.keys(actorOf(request, 'audit:read')),
  );
}
