import { existsSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from './config.ts';
import { type DataFolder, dataFolder } from './data-folder.ts';
import { DatabaseError } from './database/errors.ts';
import { localFetch } from './http/local-fetch.ts';
import { LocalSocketError, localSocketPath } from './http/local-socket-path.ts';
import { type Method, withoutListening } from './main.ts';

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

/** How long a folder that another process holds is asked for again: a server starts, or another command ends. */
const PATIENCE_MS = 5000;
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

/** Undefined where no server runs on the folder. */
async function throughSocket(dataDir: string): Promise<OperatorAccess | undefined> {
  const path = localSocketPath(dataDir);
  const call: OperatorAccess['call'] = async (method, url, body) => {
    const answer = await localFetch(path, { method, path: url, ...(body && { body }) });
    return { status: answer.status, body: parsed(answer.body) };
  };
  try {
    await call('GET', '/health');
  } catch (error) {
    if (error instanceof LocalSocketError && error.code === 'server_not_running') return undefined;
    throw error;
  }
  return { via: 'socket', call, close: async () => undefined };
}

async function inThisProcess(config: Config, folder: DataFolder): Promise<OperatorAccess> {
  refuseAsRoot(folder);
  const { host, port, publicUrl, tlsCert } = config;
  // Where a server with these settings will be reached: for links that are made while none runs.
  const name = host.includes(':') ? `[${host}]` : host;
  const url = publicUrl ?? `${tlsCert === undefined ? 'http' : 'https'}://${name}:${port}`;
  const { answer, close } = await withoutListening(config, url);
  return {
    via: 'folder',
    async call(...request) {
      const { statusCode, body } = await answer(...request);
      return { status: statusCode, body: parsed(body) };
    },
    close,
  };
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
