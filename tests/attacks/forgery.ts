import { createHmac, type KeyObject, sign } from 'node:crypto';
import { request } from 'node:http';
import { expect } from 'vitest';
import { type Answer, apiOf, bearer } from '../api.ts';
import { exportedEvents, exportLog } from '../audit-log.ts';
import type { Server } from '../server-process.ts';

/** The header of this server's tokens where they are signed with a secret. */
export const HS_HEADER = { alg: 'HS256', typ: 'at+jwt' };
/** Now, as tokens count time. */
export const seconds = () => Math.floor(Date.now() / 1000);
export const base64url = (text: string | Uint8Array) => Buffer.from(text).toString('base64url');
export const encode = (value: unknown) => base64url(JSON.stringify(value));

/** HMAC-SHA-256 of what is signed of a JWS (RFC 7515 §5.1), base64url. */
export function macOf(input: string, secret: string | Uint8Array): string {
  return createHmac('sha256', secret).update(input).digest('base64url');
}

/** A JWS with any header and payload, signed by HS256 whatever the header says. */
export function hs256(header: unknown, payload: unknown, secret: string | Uint8Array): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${macOf(input, secret)}`;
}

/** The same, signed by Ed25519 whatever the header says. */
export function ed25519(header: unknown, payload: unknown, key: KeyObject): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
}

export interface Claims {
  [claim: string]: unknown;
  sub: string;
  sid: string;
  jti: string;
  namespace: string;
  role: string;
  epoch: number;
  iat: number;
  exp: number;
}

const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
export const headerOf = (token: string): Record<string, string> => decoded(token.split('.')[0]!);
export const claimsOf = (token: string): Claims => decoded(token.split('.')[1]!);

/** `base64url` in another spelling of the same bytes: its unused bits set. Undefined when it has none. */
export function respelled(part: string): string | undefined {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  if (part.length % 4 === 0) return undefined;
  return part.slice(0, -1) + alphabet[alphabet.indexOf(part.at(-1)!) | 1];
}

/** A GET with headers exactly as they stand here, repeated ones included: `fetch` would join those. */
export function rawGet(url: string, headers: string[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { host } = new URL(url);
    const sent = request(url, { headers: ['host', host, ...headers], agent: false }, (answer) => {
      let text = '';
      answer.on('data', (part: Buffer) => {
        text += part;
      });
      answer.on('end', () => {
        const headers = new Headers({ 'www-authenticate': answer.headers['www-authenticate'] ?? '' });
        resolve({ status: answer.statusCode!, headers, text, body: JSON.parse(text) });
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** What an answer says, but for the number of its request. */
function wordsOf(answer: Pick<Answer, 'body'>): string {
  const { request_id: _, ...words } = answer.body;
  return JSON.stringify(words);
}

/** What the log says of a refusal; the caller is told neither. */
export type Kind = 'invalid' | 'expired';

/** Shows forged tokens to a route that reads and to one that writes, and compares the refusals with the audit log. */
export class Forgeries {
  readonly refused: Record<Kind, number> = { invalid: 0, expired: 0 };
  /** Another one after a restart on the same data: the counts go on. */
  server: Server;
  private stored = 0;
  private words: string | undefined;

  constructor(server: Server) {
    this.server = server;
  }

  /** The token gets in: without this a refusal could be about anything. */
  async accepts(token: string): Promise<void> {
    const api = apiOf(this.server.url, bearer(token));
    const me = await api('GET', '/auth/me');
    expect(me.status, me.text).toBe(200);
    const made = await api('POST', '/memories', { content: 'the control' });
    expect(made.status, made.text).toBe(201);
    this.stored++;
  }

  /** One refusal like every other: status, challenge, and the words, which tell no reason. */
  async refuses(token: string, why: string, kind: Kind = 'invalid'): Promise<void> {
    await this.refusesHeaders(bearer(token), why, kind);
  }

  async refusesHeaders(headers: Record<string, string>, why: string, kind: Kind = 'invalid'): Promise<void> {
    const open = apiOf(this.server.url);
    for (const [method, path, body] of [
      ['GET', '/auth/me', undefined],
      ['POST', '/memories', { content: 'written with a forged token' }],
    ] as const)
      this.refusal(await open(method, path, body, headers), `${why}: ${method} ${path}`, kind);
  }

  /** Counts an answer that has to be such a refusal. */
  refusal(answer: Answer, why: string, kind: Kind = 'invalid'): void {
    expect([answer.status, answer.body?.code], `${why}: ${answer.text}`).toEqual([401, 'unauthenticated']);
    expect(answer.headers.get('www-authenticate'), why).toMatch(/^Bearer/);
    this.words ??= wordsOf(answer);
    expect(wordsOf(answer), why).toBe(this.words);
    this.refused[kind]++;
  }

  /** Every refusal is in the audit log, and nothing that was forged wrote anything. Stops the server. */
  async expectRecorded(atLeast: number): Promise<void> {
    const { server, refused } = this;
    await server.stop();
    const { file } = await exportLog(server.dataDir);
    const events = exportedEvents(file);
    // A request that sends none at all is another matter.
    const sent = (event: object) => (event as { code?: string }).code !== 'missing';
    const count = (type: string) => events.filter((event) => event.type === type && sent(event)).length;
    console.info(`forged tokens refused: ${refused.invalid} invalid, ${refused.expired} expired`);
    expect(refused.invalid + refused.expired).toBeGreaterThanOrEqual(atLeast);
    expect({ invalid: count('auth.token.invalid'), expired: count('auth.token.expired') }).toEqual(refused);
    expect(count('memory.created')).toBe(this.stored);
    expect(server.output()).not.toMatch(/request failed|internal_error|Uncaught|at .*\.[jt]s:\d+/);
  }
}
