import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { actorOf } from '../../http/app.ts';
import { message, type RouteDescription } from '../../http/describe.ts';
import { parse } from '../../http/input.ts';
import { originOf } from '../../http/origin.ts';
import { CONTENT_TYPES, FILE_NAMES } from './formats.ts';
import { exportNotice, exportQuery } from './schema.ts';
import type { AuditExports } from './service.ts';

export interface ExportRouteDeps {
  exports: Pick<AuditExports, 'open' | 'announce'>;
}

export function exportRoutes(app: FastifyInstance, { exports }: ExportRouteDeps): void {
  const download = {
    summary: 'Export the audit log as a file',
    details:
      '`native` is the whole log with its proofs: what `memhold audit verify` takes. The other formats are single ' +
      'events, as other systems read them. Two run at once at most; one ends after an hour, or when nobody took ' +
      'from it for a minute. The log tells of it before the first byte.',
    query: exportQuery,
    answers: {
      200: [
        { media: 'application/x-ndjson', description: 'The file, streamed, one line for each event.' },
        { media: 'text/csv', description: 'With format=csv it has a header line.' },
      ],
    },
    errors: ['exports_busy', 'export_ended', 'checkpoint_missing', 'audit_log_tampered'],
  } satisfies RouteDescription;
  app.get(
    '/audit/export',
    { config: { access: 'audit:read', stepUp: true, describe: download } },
    async (request, reply) => {
      const input = parse(exportQuery, request.query);
      const actor = actorOf(request, 'audit:read');
      const asFile = () =>
        reply
          .type(CONTENT_TYPES[input.format])
          .header('content-disposition', `attachment; filename="${FILE_NAMES[input.format]}"`)
          .header('cache-control', 'no-store');
      // Nobody takes what a HEAD request would begin.
      if (request.method === 'HEAD') return asFile().send();
      const pieces = await exports.open(actor, input, originOf(request), ({ events, invalid }) => {
        if (invalid > 0) request.log.error({ events, invalid }, 'exported events that break the schema');
      });
      return asFile().send(Readable.from(pieces, { objectMode: false }));
    },
  );

  const announce = {
    summary: 'Record an export that is read from the data folder itself',
    details: 'Nothing is exported by this: the log tells of it.',
    body: exportNotice,
    answers: { 201: message },
  };
  app.post(
    '/audit/exports',
    { config: { access: 'audit:read', describe: announce } },
    async (request, reply) => {
      const input = parse(exportNotice, request.body);
      await exports.announce(actorOf(request, 'audit:read'), input, originOf(request));
      return reply.status(201).send({ message: 'The export is recorded.' });
    },
  );
}
