import { isUtf8 } from 'node:buffer';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import cors from '@fastify/cors';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { type Actor, type Authorized, authorize } from '../access/actor.ts';
import { AccessError } from '../access/errors.ts';
import type { Permission } from '../access/permissions.ts';
import { newId } from '../ids.ts';
import type { RouteDescription } from './describe.ts';
import { InputError } from './input.ts';
import { LIMIT_HEADERS, type LimitStanding, setLimitHeaders } from './limit-headers.ts';
import { isRefusal, type Problem, problemOf } from './problem.ts';
import { answerUnreadable, securityHeaders, setSecurityHeaders } from './security-headers.ts';

/** What a route says of itself, in one visible line: a permission, any valid credential, or nobody's business. */
export type Access = Permission | 'authenticated' | 'public';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /** Asks a login to have shown its password lately, and is closed to what cannot: keys and certificates. */
    stepUp?: true;
    /** A rate limit of this route, by its name, for each network; or for each credential, once it was proved. */
    limit?: string;
    limitBy?: 'credential';
    /** Answers of this route tell how much of its limit is left. */
    showLimit?: true;
    /** What a native route takes and answers. */
    describe?: RouteDescription;
    /** How this door writes its errors; native routes answer problem documents. */
    present?: (problem: Problem) => object;
  }
  interface FastifyRequest {
    actor: Actor | null;
    /** What a signature said of the body, until the body was compared with it. */
    signedBody: { contentDigest: string | undefined } | null;
  }
}

export interface AppOptions {
  maxBodyBytes: number;
  logLevel: string;
  trustedProxies: string[];
  tls?: SecureContextOptions & TlsOptions;
  /** Web origins whose pages may call; none by default. */
  corsOrigins?: readonly string[];
  authenticate(request: FastifyRequest): Promise<{
    actor: Actor;
    signedBody?: { contentDigest: string | undefined };
  }>;
  /** @throws an error with a code unless these bytes are the body that the signature covers */
  checkSignedBody(contentDigest: string | undefined, body: Uint8Array, request: FastifyRequest): void;
  /**
   * Where the caller stands with a route's limit; undefined where nothing is counted.
   * @throws an error with a code, and with the standing, when this network or credential has used it up
   */
  limit(name: string, request: FastifyRequest): LimitStanding | undefined;
  now: () => number;
  /** Tells the audit log of a refused request before it is answered; its own failure must not change the answer. */
  refused(request: FastifyRequest, error: { code: string; permission?: Permission | undefined }): unknown;
  /** Told of every request that is let in with a credential, where somebody wants to know. */
  granted?: ((request: FastifyRequest, access: Access) => void) | undefined;
  /** Told of a request that failed for a reason of the service's own. */
  failed?: ((request: FastifyRequest, code: string) => void) | undefined;
}

/** The actor of a request whose route asked for `permission`: the type says that it was checked. */
export function actorOf<P extends Permission>(request: FastifyRequest, permission: P): Authorized<P> {
  if (!request.actor) throw new AccessError('unauthenticated');
  return authorize(request.actor, permission);
}

const CONNECTIONS = {
  headersTimeout: 10_000,
  connectionsCheckingInterval: 2000,
  // Of two Authorization headers Node would take the first in silence; a proxy in front may have looked at the other.
  joinDuplicateHeaders: true,
};

/** Builds the HTTP server without any feature: body parsing, authentication, errors. */
export function buildApp(options: AppOptions): FastifyInstance {
  const app = Fastify({
    logger:
      options.logLevel === 'silent' ? false : { level: options.logLevel, base: null, stream: process.stderr },
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.maxBodyBytes,
    genReqId: newId,
    trustProxy: options.trustedProxies.length > 0 ? options.trustedProxies : false,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 1024 },
    // A path that cannot be decoded or is too long never reaches a route, nor the error handler below.
    frameworkErrors: (_error, request, reply) => {
      const message =
        'The path of this request cannot be read: percent-encode it, at most 1,024 characters an id.';
      setSecurityHeaders(request, reply);
      sendProblem(new InputError(message, [], 'invalid_path'), request, reply);
    },
    clientErrorHandler: answerUnreadable,
    // A client that sends or reads nothing for long holds nothing for long either.
    http: CONNECTIONS,
    requestTimeout: 20_000,
    connectionTimeout: 25_000,
    forceCloseConnections: 'idle',
    // With TLS, the framework looks at these only.
    ...(options.tls ? { https: { ...CONNECTIONS, ...options.tls } as never } : {}),
  }) as FastifyInstance;
  app.decorateRequest('actor', null);
  app.decorateRequest('signedBody', null);
  securityHeaders(app);
  acceptJson(app, options);
  guardRoutes(app, options);
  answerErrors(app, options);
  return app;
}

function acceptJson(app: FastifyInstance, options: AppOptions): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = body as Buffer;
    try {
      compareSigned(request, bytes, options);
    } catch (error) {
      return done(error as Error);
    }
    // Decoding would replace bad bytes silently: what is stored must be what was sent.
    if (!isUtf8(bytes)) return done(new InputError('The body is not UTF-8.', [], 'invalid_json'));
    if (bytes.length === 0) return done(null, undefined);
    parseJson(request, bytes.toString('utf8'), (error, value) =>
      error ? done(new InputError('The body is not valid JSON.', [], 'invalid_json')) : done(null, value),
    );
  });
}

/** How long a proof of the password opens the routes that ask for a fresh one. */
export const STEP_UP_MS = 10 * 60_000;

function compareSigned(request: FastifyRequest, body: Uint8Array, options: AppOptions): void {
  if (!request.signedBody) return;
  const { contentDigest } = request.signedBody;
  request.signedBody = null;
  options.checkSignedBody(contentDigest, body, request);
}

function checkStepUp(actor: Actor, now: number): void {
  if (actor.kind === 'operator') return;
  if (actor.kind !== 'account' || actor.provedAt === undefined) throw new AccessError('permission_denied');
  if (now - actor.provedAt > STEP_UP_MS) throw new AccessError('step_up_required');
}

function guardRoutes(app: FastifyInstance, options: AppOptions): void {
  app.addHook('onRoute', (route) => {
    if (route.method === 'HEAD' || route.method === 'OPTIONS') return;
    if (!route.config?.access) throw new Error(`${route.method} ${route.url} does not say who may call it`);
  });
  // Before the guard, so that a page is told of a refusal too; the guard is a plugin for the sake of that order.
  if (options.corsOrigins?.length) app.register(cors, { ...CORS, origin: [...options.corsOrigins] });
  app.register(Object.assign(async () => guard(app, options), { [Symbol.for('skip-override')]: true }));
  // A request without a body never came to the parser.
  app.addHook('preValidation', async (request) => compareSigned(request, NOTHING, options));
  // Whether the route or a service found a right lacking.
  app.addHook('onError', async (request, _reply, error: unknown) => {
    const { code = '' } = error as { code?: string };
    if (error instanceof AccessError || isRefusal(code))
      await options.refused(request, { ...(error as AccessError), code });
  });
}

/** Before the body is read: nobody without a credential makes this server parse a megabyte. */
function guard(app: FastifyInstance, options: AppOptions): void {
  const take = (name: string, request: FastifyRequest, reply: FastifyReply) => {
    const standing = options.limit(name, request);
    if (standing && request.routeOptions.config.showLimit) setLimitHeaders(reply, standing);
  };
  app.addHook('onRequest', async (request, reply) => {
    // Two of them, joined: a proxy in front may have looked at the other one (RFC 9112, 3.2).
    if (request.headers.host?.includes(','))
      throw new InputError('Send one Host header.', [], 'invalid_request');
    const { access, limit, limitBy, stepUp } = request.routeOptions.config;
    if (request.is404 || request.method === 'OPTIONS') return;
    if (limit !== undefined && limitBy === undefined) take(limit, request, reply);
    if (access === 'public') return;
    if (access === undefined) throw new AccessError('unauthenticated');
    const { actor, signedBody } = await options.authenticate(request);
    request.actor = actor;
    request.signedBody = signedBody ?? null;
    if (limit !== undefined && limitBy === 'credential') take(limit, request, reply);
    if (access !== 'authenticated') authorize(actor, access);
    if (stepUp) checkStepUp(actor, options.now());
    options.granted?.(request, access);
  });
}

const CORS = {
  methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  exposedHeaders: ['etag', 'retry-after', ...LIMIT_HEADERS],
  maxAge: 600,
};
const NOTHING = new Uint8Array(0);

const FASTIFY_CODES: Record<string, [code: string, message: string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['body_too_large', 'The body is larger than this server accepts.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'Send JSON: "Content-Type: application/json".'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['invalid_json', 'The body is empty: send a JSON object.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalid_json', 'The body does not have its announced length.'],
};

/** What the framework refuses by itself, with a stable code of ours. */
function inOwnWords(error: unknown): unknown {
  const { code = '', statusCode = 500 } = error as { code?: string; statusCode?: number };
  const known = FASTIFY_CODES[code];
  if (known) return new InputError(known[1], [], known[0]);
  const refused = code.startsWith('FST_') && statusCode >= 400 && statusCode < 500;
  return refused
    ? new InputError('The request is not well-formed HTTP for this service.', [], 'invalid_request')
    : error;
}

function answerErrors(app: FastifyInstance, { failed }: AppOptions): void {
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, failed));
  app.setNotFoundHandler((request, reply) => {
    const message = `There is no ${request.method} ${request.url.split('?')[0]} here.`;
    return sendProblem(Object.assign(new Error(message), { code: 'route_not_found' }), request, reply);
  });
}

function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  failed?: AppOptions['failed'],
): FastifyReply {
  const problem = problemOf(inOwnWords(error), request.id);
  // A client that hung up in the middle is its own business.
  const hungUp = (error as { code?: string }).code === 'ECONNRESET' || request.raw.destroyed;
  // What this service does not do at all (501) is no failure of it.
  if (problem.status >= 500 && problem.status !== 501 && !hungUp) {
    request.log.error({ err: error, request_id: request.id }, 'request failed');
    if (problem.status === 500) failed?.(request, problem.code);
  }
  const retryAfter = (error as { retryAfterSeconds?: number }).retryAfterSeconds;
  if (retryAfter !== undefined || problem.status === 503)
    reply.header('retry-after', String(retryAfter ?? 1));
  const { showLimit } = request.routeOptions.config ?? {};
  const { standing } = error as { standing?: LimitStanding };
  if (showLimit && standing) setLimitHeaders(reply, standing);
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  const present = request.routeOptions.config?.present;
  if (present) return reply.status(problem.status).send(present(problem));
  return reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}
