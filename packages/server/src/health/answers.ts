import { z } from 'zod';
import { moment } from '../http/describe.ts';

const health = z.enum(['healthy', 'unhealthy']);
const uptime_seconds = z.int().min(0);

export const servicePage = z.object({
  status: z.literal('running'),
  service: z.literal('memhold'),
  version: z.string(),
  start_time: moment,
  uptime_seconds,
  uptime_human: z.string(),
  pid: z.int(),
});

export const liveness = z
  .object({
    status: z.literal('healthy'),
    message: z.string(),
    details: z.object({ uptime_seconds, pid: z.int() }),
    memory_service_available: z.boolean().meta({ description: 'False once writes are refused.' }),
    timestamp: moment,
  })
  .meta({ id: 'Liveness' });

/** Not a problem document: probes read the errors of the simple endpoints. */
export const probeLimited = z.object({
  error: z.string(),
  detail: z.string().meta({ description: 'How often a minute one may ask.' }),
});

export const readiness = z
  .object({
    status: health,
    message: z.string(),
    details: z.object({
      database: health,
      resources: health,
      authentication: health,
      audit_logging: health,
    }),
    timestamp: moment,
  })
  .meta({ id: 'Readiness' });

const part = z.object({ status: health });
const response_time_ms = z
  .number()
  .nullable()
  .meta({ description: 'Of one look-up; null where it did not answer in time.' });

export const healthReport = z
  .object({
    status: health,
    message: z.string(),
    details: z.object({
      service: z.object({ status: z.literal('healthy'), version: z.string(), uptime_seconds }),
      database: z.object({ status: health, response_time_ms }),
      resources: part,
      authentication: part,
      audit_logging: part,
      features: z.record(z.string(), z.boolean()),
    }),
    timestamp: moment,
  })
  .meta({ id: 'HealthReport' });
