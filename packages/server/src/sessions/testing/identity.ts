import type { FastifyInstance, InjectOptions } from 'fastify';
import { argon2Hasher, type PasswordHasher } from '../../accounts/passwords.ts';
import { Registration } from '../../accounts/registration.ts';
import { accountRoutes } from '../../accounts/routes.ts';
import { AccountService } from '../../accounts/service.ts';
import { apiKeyRoutes } from '../../api-keys/routes.ts';
import { ApiKeyService } from '../../api-keys/service.ts';
import type { AuditEvent } from '../../audit/entry.ts';
import { createRecorder, openPrivate } from '../../audit/recorder.ts';
import { inProcessWriter } from '../../database/testing/in-process-writer.ts';
import { randomBytes } from '../../encryption/randomness.ts';
import { dataKey } from '../../encryption/seal.ts';
import type { ServerKeys } from '../../encryption/server-keys.ts';
import { buildApp } from '../../http/app.ts';
import { NamespaceService } from '../../namespaces/service.ts';
import { createAuthenticate } from '../authenticate.ts';
import { CredentialCache } from '../credential-cache.ts';
import { sessionRoutes } from '../routes.ts';
import { SessionService } from '../service.ts';
import { AccessTokens } from '../tokens.ts';

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
  };
}

/** Everything of identity on a real database, with a clock to turn. */
export async function identity(options: { mode?: 'open' | 'invite' | 'closed'; realHashes?: boolean } = {}) {
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
  const hasher = options.realHashes ? argon2Hasher() : counting;
  const base = { writer: counted, keys, recorder, hasher, now };
  const namespaces = new NamespaceService({ ...base, defaults: { audit_reads: 'durable' } });
  const accounts = new AccountService(base);
  const registration = new Registration({ ...base, namespaces, mode: options.mode ?? 'open' });
  const cache = new CredentialCache();
  const tokens = new AccessTokens({ secret: keys.tokenSecret, minutes: 15, now });
  const apiKeys = new ApiKeyService({ ...base, forgetKey: (id) => cache.forgetKey(id) });
  const sessions = new SessionService({ ...base, accounts, tokens, cache });
  const authenticate = createAuthenticate({ ...base, tokens, apiKeys, cache });
  const app = buildApp({
    maxBodyBytes: 65_536,
    logLevel: 'silent',
    trustedProxies: [],
    authenticate,
    refused() {},
  });
  accountRoutes(app, { accounts, registration });
  sessionRoutes(app, { sessions });
  apiKeyRoutes(app, { apiKeys });
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
    registration,
    accounts,
    namespaces,
    apiKeys,
    sessions,
    authenticate,
    cache,
    app,
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
      writer.close();
    },
  };
}
export type Identity = Awaited<ReturnType<typeof identity>>;

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
