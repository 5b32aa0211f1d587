import type { FastifyInstance, InjectOptions } from 'fastify';
import { emailRoutes } from '../../accounts/email/routes.ts';
import { invitationRoutes } from '../../accounts/invitations/routes.ts';
import { argon2Hasher, type PasswordHasher } from '../../accounts/passwords.ts';
import { accountRoutes } from '../../accounts/routes.ts';
import { userRoutes } from '../../accounts/users/routes.ts';
import { apiKeyRoutes } from '../../api-keys/routes.ts';
import type { AuditEvent } from '../../audit/entry.ts';
import { createRecorder, openPrivate } from '../../audit/recorder.ts';
import { inProcessWriter } from '../../database/testing/in-process-writer.ts';
import { randomBytes } from '../../encryption/randomness.ts';
import { dataKey } from '../../encryption/seal.ts';
import type { ServerKeys } from '../../encryption/server-keys.ts';
import { buildApp } from '../../http/app.ts';
import { type IdentityDeps, identityServices } from '../../identity.ts';
import { networkOf } from '../../limits/network.ts';
import type { RateLimit } from '../../limits/rate-limits.ts';
import type { Mail } from '../../mail/mail.ts';
import { namespaceRoutes } from '../../namespaces/routes.ts';
import { checkContentDigest } from '../../signatures/content-digest.ts';
import { certificateRoutes } from '../certificates/routes.ts';
import { mfaRoutes } from '../mfa/routes.ts';
import { sessionRoutes } from '../routes.ts';
import { surroundingsOf } from '../surroundings.ts';
import { tokenKeyRoutes } from '../token-keys/routes.ts';

export const PASSWORD = 'SecurePass123';

/** Counts instead of working: tests that are not about Argon2 need not pay for it. */
export interface CountingHasher extends PasswordHasher {
  calls: string[];
}

function countingHasher(): CountingHasher {
  const calls: string[] = [];
  return {
    calls,
    async hash(password) {
      calls.push('hash');
      return `hash of ${password}`;
    },
    async verify(stored, password) {
      calls.push('verify');
      if (stored?.startsWith('hash of ') === false) throw new Error('not a hash');
      return stored === `hash of ${password}`;
    },
    needsUpgrade: () => false,
  };
}

export interface FixtureOptions {
  mode?: 'open' | 'invite' | 'closed';
  realHashes?: boolean;
  config?: Partial<IdentityDeps['config']>;
}

/** Everything of identity on a real database, with a clock to turn, and a mailbox to look into. */
export async function identity(options: FixtureOptions = {}) {
  const writer = await inProcessWriter();
  const keys: ServerKeys = {
    records: dataKey(randomBytes(32)),
    digest: randomBytes(32),
    tokenSecret: randomBytes(32),
  };
  const clock = { at: Date.parse('2026-11-21T12:00:00Z') };
  const now = () => clock.at;
  const reads = { count: 0 };
  const counted: typeof writer = {
    ...writer,
    read(statement, values) {
      reads.count++;
      return writer.read(statement, values);
    },
  };
  const recorder = createRecorder(writer, keys.records);
  const counting = countingHasher();
  const mails: Mail[] = [];
  const services = await identityServices({
    writer: counted,
    keys,
    recorder,
    hasher: options.realHashes ? argon2Hasher() : counting,
    transport: { send: async (mail) => void mails.push(mail), close() {} },
    publicUrl: () => 'https://memory.example.org',
    now,
    config: {
      registration: options.mode ?? 'open',
      emailVerification: 'optional',
      maxAuthFailures: 5,
      authLockoutMinutes: 15,
      sessionDays: 30,
      accessTokenMinutes: 15,
      jwtAlgorithm: 'HS256',
      rateLimits: false,
      auditReads: 'durable',
      ...options.config,
    },
  });
  const around = surroundingsOf({
    trustedProxies: [],
    authorities: () => [],
    tlsClientCertHeader: undefined,
    publicUrl: undefined,
    now,
  });
  const app = buildApp({
    maxBodyBytes: 65_536,
    logLevel: 'silent',
    trustedProxies: ['127.0.0.1'],
    authenticate: (request) => services.authenticate(request, around(request)),
    checkSignedBody: checkContentDigest,
    limit: (name, request) => services.limits.check(name as RateLimit, networkOf(request.ip)),
    refused() {},
    now,
  });
  accountRoutes(app, services);
  emailRoutes(app, services);
  invitationRoutes(app, services);
  userRoutes(app, services);
  sessionRoutes(app, services);
  mfaRoutes(app, services);
  tokenKeyRoutes(app, services);
  certificateRoutes(app, services);
  apiKeyRoutes(app, services);
  namespaceRoutes(app, services);
  app.get('/memories', { config: { access: 'memories:read' } }, async ({ actor }) => ({
    boundTo: actor?.boundTo,
  }));
  app.post('/memories', { config: { access: 'memories:write' } }, async () => ({ stored: true }));

  return {
    writer,
    keys,
    clock,
    reads,
    hasher: counting,
    ...services,
    /** Who a request with these headers is from. */
    authenticate: async (request: { headers: Record<string, string>; ip: string }) =>
      (await services.authenticate(request, NOWHERE)).actor,
    app,
    /** Mails that were sent so far, oldest first. */
    async mailbox(): Promise<Mail[]> {
      services.mail.wake();
      await services.mail.idle();
      return mails;
    },
    call: (method: NonNullable<InjectOptions['method']>, url: string, more: Call = {}) =>
      call(app, method, url, more),
    /** The committed events, with their private parts. */
    events: () =>
      writer.leaves.map(({ hash, skeleton, privateSealed }) => {
        const event = JSON.parse(Buffer.from(skeleton).toString()) as Omit<AuditEvent, 'private'>;
        const sealed = privateSealed && openPrivate(keys.records, hash, privateSealed).privatePart;
        return { ...event, private: sealed ? (JSON.parse(sealed.toString()) as Record<string, string>) : {} };
      }),
    async close() {
      await app.close();
      await services.mail.close();
      writer.close();
    },
  };
}
export type Identity = Awaited<ReturnType<typeof identity>>;

const NOWHERE = {
  certificate: () => ({ kind: 'none' as const }),
  signed(): never {
    throw new Error('nothing is signed here');
  },
};

interface Call {
  body?: unknown;
  token?: string;
  headers?: Record<string, string>;
}

async function call(
  app: FastifyInstance,
  method: NonNullable<InjectOptions['method']>,
  url: string,
  more: Call,
) {
  const headers = {
    ...more.headers,
    ...(more.token === undefined ? {} : { authorization: `Bearer ${more.token}` }),
  };
  const answer = await app.inject({
    method,
    url,
    headers,
    ...(more.body === undefined ? {} : { payload: more.body as object }),
  });
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
}

/** Registers a user and logs in: the token. */
export async function newUser(id: Identity, username: string): Promise<string> {
  const email = `${username}@example.com`;
  const registered = await id.call('POST', '/auth/register', {
    body: { username, email, password: PASSWORD },
  });
  if (registered.status !== 201) throw new Error(JSON.stringify(registered.body));
  return login(id, username);
}

export async function login(id: Identity, username: string, password = PASSWORD): Promise<string> {
  const { status, body } = await id.call('POST', '/auth/login', { body: { username, password } });
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body.access_token as string;
}
