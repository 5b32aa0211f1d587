import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { actorOf } from '../../http/app.ts';
import { parse } from '../../http/input.ts';
import { originOf } from '../../http/origin.ts';
import { CONTENT_TYPES, FILE_NAMES } from './formats.ts';
import { exportNotice, exportQuery } from './schema.ts';
import type { AuditExports } from './service.ts';

export interface ExportRouteDeps {
  exports: Pick<AuditExports, 'open' | 'announce'>;
}

export function exportRoutes(app: FastifyInstance, { exports }: ExportRouteDeps): void {
  /**
   * `?format&hours` → 200 a file, streamed. `native` (the default) is the whole log with its proofs: what
   * `memhold audit verify` takes. `ocsf`, `ecs` and `csv` are events, of the last `hours` where these are given.
   */
  app.get('/audit/export', { config: { access: 'audit:read', stepUp: true } }, async (request, reply) => {
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
  });

  /** `{format?, hours?}` → 201 `{message}`: the log tells of an export that is read from the data folder itself. */
  app.post('/audit/exports', { config: { access: 'audit:read' } }, async (request, reply) => {
    const input = parse(exportNotice, request.body);
    await exports.announce(actorOf(request, 'audit:read'), input, originOf(request));
    return reply.status(201).send({ message: 'The export is recorded.' });
  });
}
