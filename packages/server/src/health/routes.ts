import type { FastifyInstance } from 'fastify';
import { presentSimpleError, warnInLog } from '../compat/simple-errors.ts';
import { type HealthService, humanDuration } from './service.ts';

/** Probes. Open to everybody, so they tell of this service and of nothing else on the host. */
export function healthRoutes(app: FastifyInstance, health: HealthService): void {
  const open = { config: { access: 'public' } } as const;
  const limited = { ...open.config, limit: 'health', showLimit: true, present: presentSimpleError } as const;
  const timestamp = () => new Date(health.dependencies.now()).toISOString();

  app.get('/', open, async () => ({
    status: 'running',
    service: 'memhold',
    version: health.dependencies.version,
    start_time: new Date(health.dependencies.startedAt).toISOString(),
    uptime_seconds: health.uptimeSeconds,
    uptime_human: humanDuration(health.uptimeSeconds),
    pid: process.pid,
  }));

  /** Liveness: touches nothing, so that a slow disk does not get the process killed. */
  app.get('/health', { config: limited, onError: warnInLog }, async () => ({
    status: 'healthy',
    message: 'Service is alive',
    details: { uptime_seconds: health.uptimeSeconds, pid: process.pid },
    memory_service_available: health.dependencies.writable(),
    timestamp: timestamp(),
  }));

  /** Readiness: 503 when a part is not well. */
  app.get('/ready', open, async (_, reply) => {
    const { status, details } = await health.readiness();
    const message = status === 'healthy' ? 'Service is ready' : 'Service is not ready';
    return reply
      .status(status === 'healthy' ? 200 : 503)
      .send({ status, message, details, timestamp: timestamp() });
  });

  app.get('/health/detailed', open, async (_, reply) => {
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
