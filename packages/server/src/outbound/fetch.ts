import type { LookupAddress } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressPolicy } from './addresses.ts';
import { DELIVERY_MS, within } from './deadline.ts';
import { OutboundError, outboundError } from './errors.ts';
import { addressesOf, pinned } from './resolve.ts';

export interface Post {
  body: string | Uint8Array;
  /** Names in any case. Host, length and connection are set here, whatever is given. */
  headers?: Readonly<Record<string, string>>;
  /** From the call to the last byte of the answer, names and TLS included. Default 2 s. */
  timeoutMs?: number;
  policy: AddressPolicy;
}

export interface PostAnswer {
  /** A redirect is an answer like any other: nobody is followed. */
  status: number;
  body: Buffer;
}

const LONGEST_ANSWER = 64 * 1024;

/**
 * The one way in which this service sends a POST to another machine. The address is resolved once, looked at, and
 * connected to; certificates are verified; no redirect is followed; no proxy of the environment is used; the answer
 * is at most 64 KiB.
 * @throws OutboundError
 */
export async function postTo(url: string, post: Post): Promise<PostAnswer> {
  const target = targetOf(url);
  const { timeoutMs = DELIVERY_MS, policy } = post;
  const where = target.origin;
  return within(timeoutMs, where, async (signal) => {
    const addresses = await addressesOf(target.hostname, policy);
    signal.throwIfAborted();
    return answerOf(target, post, { addresses, timeoutMs, signal });
  });
}

function targetOf(url: string): URL {
  const target = URL.parse(url);
  if (target && /^https?:$/.test(target.protocol) && target.username === '' && target.password === '')
    return target;
  // Never with the address itself: it may hold a token.
  const message = 'An address to send to must begin with http:// or https:// and hold no user or password.';
  throw new OutboundError('outbound_address_invalid', message);
}

interface Connection {
  addresses: readonly LookupAddress[];
  timeoutMs: number;
  signal: AbortSignal;
}

function requestOptions(target: URL, post: Post, connection: Connection): RequestOptions {
  const { addresses, timeoutMs, signal } = connection;
  const given = Object.entries(post.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    method: 'POST',
    hostname: target.hostname.replace(/^\[(.+)\]$/, '$1'),
    port: target.port,
    path: `${target.pathname}${target.search}`,
    headers: {
      'user-agent': 'memhold',
      ...Object.fromEntries(given),
      host: target.host,
      'content-length': String(Buffer.byteLength(post.body)),
      connection: 'close',
    },
    // An agent of its own: the global one may have been given the environment's proxy.
    agent: false,
    lookup: pinned(addresses),
    // A far host needs more than Node's 250 ms before the next address has its turn.
    autoSelectFamilyAttemptTimeout: Math.max(250, Math.floor(timeoutMs / (addresses.length + 1))),
    signal,
    ...(target.protocol === 'https:' && { rejectUnauthorized: true, minVersion: 'TLSv1.2' }),
  } as RequestOptions;
}

function answerOf(target: URL, post: Post, connection: Connection): Promise<PostAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<PostAnswer>();
  const fail = (cause: unknown) => reject(outboundError(cause, target.origin));
  try {
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
    const sent = send(requestOptions(target, post, connection));
    sent.on('error', fail);
    let answered = false;
    sent.on('response', (answer) => {
      answered = true;
      read(answer, target.origin).then(resolve, fail);
    });
    // Where neither an answer nor an error came, as after an upgrade that nobody asked for.
    sent.on('close', () => answered || fail(new Error('closed without an answer')));
    sent.end(post.body);
  } catch (cause) {
    // A header that cannot be sent.
    fail(cause);
  }
  return promise;
}

async function read(answer: IncomingMessage, where: string): Promise<PostAnswer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer) {
    size += part.length;
    parts.push(part as Buffer);
    if (size > LONGEST_ANSWER) {
      const message = `${where} answered with more than 64 KiB: it is no address for this.`;
      throw new OutboundError('outbound_answer_too_large', message);
    }
  }
  return { status: answer.statusCode!, body: Buffer.concat(parts) };
}
