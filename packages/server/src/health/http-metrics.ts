import type { FastifyInstance } from 'fastify';
import type { Count, Histogram, Metrics } from './metrics.ts';

/** Seconds. A look-up takes a millisecond, a hashed password a hundred; the last is where clients give up. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Counts every answer by method, route pattern and status, and how long it took. `failed` is told the code of every
 * error. A path that is no route counts as `none`, whatever it was and by whatever method.
 */
export function countRequests(app: FastifyInstance, metrics: Metrics, failed: (code: string) => void): void {
  const requests = metrics.counter('memhold_http_requests_total', 'Answers given.', [
    'method',
    'route',
    'status',
  ]);
  const seconds = metrics.histogram(
    'memhold_http_request_seconds',
    'From the first byte of a request to the last of its answer.',
    ['method', 'route'],
    BOUNDS,
  );
  const known = new Map<string, { seconds: Histogram; statuses: Map<number, Count> }>();

  app.addHook('onResponse', (request, reply, done) => {
    const url = request.is404 ? undefined : request.routeOptions.url;
    const method = url === undefined ? 'any' : request.method;
    const route = url ?? 'none';
    const key = `${method} ${route}`;
    let entry = known.get(key);
    if (!entry) {
      entry = { seconds: seconds(method, route), statuses: new Map() };
      known.set(key, entry);
    }
    let count = entry.statuses.get(reply.statusCode);
    if (!count) {
      count = requests(method, route, String(reply.statusCode));
      entry.statuses.set(reply.statusCode, count);
    }
    count.value++;
    entry.seconds.observe(reply.elapsedTime / 1000);
    done();
  });
  app.addHook('onError', (_request, _reply, error, done) => {
    failed(String((error as { code?: unknown }).code ?? ''));
    done();
  });
}
