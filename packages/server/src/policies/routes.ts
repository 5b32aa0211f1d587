import type { FastifyInstance } from 'fastify';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { policyRun } from './schema.ts';
import type { PolicyService } from './service.ts';

/** What is done with what has become old. */
export function policyRoutes(
  app: FastifyInstance,
  { policies }: { policies: Pick<PolicyService, 'list' | 'run'> },
) {
  /** → 200 `{policies: [{name, description, scope, schedule, settings, last_run}]}`, those that the caller may run. */
  app.get('/policies', { config: { access: 'policies:execute' } }, async (request) => ({
    policies: policies.list(actorOf(request, 'policies:execute')),
  }));

  /**
   * `{policies?: [names]}` → 200 `{ran_at, policies: {<name>: {…counts, complete} | {failed: code}}}`. For the caller's
   * namespace; for the whole server when its administrator asks. 403 for one that is not the caller's to run.
   */
  app.post('/policies/run', { config: { access: 'policies:execute' } }, async (request) => {
    const { policies: names } = parse(policyRun, request.body);
    return policies.run(actorOf(request, 'policies:execute'), names ?? undefined, originOf(request));
  });
}
