import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';
import cors from '@fastify/cors';
import type { FastifyRequest } from 'fastify';
import type { AccessError } from './access/errors.ts';
import { argon2Hasher, randomPassword } from './accounts/passwords.ts';
import { Registration } from './accounts/registration.ts';
import { accountRoutes } from './accounts/routes.ts';
import { AccountService } from './accounts/service.ts';
import { apiKeyRoutes } from './api-keys/routes.ts';
import { ApiKeyService } from './api-keys/service.ts';
import type { AuditEvent } from './audit/entry.ts';
import { createRecorder, type Recorder } from './audit/recorder.ts';
import { mem0Routes } from './compat/mem0-routes.ts';
import type { Config } from './config.ts';
import { type DataFolder, dataFolder, readSecret } from './data-folder.ts';
import { holdFolder } from './database/holder.ts';
import { openKeyring } from './encryption/keyring.ts';
import { writeSecretFile } from './encryption/secret-file.ts';
import { type ServerKeys, serverKeys } from './encryption/server-keys.ts';
import { secretByName } from './encryption/store.ts';
import { healthRoutes } from './health/routes.ts';
import { HealthService } from './health/service.ts';
import { buildApp } from './http/app.ts';
import { drain, listen } from './http/listen.ts';
import { auditActor, originOf, traced } from './http/origin.ts';
import { memoryRoutes } from './memories/routes.ts';
import { MemoryService } from './memories/service.ts';
import { NamespaceService } from './namespaces/service.ts';
import { createAuthenticate } from './sessions/authenticate.ts';
import { CredentialCache } from './sessions/credential-cache.ts';
import { sessionRoutes } from './sessions/routes.ts';
import { SessionService } from './sessions/service.ts';
import { AccessTokens } from './sessions/tokens.ts';
import { startThreads, type Threads } from './threads/start.ts';
import { VERSION } from './version.ts';

export interface RunningServer {
  url: string;
  /** What a person should know at this start: where the first credentials are. */
  notices: string[];
  /** Resolves if the server cannot go on by itself (a thread died). */
  died: Promise<Error>;
  close(): Promise<void>;
}

export interface Initialised {
  dataDir: string;
  /** Undefined with a passphrase. */
  keyFile: string | undefined;
  adminPasswordFile?: string;
  apiKeyFile: string;
  apiKey: string;
  /** False when the folder was ready before. */
  created: boolean;
}

const HOUR_MS = 3_600_000;

/** The storage and the services, without HTTP. */
async function openStronghold(config: Config, folder: DataFolder) {
  // Every file of the data folder is its owner's alone, those that SQLite makes included.
  if (process.platform !== 'win32') process.umask(0o077);
  const holder = holdFolder(folder.folder);
  let opened = async () => holder.release();
  try {
    const { kek, pageKey } = await openKeyring(
      folder.keyring,
      folder.keySource,
      isFile(folder.database) ? 'existing' : 'new or existing',
    );
    const threads = await startThreads({
      databaseFile: folder.database,
      pageKey,
      kek,
      cacheBytes: config.shardCacheBytes,
      readsAreDurable: config.auditReads === 'durable',
    });
    const close = async () => {
      await threads.close();
      holder.release();
    };
    opened = close;
    const keys = serverKeys(threads.secrets, config.jwtSecret);
    const recorder = createRecorder(threads.writer, keys.records);
    const identity = identityServices(config, threads, keys, recorder);
    const notices = await firstCredentials(config, folder, identity);
    return { threads, keys, recorder, identity, notices, close };
  } catch (error) {
    await opened();
    throw error;
  }
}

function identityServices(config: Config, threads: Threads, keys: ServerKeys, recorder: Recorder) {
  const now = Date.now;
  const { writer } = threads;
  const cache = new CredentialCache();
  const accountDeps = { writer, keys, recorder, hasher: argon2Hasher(), now };
  const defaults = { audit_reads: config.auditReads };
  const namespaces = new NamespaceService({ keys, recorder, defaults, now });
  const accounts = new AccountService(accountDeps);
  const registration = new Registration({ ...accountDeps, namespaces, mode: config.registration });
  const tokens = new AccessTokens({ secret: keys.tokenSecret, minutes: config.accessTokenMinutes, now });
  const sessions = new SessionService({ writer, recorder, accounts, tokens, cache, now });
  const forgetKey = (id: string) => cache.forgetKey(id);
  const apiKeys = new ApiKeyService({ writer, keys, recorder, forgetKey, now });
  const authenticate = createAuthenticate({ writer, recorder, tokens, apiKeys, cache, now });
  return { accounts, registration, sessions, apiKeys, authenticate };
}

/** At the first start: an administrator and an API key, each in a file that only its owner may read. */
async function firstCredentials(
  config: Config,
  folder: DataFolder,
  { registration, apiKeys }: Pick<ReturnType<typeof identityServices>, 'registration' | 'apiKeys'>,
): Promise<string[]> {
  if (await registration.admin()) return [];
  const notices: string[] = [];
  const { adminUsername: username, adminPassword: configured } = config;
  let password = configured ?? readSecret(folder.adminPasswordFile);
  if (password === undefined) {
    // Written before the account is made: a crash between leaves a file too many, not an account without a password.
    password = randomPassword();
    writeSecretFile(folder.adminPasswordFile, `${password}\n`);
  }
  const admin = await registration.createAdmin(username, password, configured === undefined);
  if (configured === undefined)
    notices.push(`administrator "${username}": the first password is in ${folder.adminPasswordFile}`);
  // One that is there already belongs to a data folder that is gone.
  rmSync(folder.apiKeyFile, { force: true });
  writeSecretFile(folder.apiKeyFile, `${(await apiKeys.createFirstKey(admin)).key}\n`);
  notices.push(`a ready API key is in ${folder.apiKeyFile}`);
  return notices;
}

/**
 * Starts the service: opens the data folder, makes the first credentials, listens.
 * @throws DatabaseError, EncryptionError or an error with code `port_in_use`, each with what to do in its message.
 */
export async function startServer(config: Config): Promise<RunningServer> {
  const startedAt = Date.now();
  const folder = dataFolder(config);
  const { threads, recorder, identity, notices, close } = await openStronghold(config, folder);
  const memories = new MemoryService({
    write: (request) => threads.pipeline.submit(request),
    read: (request) => threads.recall.call(request),
    commit: (unit) => threads.writer.commit(unit),
    now: Date.now,
    maxTextBytes: config.maxMemoryBytes,
  });
  const health = new HealthService({
    startedAt,
    now: Date.now,
    version: VERSION,
    database: async () => void (await threads.writer.read(secretByName, { name: 'records' })),
    writable: threads.writable,
    heapShare: () => process.memoryUsage().heapUsed / getHeapStatistics().heap_size_limit,
    features: { page_encryption: true, field_encryption: true, audit: true, screening: true, vectors: false },
  });

  const app = buildApp({
    maxBodyBytes: config.maxBodyBytes,
    logLevel: config.logLevel,
    trustedProxies: [...config.trustedProxies],
    ...(config.tlsCert !== undefined && { tls: { cert: read(config.tlsCert), key: read(config.tlsKey!) } }),
    authenticate: identity.authenticate,
    refused: (request, error) => refusal(recorder, request, error),
  });
  if (config.corsOrigins.length > 0) {
    const methods = ['GET', 'POST', 'PUT', 'DELETE'];
    const exposedHeaders = ['etag', 'retry-after'];
    await app.register(cors, { origin: [...config.corsOrigins], methods, exposedHeaders, maxAge: 600 });
  }
  healthRoutes(app, health);
  accountRoutes(app, identity);
  sessionRoutes(app, identity);
  apiKeyRoutes(app, identity);
  memoryRoutes(app, memories);
  mem0Routes(app, memories);

  const expire = () => void memories.expireOriginals().catch(() => undefined);
  const expiry = setInterval(expire, HOUR_MS);
  const system = { time: Date.now(), actor: { kind: 'system' }, success: true } as const;
  try {
    await recorder.record({ ...system, type: 'system.startup', private: { version: VERSION } });
    const url = await listen(app, config.host, config.port);
    expire();
    return {
      url,
      notices,
      died: threads.died,
      async close() {
        clearInterval(expiry);
        await drain(app);
        const event = { ...system, time: Date.now(), type: 'system.shutdown' } as const;
        // A full disk takes no event; the folder is closed all the same.
        if (threads.writable()) await recorder.record(event).catch(() => undefined);
        await close();
      },
    };
  } catch (error) {
    clearInterval(expiry);
    await app.close();
    await close();
    throw error;
  }
}

/** For `memhold init`: makes what a first start would, and hands out the ready API key. */
export async function initialise(config: Config): Promise<Initialised> {
  const folder = dataFolder(config);
  const { folder: dataDir, apiKeyFile } = folder;
  const keyFile = 'keyFile' in folder.keySource ? folder.keySource.keyFile : undefined;
  const known = existsSync(folder.database) ? readSecret(apiKeyFile) : undefined;
  if (known !== undefined)
    return { dataDir, keyFile, ...passwordFileOf(folder), apiKeyFile, apiKey: known, created: false };
  const { identity, notices, close } = await openStronghold(config, folder);
  try {
    let apiKey = readSecret(apiKeyFile);
    const created = notices.length > 0 || apiKey === undefined;
    if (apiKey === undefined) {
      const admin = await identity.registration.admin();
      apiKey = (await identity.apiKeys.createFirstKey(admin!)).key;
      writeSecretFile(apiKeyFile, `${apiKey}\n`);
    }
    return { dataDir, keyFile, ...passwordFileOf(folder), apiKeyFile, apiKey, created };
  } finally {
    await close();
  }
}

/** The administrator's first password, until somebody removes the file. */
const passwordFileOf = ({ adminPasswordFile }: DataFolder) =>
  existsSync(adminPasswordFile) ? { adminPasswordFile } : {};

const read = (path: string) => readFileSync(path, 'utf8');
const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** A permission that was lacking; missing credentials are no event, wrong ones are told by `authenticate`. */
function refusal(recorder: Recorder, request: FastifyRequest, error: AccessError): void {
  if (error.code !== 'permission_denied' || !request.actor) return;
  const { namespace } = request.actor;
  const event: AuditEvent = {
    ...traced(originOf(request), { permission: String(error.permission) }),
    type: 'authz.access.denied',
    time: Date.now(),
    actor: auditActor(request.actor),
    namespace: namespace.publicId,
    success: false,
    code: error.code,
  };
  recorder.record(event).catch(() => undefined);
}
