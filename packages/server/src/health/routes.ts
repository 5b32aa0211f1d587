import type { FastifyInstance } from 'fastify';
import { presentSimpleError, warnInLog } from '../compat/simple-errors.ts';
import { healthReport, liveness, probeLimited, readiness, servicePage } from './answers.ts';
import { type HealthService, humanDuration } from './service.ts';

/** Probes. Open to everybody, so they tell of this service and of nothing else on the host. */
export function healthRoutes(app: FastifyInstance, health: HealthService): void {
  const timestamp = () => new Date(health.dependencies.now()).toISOString();

  const service = { summary: 'What runs here, and since when', answers: { 200: servicePage } };
  app.get('/', { config: { access: 'public', describe: service } }, async () => ({
    status: 'running',
    service: 'memhold',
    version: health.dependencies.version,
    start_time: new Date(health.dependencies.startedAt).toISOString(),
    uptime_seconds: health.uptimeSeconds,
    uptime_human: humanDuration(health.uptimeSeconds),
    pid: process.pid,
  }));

  const alive = {
    summary: 'Whether the process lives',
    details:
      'Touches nothing, so that a slow disk does not get the process killed. Ten a minute from one network; this ' +
      'machine, the local socket and trusted probes as often as they like.',
    answers: { 200: liveness, 429: probeLimited },
  };
  const limited = { limit: 'health', showLimit: true, present: presentSimpleError } as const;
  app.get(
    '/health',
    { config: { access: 'public', ...limited, describe: alive }, onError: warnInLog },
    async () => ({
      status: 'healthy',
      message: 'Service is alive',
      details: { uptime_seconds: health.uptimeSeconds, pid: process.pid },
      memory_service_available: health.dependencies.writable(),
      timestamp: timestamp(),
    }),
  );

  const ready = {
    summary: 'Whether the service can be used',
    details: '503 when a part is not well.',
    answers: { 200: readiness, 503: readiness },
  };
  app.get('/ready', { config: { access: 'public', describe: ready } }, async (_, reply) => {
    const { status, details } = await health.readiness();
    const message = status === 'healthy' ? 'Service is ready' : 'Service is not ready';
    return reply
      .status(status === 'healthy' ? 200 : 503)
      .send({ status, message, details, timestamp: timestamp() });
  });

  const detailed = {
    summary: 'How each part of the service is',
    details: '503 when one is not well.',
    answers: { 200: healthReport, 503: healthReport },
  };
  app.get('/health/detailed', { config: { access: 'public', describe: detailed } }, async (_, reply) => {
    const [{ status, details }, database] = await Promise.all([health.readiness(), health.databaseMs()]);
    const response_time_ms = database === undefined ? null : Math.round(database * 100) / 100;
    return reply.status(status === 'healthy' ? 200 : 503).send({
      status,
      message: status === 'healthy' ? 'All parts are well' : 'A part is not well',
      details: {
        service: {
          status: 'healthy',
          version: health.dependencies.version,
          uptime_seconds: health.uptimeSeconds,
        },
        database: { status: details.database, response_time_ms },
        resources: { status: details.resources },
        authentication: { status: details.authentication },
        audit_logging: { status: details.audit_logging },
        features: health.dependencies.features,
      },
      timestamp: timestamp(),
    });
  });
}
