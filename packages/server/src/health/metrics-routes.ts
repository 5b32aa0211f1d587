import type { FastifyInstance } from 'fastify';
import type { RouteDescription } from '../http/describe.ts';
import { METRICS_TYPE, type Metrics } from './metrics.ts';

export interface MetricsRouteDeps {
  metrics: Pick<Metrics, 'render'>;
}

/** For a scraper, with an API key that may do nothing else. */
export function metricsRoutes(app: FastifyInstance, { metrics }: MetricsRouteDeps): void {
  const scrape = {
    summary: 'Metrics for a scraper',
    answers: { 200: { media: 'text/plain', description: 'In the Prometheus text format 0.0.4.' } },
  } satisfies RouteDescription;
  app.get('/metrics', { config: { access: 'metrics:read', describe: scrape } }, async (_request, reply) =>
    reply.type(METRICS_TYPE).send(await metrics.render()),
  );
}
