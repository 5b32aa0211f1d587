import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';

/** What a receiver does with one delivery. */
export type Manner = 'take' | 'fail' | 'hang' | 'redirect' | 'redirect here' | 'flood' | 'break off';

export interface Received {
  path: string;
  manner: Manner;
  headers: IncomingHttpHeaders;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what was sent is what a test is about
  body: any;
}

/** Where clouds hand out the credentials of a machine. */
const METADATA = 'http://169.254.169.254/latest/meta-data/';

const MANNERS: Record<Manner, (request: IncomingMessage, response: ServerResponse) => void> = {
  take: (_, response) => response.writeHead(204).end(),
  fail: (_, response) => response.writeHead(500).end('no'),
  hang: () => undefined,
  redirect: (_, response) => response.writeHead(307, { location: METADATA }).end(),
  'redirect here': (_, response) => response.writeHead(307, { location: '/followed' }).end(),
  flood: (_, response) => response.writeHead(200).end('x'.repeat(200 * 1024)),
  'break off': (request) => request.socket.destroy(),
};

/** What the Standard Webhooks libraries check of a delivery; written from the specification. */
export function isSigned(secret: string, { headers, text }: Pick<Received, 'headers' | 'text'>): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
  const expected = Buffer.from(`v1,${createHmac('sha256', key).update(content).digest('base64')}`);
  const given = Buffer.from(String(headers['webhook-signature']));
  const age = Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp']));
  return age < 300 && given.length === expected.length && timingSafeEqual(given, expected);
}

/** A receiver on this machine. A path takes what comes, after one delivery each in its `manners`, unless in `always`. */
export async function webhookReceiver() {
  const received: Received[] = [];
  const manners = new Map<string, Manner[]>();
  const always = new Map<string, Manner>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const path = request.url ?? '';
      const text = Buffer.concat(parts).toString();
      const manner = manners.get(path)?.shift() ?? always.get(path) ?? 'take';
      received.push({ path, manner, headers: request.headers, text, body: JSON.parse(text) });
      MANNERS[manner](request, response);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const at = (path: string) => received.filter((one) => one.path === path);
  const taken = (path: string): string[] =>
    at(path)
      .filter(({ manner }) => manner === 'take')
      .flatMap(({ body }) => body.memory_ids);
  return {
    url,
    received,
    manners,
    always,
    at,
    /** Ids of the memories that it was told of, and took. */
    taken,
    /** Waits until it took all of these. */
    hasTaken: (path: string, ids: readonly string[]) =>
      vi.waitFor(
        () => {
          const missing = ids.filter((id) => !taken(path).includes(id));
          if (missing.length > 0) throw new Error(`${path} was not told of ${missing}`);
        },
        { timeout: 60_000, interval: 20 },
      ),
    close: () =>
      new Promise<void>((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}
