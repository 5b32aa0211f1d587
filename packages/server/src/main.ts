import { existsSync, statSync } from 'node:fs';
import type { Server as HttpsServer } from 'node:https';
import { getHeapStatistics } from 'node:v8';
import { argon2Hasher } from './accounts/passwords.ts';
import { createRecorder } from './audit/recorder.ts';
import { subjectSource } from './audit/subject-source.ts';
import { compareWithWitnesses } from './audit/witnesses/start-check.ts';
import { ClusterService } from './clusters/service.ts';
import { isLoopback } from './config/values.ts';
import type { Config } from './config.ts';
import { type DataFolder, dataFolder, readSecret } from './data-folder.ts';
import { type HolderKind, holdFolder } from './database/holder.ts';
import type { Unit } from './database/unit.ts';
import { openDoors } from './doors.ts';
import { localKeyProvider } from './encryption/envelope.ts';
import { openKeyring } from './encryption/keyring.ts';
import { writeSecretFile } from './encryption/secret-file.ts';
import { serverKeys } from './encryption/server-keys.ts';
import { secretByName } from './encryption/store.ts';
import { SubjectKeys } from './encryption/subject-keys.ts';
import { evidenceServices } from './evidence.ts';
import { firstCredentials, staticCredential } from './first-credentials.ts';
import { HealthService } from './health/service.ts';
import { houseKeeper } from './house-keeper.ts';
import { type AppOptions, buildApp } from './http/app.ts';
import { drain, listen } from './http/listen.ts';
import { isLocal, listenLocally } from './http/local-socket.ts';
import { clientAuthorities, tlsOptions } from './http/tls.ts';
import { watchAuthorities, watchTls } from './http/tls-watch.ts';
import { trustedAddresses } from './http/trusted-proxies.ts';
import { identityServices } from './identity.ts';
import { type MailTransport, outboxTransport, smtpTransport } from './mail/transports.ts';
import { mcpServices } from './mcp-door.ts';
import type { ReadRequest, WriteRequest } from './memories/requests.ts';
import { MemoryService } from './memories/service.ts';
import { MemoryUpkeep } from './memories/upkeep.ts';
import { projectSide } from './project-side.ts';
import { checkSignedBody, failure, grant, limit, refusal } from './refusals.ts';
import { scanSide } from './scan-side.ts';
import { SecurityService } from './security/service.ts';
import { surroundingsOf } from './sessions/surroundings.ts';
import { startThreads } from './threads/start.ts';
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

export interface InProcess {
  answer(method: Method, path: string, body?: object): Promise<{ statusCode: number; body: string }>;
  close(): Promise<void>;
}
export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** What people are told while the server runs: mails, where there is no SMTP server. */
export type Tell = (line: string) => void;

/** Mails go to the SMTP server, or become files; on a developer's machine the link also shows on the console. */
function mailTransport(config: Config, folder: DataFolder, tell: Tell | undefined): MailTransport {
  const { smtpUrl, mailFrom, publicUrl, host } = config;
  const from = mailFrom ?? `memhold@${publicUrl === undefined ? 'localhost' : new URL(publicUrl).hostname}`;
  if (smtpUrl !== undefined) return smtpTransport({ url: smtpUrl, from });
  return outboxTransport({ folder: folder.outbox, from, tell: isLoopback(host) ? tell : undefined });
}

/** The storage and the services, without HTTP. `publicUrl` is asked when a mail is written. */
export async function openStronghold(
  config: Config,
  folder: DataFolder,
  publicUrl: () => string,
  tell: Tell | undefined,
  holderKind: HolderKind = 'server',
) {
  // Every file of the data folder is its owner's alone, those that SQLite makes included.
  if (process.platform !== 'win32') process.umask(0o077);
  const holder = holdFolder(folder.folder, holderKind);
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
      evidence: {
        dataDir: folder.folder,
        witnessFile: config.auditWitnessFile,
        witnessUrl: config.auditWitnessUrl,
        witnessToken: config.auditWitnessToken,
        streams: config.auditStreams,
        streamToken: config.auditStreamToken,
        webhookAddresses: config.webhookAddresses,
      },
    });
    const close = async () => {
      await threads.close();
      holder.release();
    };
    opened = close;
    const witnesses = { dataDir: folder.folder, witnessFile: config.auditWitnessFile };
    const kept = await compareWithWitnesses({ ...witnesses, ...threads });
    const keys = serverKeys(threads.secrets, config.jwtSecret);
    const recorder = createRecorder(threads.writer, keys.records);
    const identity = await identityServices({
      writer: threads.writer,
      keys,
      recorder,
      config,
      hasher: argon2Hasher(),
      transport: mailTransport(config, folder, tell),
      publicUrl,
      now: Date.now,
    });
    opened = async () => {
      await identity.mail.close();
      await close();
    };
    const notices = await firstCredentials(config, folder, identity);
    const evidence = evidenceServices({
      duties: threads.evidence,
      recorder,
      accounts: identity.accounts,
      writer: threads.writer,
      keys,
      retention: config.auditRetention,
      config,
      mail: identity.mail,
      now: Date.now,
    });
    const subjects = subjectSource(threads.writer, keys.records);
    const subjectKeys = new SubjectKeys(localKeyProvider(kek), threads.secrets.digest, subjects);
    for (const notice of kept.notices) evidence.notice(notice);
    return { threads, keys, recorder, identity, evidence, subjectKeys, kept, notices, close: opened };
  } catch (error) {
    await opened();
    throw error;
  }
}

/** The app with every route on an opened data folder; `door` says who asks. Nothing listens yet. */
export async function appOn(
  stronghold: Awaited<ReturnType<typeof openStronghold>>,
  config: Config,
  startedAt: number,
  door: Pick<AppOptions, 'authenticate' | 'tls'>,
) {
  const { threads, recorder, identity, evidence, subjectKeys } = stronghold;
  const { writer } = threads;
  const memoryThreads = {
    write: (request: WriteRequest) => threads.pipeline.submit(request),
    read: (request: ReadRequest) => threads.recall.call(request),
    commit: (unit: Unit) => writer.commit(unit),
    now: Date.now,
  };
  const memories = new MemoryService({ ...memoryThreads, maxTextBytes: config.maxMemoryBytes });
  const upkeep = new MemoryUpkeep(memoryThreads);
  const scans = scanSide({ writer, recorder, keys: stronghold.keys, now: Date.now });
  const policies = evidence.policies({
    memories: upkeep,
    namespaces: identity.namespaces,
    scans: scans.upkeep,
  });
  const clusters = new ClusterService({ writer, keys: subjectKeys, recorder, memories, now: Date.now });
  const project = projectSide({ ...stronghold, writer, memories, now: Date.now });
  const health = new HealthService({
    startedAt,
    now: Date.now,
    version: VERSION,
    database: async () => void (await threads.writer.read(secretByName, { name: 'records' })),
    writable: threads.writable,
    heapShare: () => process.memoryUsage().heapUsed / getHeapStatistics().heap_size_limit,
    features: { page_encryption: true, field_encryption: true, audit: true, screening: true, vectors: false },
  });

  const isProbe = trustedAddresses(['loopback', ...config.trustedProbes]);
  const app = buildApp({
    maxBodyBytes: config.maxBodyBytes,
    logLevel: config.logLevel,
    trustedProxies: [...config.trustedProxies],
    corsOrigins: config.corsOrigins,
    ...door,
    checkSignedBody: (digest, body, request) => checkSignedBody(recorder, digest, body, request),
    limit: (name, request) =>
      name === 'health' && (isLocal(request.raw) || isProbe(request.ip))
        ? undefined
        : limit(identity.limits, recorder, name, request),
    refused: (request, error) => refusal(recorder, request, error),
    granted:
      config.auditLevel === 'debug' ? (request, access) => grant(recorder, request, access) : undefined,
    failed: (request, code) => failure(recorder, request, code),
    now: Date.now,
  });
  evidence.watch.measure(app, { health, logSize: threads.logSize, startedAt });
  const mcp = mcpServices(config, recorder, { memories });
  const security = new SecurityService({
    writer,
    config,
    health,
    isOlderHash: (stored) => argon2Hasher().needsUpgrade(stored),
    logSize: threads.logSize,
    sinkStates: () => threads.evidence.sinkStates({}),
    now: Date.now,
  });
  openDoors(app, { health, identity, evidence, memories, clusters, policies, project, scans, mcp, security });
  return { app, policies, project };
}

/**
 * Starts the service: opens the data folder, makes the first credentials, listens.
 * @throws DatabaseError, EncryptionError or an error with code `port_in_use`, each with what to do in its message.
 */
export async function startServer(config: Config, tell?: Tell): Promise<RunningServer> {
  const startedAt = Date.now();
  const folder = dataFolder(config);
  const { tlsCert, tlsKey, tlsClientCa } = config;
  const tls =
    tlsCert !== undefined &&
    tlsOptions({ certFile: tlsCert, keyFile: tlsKey!, ...(tlsClientCa && { clientCaFile: tlsClientCa }) });
  let authorities = tlsClientCa === undefined ? [] : clientAuthorities(tlsClientCa);
  const around = surroundingsOf({ ...config, authorities: () => authorities, now: Date.now });
  let publicUrl = config.publicUrl ?? '';
  const opened = await openStronghold(config, folder, () => publicUrl, tell);
  const { threads, recorder, identity, evidence, kept, notices, close } = opened;
  const { app, policies, project } = await appOn(opened, config, startedAt, {
    ...(tls && { tls: tls.options }),
    authenticate: async (request) =>
      isLocal(request.raw)
        ? { actor: await identity.operator() }
        : identity.authenticate(request, around(request)),
  });

  const house = houseKeeper({ policies, identity, exports: project.exports, log: app.log });
  const watch =
    tls &&
    watchTls(
      app.server as HttpsServer,
      tls,
      (message) => app.log.error(message),
      ({ clientCa }) => {
        authorities = [...clientCa];
      },
    );
  const watchCa =
    !tls && tlsClientCa !== undefined
      ? watchAuthorities(
          tlsClientCa,
          (next) => (authorities = next),
          (message) => app.log.error(message),
        )
      : undefined;
  let local: Awaited<ReturnType<typeof listenLocally>> | undefined;
  const system = { time: Date.now(), actor: { kind: 'system' }, success: true } as const;
  try {
    await recorder.record({ ...system, type: 'system.startup', private: { version: VERSION } });
    notices.push(...(await staticCredential(config, identity)), ...(config.notices ?? []));
    const url = await listen(app, config.host, config.port);
    publicUrl ||= url;
    local = await listenLocally(app, folder.folder);
    house.begin();
    identity.mail.wake();
    const told =
      config.auditStreams.length > 0 ||
      config.auditWitnessFile ||
      config.auditWitnessUrl ||
      (await evidence.webhooks.any());
    threads.watchLog(told ? 'now' : 'when it grows', evidence.notice);
    return {
      url,
      notices: [...kept.lines, ...notices],
      died: threads.died,
      async close() {
        house.stop();
        if (watch) watch.close();
        watchCa?.close();
        await Promise.all([local?.close(), drain(app)]);
        // Tries under way end by themselves: a receiver that hangs does not hold up the stop.
        void evidence.watch.close();
        const event = { ...system, time: Date.now(), type: 'system.shutdown' } as const;
        // A full disk takes no event; the folder is closed all the same.
        if (threads.writable()) await recorder.record(event).catch(() => undefined);
        await close();
      },
    };
  } catch (error) {
    house.stop();
    if (watch) watch.close();
    watchCa?.close();
    await local?.close();
    await app.close();
    await close();
    throw error;
  }
}

/**
 * The service without a listener, for operator-access.ts: whoever has it is in this process, and is the operator.
 * Mails wait for a server: a shell seldom has its settings, and they would go where nobody looks.
 */
export async function withoutListening(config: Config, publicUrl: string): Promise<InProcess> {
  const opened = await openStronghold(config, dataFolder(config), () => publicUrl, undefined);
  try {
    const authenticate = async () => ({ actor: await opened.identity.operator() });
    const { app } = await appOn(opened, config, Date.now(), { authenticate });
    await opened.identity.mail.close();
    return {
      answer: (method, url, payload) =>
        app.inject({
          method,
          url,
          headers: { 'user-agent': 'memhold command line' },
          ...(payload && { payload }),
        }),
      close: () => app.close().then(opened.close),
    };
  } catch (error) {
    await opened.close();
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
  const { identity, notices, close } = await openStronghold(
    config,
    folder,
    () => config.publicUrl ?? '',
    undefined,
  );
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

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
