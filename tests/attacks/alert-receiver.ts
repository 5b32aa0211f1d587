import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';

export interface Delivered {
  id: string;
  type: string;
  kind: string;
  severity: string;
  summary: string;
  resource: { type: string; ids: string[] } | null;
  held_back: number;
  /** Everything that was sent. */
  text: string;
}

/** What the Standard Webhooks libraries check of a delivery; written from the specification. */
function isSigned(secret: string, headers: NodeJS.Dict<string | string[]>, body: string): boolean {
  const key = Buffer.from(secret, 'base64');
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const expected = Buffer.from(`v1,${createHmac('sha256', key).update(content).digest('base64')}`);
  const given = Buffer.from(String(headers['webhook-signature']));
  const age = Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp']));
  return age < 300 && given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * A receiver of alerts on this machine that keeps nothing back: the first try of each alert is answered with `first`
 * (an error, a redirect, a closed connection), every further one is taken.
 */
export async function alertReceiver(secret: string) {
  const delivered: Delivered[] = [];
  const tries = new Map<string, number>();
  let unsigned = 0;
  let misbehave = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      if (!isSigned(secret, request.headers, body)) unsigned++;
      const id = String(request.headers['webhook-id']);
      const before = tries.get(id) ?? 0;
      tries.set(id, before + 1);
      if (before === 0) {
        const answers = [
          () => response.writeHead(500).end(),
          () => response.writeHead(302, { location: '/elsewhere' }).end(),
          () => request.socket.destroy(),
        ];
        answers[misbehave++ % answers.length]!();
        return;
      }
      const { type, data } = JSON.parse(body);
      delivered.push({ ...data, id, type, text: body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/alerts?token=of-the-receiver`,
    delivered,
    unsigned: () => unsigned,
    /** Waits for the alert of a kind that names `about`. */
    alertOf: (kind: string, about = ''): Promise<Delivered> =>
      vi.waitFor(
        () => {
          const found = delivered.find((one) => one.kind === kind && one.text.includes(about));
          if (!found) throw new Error(`no alert ${kind} of ${about} among ${JSON.stringify(delivered)}`);
          return found;
        },
        { timeout: 30_000, interval: 20 },
      ),
    close: () =>
      new Promise<void>((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}
