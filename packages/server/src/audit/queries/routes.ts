import type { FastifyInstance } from 'fastify';
import { actorOf } from '../../http/app.ts';
import { parse } from '../../http/input.ts';
import { originOf } from '../../http/origin.ts';
import { eventTypeList, logPage, logStatistics, severityList } from './answers.ts';
import { eventQuery, noQuery, statisticsQuery, userPath } from './schema.ts';
import type { AuditQueries } from './service.ts';
import { eventTypes, severityLevels } from './vocabulary.ts';

export interface AuditQueryRouteDeps {
  queries: Pick<AuditQueries, 'find' | 'statistics'>;
}

const PAGES =
  'A page may hold fewer than `limit` where events are large: `next` goes on from there, with the same filters. ' +
  'The log tells of the query before it is answered.';

export function auditQueryRoutes(app: FastifyInstance, { queries }: AuditQueryRouteDeps) {
  const logs = {
    summary: 'Events of the audit log, the newest first',
    details: PAGES,
    query: eventQuery,
    answers: { 200: logPage },
  };
  app.get('/audit/logs', { config: { access: 'audit:read', describe: logs } }, (request) => {
    const input = parse(eventQuery, request.query);
    return queries.find(actorOf(request, 'audit:read'), { part: 'logs' }, input, originOf(request));
  });

  const ofUser = {
    summary: 'What an account did, or had done to it, the newest first',
    details: `An id of nobody has no events. ${PAGES}`,
    params: userPath,
    query: eventQuery,
    answers: { 200: logPage },
  };
  app.get('/audit/logs/user/:id', { config: { access: 'audit:read', describe: ofUser } }, (request) => {
    const { id } = parse(userPath, request.params);
    const input = parse(eventQuery, request.query);
    const which = { part: 'user', user: id } as const;
    return queries.find(actorOf(request, 'audit:read'), which, input, originOf(request));
  });

  const security = {
    summary: 'Attacks, refusals and damage to the log, the newest first',
    details: PAGES,
    query: eventQuery,
    answers: { 200: logPage },
  };
  app.get('/audit/logs/security', { config: { access: 'audit:read', describe: security } }, (request) => {
    const input = parse(eventQuery, request.query);
    return queries.find(actorOf(request, 'audit:read'), { part: 'security' }, input, originOf(request));
  });

  const statistics = {
    summary: 'How many events the last hours had, by type and severity',
    details: 'The log tells of the query before it is answered.',
    query: statisticsQuery,
    answers: { 200: logStatistics },
  };
  app.get('/audit/statistics', { config: { access: 'audit:read', describe: statistics } }, (request) => {
    const input = parse(statisticsQuery, request.query);
    return queries.statistics(actorOf(request, 'audit:read'), input, originOf(request));
  });

  const types = { summary: 'All event types', query: noQuery, answers: { 200: eventTypeList } };
  app.get('/audit/events/types', { config: { access: 'audit:read', describe: types } }, async (request) => {
    parse(noQuery, request.query);
    return eventTypes();
  });

  const levels = {
    summary: 'The severities of events, the mildest first',
    query: noQuery,
    answers: { 200: severityList },
  };
  app.get(
    '/audit/severity/levels',
    { config: { access: 'audit:read', describe: levels } },
    async (request) => {
      parse(noQuery, request.query);
      return severityLevels();
    },
  );
}
