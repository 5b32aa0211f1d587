import { hash } from 'node:crypto';
import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export type LocalSocketErrorCode = 'local_socket_unusable' | 'server_not_running';

export class LocalSocketError extends Error {
  readonly code: LocalSocketErrorCode;

  constructor(code: LocalSocketErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LocalSocketError';
    this.code = code;
  }
}

export const unusable = (message: string, cause?: unknown) =>
  new LocalSocketError('local_socket_unusable', message, { cause });

/** The address of a socket has 104 bytes on macOS and BSD, 108 on Linux, with the NUL at its end. */
const LONGEST_PATH = 103;

/** Where a server tells of a socket that does not lie in its data folder. */
const pointer = (dataDir: string) => join(dataDir, 'socket');
const inside = (dataDir: string) => join(dataDir, 'run', 'memhold.sock');

/** In the data folder; else, where its path is too long or its file system has no sockets, in a folder of its own. */
export function socketCandidates(dataDir: string): string[] {
  const name = `memhold-${hash('sha256', dataDir).slice(0, 16)}`;
  const paths = [inside(dataDir), join(tmpdir(), name, 'sock')];
  return paths.filter((path) => Buffer.byteLength(path) <= LONGEST_PATH);
}

/**
 * The socket of the server that runs on a data folder (absolute path), or would be if one ran.
 * @throws LocalSocketError when the socket's folder is somebody else's: what is sent there could be read by them
 */
export function localSocketPath(dataDir: string): string {
  const path = readPointer(dataDir) ?? socketCandidates(dataDir)[0];
  if (path === undefined) throw tooLong(dataDir);
  const owner = ownerOf(dirname(path));
  // In a folder for temporary files anybody can make one of this name once the server's is gone.
  if (owner !== undefined && ![0, process.getuid?.(), ownerOf(dataDir)].includes(owner))
    throw unusable(`${dirname(path)} is another user's than ${dataDir}: remove it and restart the server.`);
  return path;
}

/** Writes down for commands where the socket is, if it is not where they look first. */
export function tellSocketPath(dataDir: string, path: string): void {
  forgetSocketPath(dataDir);
  if (path === inside(dataDir)) return;
  const unfinished = `${pointer(dataDir)}.tmp`;
  writeFileSync(unfinished, `${path}\n`, { mode: 0o600 });
  renameSync(unfinished, pointer(dataDir));
}

export function forgetSocketPath(dataDir: string): void {
  rmSync(pointer(dataDir), { force: true });
}

export const tooLong = (dataDir: string) =>
  unusable(`The path ${dataDir} is too long for a socket, and so is TMPDIR: shorten one of them.`);

function readPointer(dataDir: string): string | undefined {
  try {
    return readFileSync(pointer(dataDir), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

const ownerOf = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.uid;
