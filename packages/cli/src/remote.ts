import type { OperatorAccess, OperatorAnswer } from '@memhold/server';
import { CommandFailure, UsageFailure } from './failure.ts';

/** What a command asks, wherever the store is. */
export type Access = Pick<OperatorAccess, 'call' | 'close'>;

/** A server that is asked over the network can also hand out what does not fit into memory. */
export interface RemoteAccess extends Access {
  /** @returns the body in pieces; or the answer, as `call` has it, where it is none of success */
  download(path: string): Promise<AsyncIterable<Uint8Array> | OperatorAnswer>;
}

const ANSWER_MS = 60_000;
/** Bytes of an answer that is taken as a whole: more than any has that is not downloaded. */
const MOST_BYTES = 128 * 1024 * 1024;

/**
 * A server at an address, asked with an access token. The token goes nowhere else: not in clear over a network, not
 * after a redirect, into no message.
 * @param answerMs how long an answer may take
 * @throws CommandFailure for an address or a token that cannot be used
 */
export function remoteAccess(address: string, token: string, answerMs = ANSWER_MS): RemoteAccess {
  const base = baseOf(address);
  checkToken(token);
  /** `read` takes what it needs of the body before the time is over. */
  async function ask<T>(
    init: { method: string; path: string; body?: object; signal?: AbortSignal },
    read: (answer: Response) => Promise<T>,
  ): Promise<T> {
    const { method, path, body, signal } = init;
    let answer: Response;
    let taken: T;
    try {
      answer = await fetch(base + path, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
        redirect: 'manual',
        ...(signal && { signal }),
        ...(body && { body: JSON.stringify(body) }),
      });
      taken = await read(answer);
    } catch (error) {
      throw error instanceof CommandFailure ? error : unreachable(base, error as Error);
    }
    if (answer.status >= 300 && answer.status < 400)
      throw new CommandFailure('redirected', `${base} leads elsewhere — give the address that it leads to`);
    return taken;
  }
  const whole = async (answer: Response) => ({
    status: answer.status,
    body: parsed(await textOf(answer, base)),
  });
  return {
    call: (method, path, body) =>
      ask({ method, path, signal: AbortSignal.timeout(answerMs), ...(body && { body }) }, whole),
    download: (path) =>
      ask({ method: 'GET', path }, async (answer) =>
        answer.status === 200 && answer.body ? pieces(answer.body, base) : whole(answer),
      ),
    close: async () => undefined,
  };
}

/** What cannot stand in a header would be quoted by the error of whoever tries. */
export function checkToken(token: string): void {
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new UsageFailure(
      'bad_token',
      'the token is none: it has spaces or other signs — copy the access_token again',
    );
}

/** Whoever sends without end fills no memory. */
async function textOf(answer: Response, base: string): Promise<string> {
  const taken: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of answer.body ?? []) {
    bytes += piece.length;
    if (bytes > MOST_BYTES)
      throw new CommandFailure(
        'answer_too_large',
        `${base} answers more than fits — is this a memhold server?`,
      );
    taken.push(piece);
  }
  return Buffer.concat(taken).toString('utf8');
}

/** A server that stops in the middle closes the connection: that is no end. */
async function* pieces(body: AsyncIterable<Uint8Array>, base: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    const failure = new CommandFailure(
      'download_cut',
      `${base} broke off in the middle — what was written is not whole: try again`,
    );
    failure.cause = cause;
    throw failure;
  }
}

/** The address without a slash at its end. @throws UsageFailure for one that a secret must not go to */
export function baseOf(address: string): string {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw new UsageFailure('bad_url', '--url must be an address such as https://memory.example.org');
  if (url.protocol === 'http:' && !isThisMachine(url.hostname))
    throw new UsageFailure(
      'insecure_url',
      '--url must begin with https:// — over http:// others could read the token',
    );
  return url.href.replace(/\/+$/, '');
}

/** Other names below .localhost may be asked of a name server. */
const isThisMachine = (host: string) =>
  host === 'localhost' || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host);

const CERTIFICATE = /^(?:CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

export function unreachable(base: string, error: Error): CommandFailure {
  const { code = '' } = (error.cause ?? {}) as { code?: string };
  const why = CERTIFICATE.test(code)
    ? `shows a certificate that is not trusted (${code}) — NODE_EXTRA_CA_CERTS=FILE names further authorities`
    : error.name === 'TimeoutError'
      ? 'does not answer — look into the log of the server'
      : `cannot be reached${code && ` (${code})`} — is the address right, and does the server run?`;
  const failure = new CommandFailure('server_not_reachable', `${base} ${why}`);
  failure.cause = error;
  return failure;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
