import { type IncomingHttpHeaders, request } from 'node:http';
import { LocalSocketError, unusable } from './local-socket-path.ts';

const ANSWER_MS = 60_000;
const LONGEST_ANSWER = 64 * 1024 * 1024;

export interface LocalRequest {
  method: string;
  /** Path with query, such as `/v1/accounts?limit=1`. */
  path: string;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** Gives the request up; the server may have done what was asked. */
  signal?: AbortSignal;
}

export interface LocalAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/**
 * Sends one request to the server at a local socket.
 * @throws LocalSocketError `server_not_running`; `local_socket_unusable` when it may not be used or does not answer
 */
export function localFetch(path: string, asked: LocalRequest): Promise<LocalAnswer> {
  const { method, path: url, body, signal } = asked;
  const { promise, resolve, reject } = Promise.withResolvers<LocalAnswer>();
  const json = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...asked.headers,
    host: 'localhost',
    ...(json !== undefined && {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(json),
    }),
  };
  // Each request has a connection of its own: the server could close one that was kept just when it is used again, and
  // nobody would know whether the request was read.
  const options = { socketPath: path, method, path: url, headers, agent: false, timeout: ANSWER_MS } as const;
  const sent = request({ ...options, ...(signal && { signal }) });
  sent.on('timeout', () => sent.destroy(unusable('The server does not answer: see its log.')));
  sent.on('error', (error) => reject(explained(error)));
  sent.on('response', (answer) => {
    const parts: Buffer[] = [];
    let size = 0;
    answer.on('data', (part: Buffer) => {
      parts.push(part);
      size += part.length;
      if (size > LONGEST_ANSWER) answer.destroy(unusable('The answer is too large: ask for less at once.'));
    });
    answer.on('error', (error) => reject(explained(error)));
    answer.on('end', () =>
      resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(parts).toString() }),
    );
  });
  sent.end(json);
  return promise;
}

function explained(error: Error & { code?: string }): Error {
  if (error instanceof LocalSocketError) return error;
  if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') {
    const message = 'No memhold server runs on this data folder: start it with `memhold serve`.';
    return new LocalSocketError('server_not_running', message, { cause: error });
  }
  if (error.code === 'EACCES' || error.code === 'EPERM')
    return unusable(
      'This user may not use the server: run the command as the user that the server runs as.',
      error,
    );
  return unusable('The server broke off the answer: see its log, then try again.', error);
}
