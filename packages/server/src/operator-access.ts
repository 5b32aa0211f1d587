import { existsSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from './config.ts';
import { type DataFolder, dataFolder } from './data-folder.ts';
import { DatabaseError } from './database/errors.ts';
import { localFetch } from './http/local-fetch.ts';
import { LocalSocketError, localSocketPath } from './http/local-socket-path.ts';
import { type LocalPost, type LocalReply, serveLocally } from './local-server.ts';
import { initialise, type Method, withoutListening } from './main.ts';

/** Calls of the service's own routes by somebody at the machine: as an administrator, `operator` in the audit log. */
export interface OperatorAccess {
  /** Through the socket of the server that runs on the folder, or in this process, which holds it meanwhile. */
  readonly via: 'socket' | 'folder';
  /** @returns the answer of the route, also one that refuses; a `body` that is no JSON is undefined */
  call(method: Method, path: string, body?: object): Promise<OperatorAnswer>;
  close(): Promise<void>;
}

export interface OperatorAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: each route answers its own shape
  body: any;
}

/** The folder may not be opened by this user; the message says by whom. */
export class OperatorAccessError extends Error {
  readonly code = 'folder_of_another_user';

  constructor(message: string) {
    super(message);
    this.name = 'OperatorAccessError';
  }
}

/** A way into the doors of a data folder, for a program that stays and shares the folder with others. */
export interface FolderAccess {
  /** `folder`: this process holds it, and the others come in through its socket. */
  readonly via: 'socket' | 'folder';
  /** What a person should know: what was made here, and where it lies. */
  readonly notices: readonly string[];
  /**
   * @throws LocalSocketError `server_not_running` when the request reached nobody: open the folder anew. After any other
   * error nobody knows whether what was asked is done.
   */
  post(path: string, request: LocalPost): Promise<LocalReply>;
  /** Resolves where this process holds the folder and cannot go on. */
  readonly died: Promise<Error>;
  close(): Promise<void>;
}

/** How long a folder that another process holds is asked for again: a server starts, or another command ends. */
const PATIENCE_MS = 5000;
/** A holder that ends lets its requests end first, and one that starts may have much to read. */
const FOLDER_PATIENCE_MS = 30_000;
const PAUSE_MS = 100;

/**
 * Opens the data folder of `config` for an operator; `close` gives it back.
 * @throws DatabaseError `folder_missing` where nothing was set up, `data_folder_held` by a process that has no socket
 * (on Windows: by any server); LocalSocketError; OperatorAccessError; EncryptionError.
 */
export async function openOperatorAccess(config: Config): Promise<OperatorAccess> {
  const folder = dataFolder(config);
  if (!existsSync(folder.database)) {
    const message = `Nothing is set up in ${folder.folder}: run \`memhold init\` first, or name another data folder with --data-dir or MEMHOLD_DATA_DIR.`;
    throw new DatabaseError('folder_missing', message);
  }
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const running = await throughSocket(folder.folder);
    if (running) return running;
    try {
      return await inThisProcess(config, folder);
    } catch (error) {
      const held = error instanceof DatabaseError && error.code === 'data_folder_held';
      if (!held) throw error;
      if (performance.now() > end)
        throw new DatabaseError('data_folder_held', heldBy(folder), { cause: error });
      await pause(PAUSE_MS);
    }
  }
}

/**
 * Opens the data folder of `config` for a program that stays: through the server or the program that holds it, or by
 * holding it. Sets the folder up where nothing is, as `memhold init` does. Call it again when `post` reached nobody:
 * of several that do, the first to get the lock is the next holder.
 * @throws what `openOperatorAccess` throws, but for `folder_missing`
 */
export async function openFolderAccess(config: Config): Promise<FolderAccess> {
  const folder = dataFolder(config);
  const end = performance.now() + FOLDER_PATIENCE_MS;
  const made: string[] = [];
  for (;;) {
    try {
      if (await somebodyAnswers(folder.folder)) return sharedFolder(folder.folder, made);
      return await heldFolder(config, folder, made);
    } catch (error) {
      const held = error instanceof DatabaseError && error.code === 'data_folder_held';
      if (!held && !brokeOff(error)) throw error;
      if (performance.now() > end)
        throw new DatabaseError('data_folder_held', heldBy(folder), { cause: error });
      await pause(PAUSE_MS);
    }
  }
}

/** The holder ended while it was asked whether it is there. */
function brokeOff(error: unknown): boolean {
  const { code = '' } = ((error as Error).cause ?? {}) as { code?: string };
  return error instanceof LocalSocketError && ['ECONNRESET', 'EPIPE'].includes(code);
}

function sharedFolder(dataDir: string, notices: readonly string[]): FolderAccess {
  return {
    via: 'socket',
    notices,
    // The next holder's socket may lie elsewhere.
    post: async (path, request) => localFetch(localSocketPath(dataDir), { method: 'POST', path, ...request }),
    died: new Promise(() => undefined),
    close: async () => undefined,
  };
}

/** @param made takes what was set up, which is told even if another process was quicker to hold the folder */
async function heldFolder(config: Config, folder: DataFolder, made: string[]): Promise<FolderAccess> {
  if (existsSync(folder.database)) refuseAsRoot(folder);
  else {
    const { dataDir, adminPasswordFile, apiKeyFile, created } = await initialise(config);
    if (created) made.push(`Memhold is set up in ${dataDir}; the API key is in ${apiKeyFile}`);
    if (created && adminPasswordFile)
      made.push(`The password of the administrator is in ${adminPasswordFile}`);
  }
  const { notices, ...server } = await serveLocally(config, urlOf(config));
  return { via: 'folder', notices: [...made, ...notices], ...server };
}

/** @throws LocalSocketError where there is a socket that this user may not use */
async function somebodyAnswers(dataDir: string): Promise<boolean> {
  if (!existsSync(dataDir)) return false;
  try {
    await localFetch(localSocketPath(dataDir), { method: 'GET', path: '/health' });
    return true;
  } catch (error) {
    if (error instanceof LocalSocketError && error.code === 'server_not_running') return false;
    throw error;
  }
}

/** Undefined where no server runs on the folder. */
async function throughSocket(dataDir: string): Promise<OperatorAccess | undefined> {
  const path = localSocketPath(dataDir);
  const call: OperatorAccess['call'] = async (method, url, body) => {
    const answer = await localFetch(path, { method, path: url, ...(body && { body }) });
    return { status: answer.status, body: parsed(answer.body) };
  };
  if (!(await somebodyAnswers(dataDir))) return undefined;
  return { via: 'socket', call, close: async () => undefined };
}

async function inThisProcess(config: Config, folder: DataFolder): Promise<OperatorAccess> {
  refuseAsRoot(folder);
  const { answer, close } = await withoutListening(config, urlOf(config));
  return {
    via: 'folder',
    async call(...request) {
      const { statusCode, body } = await answer(...request);
      return { status: statusCode, body: parsed(body) };
    },
    close,
  };
}

/** Where a server with these settings will be reached: for links that are made while none runs. */
function urlOf({ host, port, publicUrl, tlsCert }: Config): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return publicUrl ?? `${tlsCert === undefined ? 'http' : 'https'}://${name}:${port}`;
}

const heldBy = ({ folder }: DataFolder) =>
  `Another process holds ${folder} and answers on no local socket: use --url with a token, or stop that process.`;

/** Files that root makes in the folder of a service's own user would keep that service from starting. */
function refuseAsRoot({ database, folder }: DataFolder): void {
  const owner = statSync(database).uid;
  if (process.getuid?.() !== 0 || owner === 0) return;
  throw new OperatorAccessError(
    `${folder} belongs to the user with the id ${owner}, and no server runs on it: start the server, or run this as that user (sudo -u '#${owner}').`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
