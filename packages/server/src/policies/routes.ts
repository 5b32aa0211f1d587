import type { FastifyInstance } from 'fastify';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { policyList, policyReports } from './answers.ts';
import { policyRun } from './schema.ts';
import type { PolicyService } from './service.ts';

/** What is done with what has become old. */
export function policyRoutes(
  app: FastifyInstance,
  { policies }: { policies: Pick<PolicyService, 'list' | 'run'> },
) {
  const list = { summary: 'List the policies that the caller may run', answers: { 200: policyList } };
  app.get('/policies', { config: { access: 'policies:execute', describe: list } }, async (request) => ({
    policies: policies.list(actorOf(request, 'policies:execute')),
  }));

  const run = {
    summary: 'Run policies now',
    details:
      'For the namespace of the caller, or for the whole server when its administrator asks. A policy that is not the ' +
      "caller's to run refuses all. `rate_limited` while a run of the same namespace, or of the server, has not ended.",
    body: policyRun,
    answers: { 200: policyReports },
    errors: ['rate_limited'],
  };
  app.post('/policies/run', { config: { access: 'policies:execute', describe: run } }, async (request) => {
    const { policies: names } = parse(policyRun, request.body);
    return policies.run(actorOf(request, 'policies:execute'), names ?? undefined, originOf(request));
  });
}
