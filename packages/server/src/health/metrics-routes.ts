import type { FastifyInstance } from 'fastify';
import { METRICS_TYPE, type Metrics } from './metrics.ts';

export interface MetricsRouteDeps {
  metrics: Pick<Metrics, 'render'>;
}

/** For a scraper, with an API key that may do nothing else. */
export function metricsRoutes(app: FastifyInstance, { metrics }: MetricsRouteDeps): void {
  /** → 200 in the Prometheus text format 0.0.4. */
  app.get('/metrics', { config: { access: 'metrics:read' } }, async (_request, reply) =>
    reply.type(METRICS_TYPE).send(await metrics.render()),
  );
}
