import { chmodSync, lstatSync, rmdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { makeFolder } from '../encryption/make-folder.ts';
import {
  forgetSocketPath,
  LocalSocketError,
  socketCandidates,
  tellSocketPath,
  tooLong,
  unusable,
} from './local-socket-path.ts';

/*
 * The same app on a Unix socket, for commands on this machine. Who may connect is decided by the file system: the
 * socket (0600) lies in a folder (0700) of the user that the server runs as.
 */

const SWEEP_MS = 200;
const DRAIN_MS = 5000;

/** Connections that came in by a socket of this module; nothing else adds to it. */
const local = new WeakSet<Socket>();

/** Whether a request came over the local socket; no header, address or proxy can make it look so. */
export function isLocal(raw: Pick<IncomingMessage, 'socket'>): boolean {
  return local.has(raw.socket);
}

/**
 * Serves `app` on the socket of a data folder whose lock this process holds: a socket that lies there is stale, and
 * replaced. Not on Windows, where it does nothing: a named pipe is open to every user who guesses its name.
 * `close` lets requests under way end, for at most 5 s.
 * @throws LocalSocketError
 */
export async function listenLocally(
  app: FastifyInstance,
  dataDir: string,
): Promise<{ path: string | undefined; close(): Promise<void> }> {
  if (process.platform === 'win32') return { path: undefined, close: async () => undefined };
  await app.ready();
  // The limits of the TCP side, for a command that was stopped in the middle.
  const limits = { headersTimeout: 10_000, requestTimeout: 20_000, connectionsCheckingInterval: 2000 };
  const server = createServer(limits, (raw, answer) => app.routing(raw, answer));
  server.on('connection', (socket) => local.add(socket));
  const path = await listenOnOne(server, dataDir);
  let closed: Promise<void> | undefined;
  return {
    path,
    close() {
      closed ??= drain(server).finally(() => forget(dataDir, path));
      return closed;
    },
  };
}

async function listenOnOne(server: Server, dataDir: string): Promise<string> {
  let problem: unknown = tooLong(dataDir);
  for (const path of socketCandidates(dataDir)) {
    try {
      privateFolder(dirname(path));
      removeStale(path);
      tellSocketPath(dataDir, path);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen({ path }, resolve);
      });
      // A connection that could not be accepted is no reason to end the process.
      server.removeAllListeners('error').on('error', () => undefined);
      chmodSync(path, 0o600);
      return path;
    } catch (error) {
      problem = error;
    }
  }
  server.close();
  if (problem instanceof LocalSocketError) throw problem;
  const hint = 'it needs a local file system that is writable';
  throw unusable(`No socket can be made for ${dataDir}: ${hint}.`, problem);
}

/** A folder in which nobody else can put, replace or reach anything. */
function privateFolder(path: string): void {
  makeFolder(path);
  const found = lstatSync(path);
  if (!found.isDirectory() || found.uid !== process.getuid!())
    throw unusable(`${path} is not a folder of this user: remove it.`);
  if ((found.mode & 0o777) !== 0o700) chmodSync(path, 0o700);
}

function removeStale(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found && !found.isSocket()) throw unusable(`${path} is in the way of the server's socket: remove it.`);
  if (found) rmSync(path);
}

function forget(dataDir: string, path: string): void {
  forgetSocketPath(dataDir);
  try {
    rmdirSync(dirname(path));
  } catch {
    // Somebody else's file lies there.
  }
}

async function drain(server: Server): Promise<void> {
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const end = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await new Promise((resolve) => server.close(resolve));
  clearInterval(sweep);
  clearTimeout(end);
}
