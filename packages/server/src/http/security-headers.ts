import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/**
 * What every answer carries; a handler that sets one of them by `reply.header` has the last word.
 * Cross-Origin-Resource-Policy stays `same-origin` also for the allowed origins of CORS: browsers apply it to requests
 * without CORS alone (Fetch §3.7), and those are to be blocked.
 */
const HEADERS = Object.freeze({
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
});

/** A year (RFC 6797). Not for subdomains: the neighbours of a self-hosted service may speak plain HTTP. */
const STRICT_TRANSPORT = 'max-age=31536000';
/** Browsers keep the rule for a host with all its ports: other programs on this machine would lose plain HTTP. */
const LOCAL_HOST = /^localhost(?::\d+)?$/i;

/** Sets the headers on one answer. Only for answers that hooks do not reach: `frameworkErrors`. */
export function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(HEADERS);
  // By TLS of this server, or by the word of a trusted proxy.
  if (request.protocol === 'https' && !LOCAL_HOST.test(request.host))
    reply.header('strict-transport-security', STRICT_TRANSPORT);
}

/** Sets the headers on every answer of the routes, also of those that do not exist. Comes before other hooks. */
export function securityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    setSecurityHeaders(request, reply);
    done();
  });
  // What a handler allowed for its answer (to keep it, to run scripts) does not hold for an error in its place.
  app.addHook('onError', (_request, reply, _error, done) => {
    reply.headers(HEADERS);
    done();
  });
}

const RAW_HEADERS = Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
const UNREADABLE: Readonly<Record<string, readonly [status: number, code: string, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'headers_too_large', 'The headers of this request are too large: send fewer.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request_timeout', 'The request did not arrive in time: send it again.'],
};
const MALFORMED = [400, 'invalid_request', 'The request is not well-formed HTTP for this service.'] as const;

/** Fastify's `clientErrorHandler`: answers what is no HTTP request, which no hook ever sees, and hangs up. */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) {
    const [status, code, detail] = UNREADABLE[error.code ?? ''] ?? MALFORMED;
    const title = STATUS_CODES[status]!;
    const body = JSON.stringify({ type: `urn:memhold:error:${code}`, title, status, detail, code });
    socket.write(
      `HTTP/1.1 ${status} ${title}\r\n${RAW_HEADERS.join('')}content-type: application/problem+json\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroy(error);
}
