import type { FastifyInstance } from 'fastify';
import { actorOf } from '../http/app.ts';
import { securityEvidence } from './answers.ts';
import type { SecurityService } from './service.ts';

export interface SecurityRouteDeps {
  security: Pick<SecurityService, 'evidence'>;
}

/** What `memhold checklist` asks of a running server. */
export function securityRoutes(app: FastifyInstance, { security }: SecurityRouteDeps): void {
  const evidence = {
    summary: 'How the server is set up and used, as evidence for a review',
    details: 'Counts, settings and ages: no secret, and nothing that names a person.',
    answers: { 200: securityEvidence },
  };
  app.get('/security/evidence', { config: { access: 'audit:read', describe: evidence } }, (request) =>
    security.evidence(actorOf(request, 'audit:read')),
  );
}
