import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type WitnessDouble = Awaited<ReturnType<typeof witnessDouble>>;

/** A witness of checkpoints on this machine that is out of order until `recover`. */
export async function witnessDouble() {
  let broken = true;
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(broken ? 500 : 204).end());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/checkpoints`,
    recover(): void {
      broken = false;
    },
    close: () =>
      new Promise<void>((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}
