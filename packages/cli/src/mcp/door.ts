import type { Config, FolderAccess } from '@memhold/server';
import type { ServerModule } from '../context.ts';
import { baseOf, checkToken, unreachable } from '../remote.ts';

export interface Post {
  headers: Readonly<Record<string, string>>;
  body: object;
  signal: AbortSignal;
}

export interface Reply {
  status: number;
  body: string;
}

/** Where a bridge posts what it reads. */
export interface Door {
  /** @throws NotReached; any other error means that nobody knows whether what was asked is done */
  post(request: Post): Promise<Reply>;
  /** Resolves when there is no going on. */
  readonly died: Promise<Error>;
  close(): Promise<void>;
}

/** The request reached nobody: nothing was done. */
export class NotReached extends Error {
  readonly code = 'not_reached';
}

const PATH = '/mcp';
const ANSWER_MS = 60_000;
/** More than any answer has; a server that goes on and on must not fill this process. */
const LONGEST_ANSWER = 64 * 1024 * 1024;

/** The door of a server somewhere. The token goes nowhere else. @throws UsageFailure for an address or token of no use */
export function remoteDoor(address: string, token: string): Door {
  const base = baseOf(address);
  checkToken(token);
  return {
    async post({ headers, body, signal }) {
      try {
        const answer = await fetch(base + PATH, {
          method: 'POST',
          headers: { ...headers, authorization: `Bearer ${token}` },
          body: JSON.stringify(body),
          redirect: 'manual',
          signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
        });
        return { status: answer.status, body: await textOf(answer) };
      } catch (error) {
        const { code = '' } = ((error as Error).cause ?? {}) as { code?: string };
        const failure = unreachable(base, error as Error);
        throw BEFORE_SENDING.test(code) ? new NotReached(failure.message, { cause: error }) : failure;
      }
    },
    died: new Promise(() => undefined),
    close: async () => undefined,
  };
}

async function textOf({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.length;
    if (size > LONGEST_ANSWER) throw new Error('the answer is too large');
    parts.push(part);
  }
  return Buffer.concat(parts, size).toString('utf8');
}

/** No name, no connection or no trust: errors after which a request was certainly not sent. */
const BEFORE_SENDING =
  /^(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/**
 * The door of the data folder: of whatever process holds it, and of this one once that has died. Nothing is held before
 * it is needed: a server that is started meanwhile finds the folder free.
 * @param told what a person should know
 */
export async function localDoor(
  server: Pick<ServerModule, 'openFolderAccess'>,
  config: Config,
  told: (line: string) => void,
): Promise<Door> {
  const died = Promise.withResolvers<Error>();
  let closed = false;
  async function open(): Promise<FolderAccess> {
    const opened = await server.openFolderAccess(config);
    for (const notice of opened.notices) told(notice);
    void opened.died.then(died.resolve);
    return opened;
  }
  let access = open();
  /** One search for the next holder, however many requests found the last one gone. */
  function reopen(gone: Promise<FolderAccess>): Promise<FolderAccess> {
    if (access === gone && !closed) {
      access = open();
      // Whoever asks is told; the next one tries again.
      access.catch(() => undefined);
    }
    return access;
  }
  await access;
  return {
    async post(request) {
      for (let tries = 0; ; tries++) {
        const used = access;
        let opened: FolderAccess;
        try {
          opened = await used;
        } catch (error) {
          if (tries > 0) throw new NotReached((error as Error).message, { cause: error });
          await reopen(used).catch(() => undefined);
          continue;
        }
        try {
          return await opened.post(PATH, request);
        } catch (error) {
          if ((error as { code?: string }).code !== 'server_not_running') {
            // A holder that was killed dies one connection at a time, and may take one more and lose it: whoever comes
            // next asks first who is there.
            if (opened.via === 'socket' && !request.signal.aborted) void reopen(used);
            throw error;
          }
          if (tries > MOST_HOLDERS || closed)
            throw new NotReached((error as Error).message, { cause: error });
          await reopen(used).catch(() => undefined);
        }
      }
    },
    died: died.promise,
    async close() {
      closed = true;
      const opened = await access.catch(() => undefined);
      await opened?.close();
    },
  };
}

/** One may die after the other, but not for ever while one request waits. */
const MOST_HOLDERS = 10;
