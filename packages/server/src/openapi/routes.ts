import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { type DescribedRoute, type OpenApiDocument, openApiDocument } from './document.ts';
import { referencePage } from './page/page.ts';

export interface OpenApiRouteDeps {
  version: string;
}

/** Tells of the product, not of an installation: open to everybody, as the probes are. */
export function openApiRoutes(app: FastifyInstance, { version }: OpenApiRouteDeps): void {
  const routes: DescribedRoute[] = [];
  // Made when somebody asks for the first time, and kept as the bytes that go out.
  let document: OpenApiDocument | undefined;
  let json: Buffer | undefined;
  let page: { html: Buffer; contentSecurityPolicy: string } | undefined;
  const builtDocument = () => {
    document ??= openApiDocument(routes, version);
    return document;
  };
  // Comes before the others: it hears of every route that is registered after it.
  app.addHook('onRoute', ({ method, url, config }) => {
    const { access, describe, stepUp, limit } = config ?? {};
    if (!access || !describe || method === 'HEAD') return;
    for (const one of [method].flat())
      if (one !== 'HEAD') routes.push({ method: one, url, access, stepUp, limit, describe });
  });

  app.get(
    '/openapi.json',
    {
      config: {
        access: 'public',
        describe: {
          summary: 'This document: OpenAPI 3.1 of all native routes',
          answers: { 200: z.looseObject({ openapi: z.string() }) },
        },
      },
    },
    async (_request, reply) => {
      json ??= Buffer.from(JSON.stringify(builtDocument()));
      reply.header('cache-control', 'no-cache').type('application/json; charset=utf-8');
      return sendInPieces(reply, json);
    },
  );

  const read = {
    summary: 'This reference as a page for people',
    details: 'One page without outside resources, readable without scripts.',
    answers: { 200: { media: 'text/html' as const, description: 'The page.' } },
  };
  app.get('/docs', { config: { access: 'public', describe: read } }, async (_request, reply) => {
    if (!page) {
      const { html, contentSecurityPolicy } = referencePage(builtDocument());
      page = { html: Buffer.from(html), contentSecurityPolicy };
    }
    reply.header('content-security-policy', page.contentSecurityPolicy).type('text/html; charset=utf-8');
    return sendInPieces(reply, page.html);
  });
}

const PIECE = 16 * 1024;

/** A piece at a time: over TLS each reader who takes nothing would else hold a copy of the whole, encrypted for them. */
function sendInPieces(reply: FastifyReply, bytes: Buffer): FastifyReply {
  const count = Math.ceil(bytes.length / PIECE);
  const pieces = Array.from({ length: count }, (_, i) => bytes.subarray(i * PIECE, (i + 1) * PIECE));
  return reply
    .header('content-length', bytes.length)
    .send(Readable.from(pieces, { objectMode: false, highWaterMark: PIECE }));
}
