import type { FastifyInstance } from 'fastify';
import { actorOf } from '../../http/app.ts';
import { parse } from '../../http/input.ts';
import { originOf } from '../../http/origin.ts';
import { eventQuery, noQuery, statisticsQuery, userPath } from './schema.ts';
import type { AuditQueries } from './service.ts';
import { eventTypes, severityLevels } from './vocabulary.ts';

export interface AuditQueryRouteDeps {
  queries: Pick<AuditQueries, 'find' | 'statistics'>;
}

const READ = { access: 'audit:read' } as const;

export function auditQueryRoutes(app: FastifyInstance, { queries }: AuditQueryRouteDeps) {
  /**
   * `?hours=24&limit=100&offset|cursor&after&event_type&severity&success&user_id&namespace` → 200 `{logs, total,
   * offset, limit, next, request_id}`, newest first.
   */
  app.get('/audit/logs', { config: READ }, (request) => {
    const input = parse(eventQuery, request.query);
    return queries.find(actorOf(request, 'audit:read'), { part: 'logs' }, input, originOf(request));
  });

  /** The same of what an account did, or had done to it. An id of nobody: no events. */
  app.get('/audit/logs/user/:id', { config: READ }, (request) => {
    const { id } = parse(userPath, request.params);
    const input = parse(eventQuery, request.query);
    const which = { part: 'user', user: id } as const;
    return queries.find(actorOf(request, 'audit:read'), which, input, originOf(request));
  });

  /** The same of attacks, refusals and damage to the log. */
  app.get('/audit/logs/security', { config: READ }, (request) => {
    const input = parse(eventQuery, request.query);
    return queries.find(actorOf(request, 'audit:read'), { part: 'security' }, input, originOf(request));
  });

  /** `?hours=24` → 200 `{total_events, events_by_type, events_by_severity, failed_operations, unique_users, …}`. */
  app.get('/audit/statistics', { config: READ }, (request) => {
    const input = parse(statisticsQuery, request.query);
    return queries.statistics(actorOf(request, 'audit:read'), input, originOf(request));
  });

  /** → 200 `{event_types, details}`. */
  app.get('/audit/events/types', { config: READ }, async (request) => {
    parse(noQuery, request.query);
    return eventTypes();
  });

  /** → 200 `{severity_levels, details}`, mildest first. */
  app.get('/audit/severity/levels', { config: READ }, async (request) => {
    parse(noQuery, request.query);
    return severityLevels();
  });
}
