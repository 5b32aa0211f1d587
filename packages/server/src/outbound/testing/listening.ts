import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** A server on this machine that treats its connections as a test wants. */
export interface Listening {
  port: number;
  sockets: Set<Socket>;
  close(): Promise<void>;
}

async function listening(server: Server, port: number): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    async close() {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((done) => server.close(done));
    },
  };
}

export const tcpServer = (treat: (socket: Socket) => void, port = 0) => listening(createServer(treat), port);

export function tlsServer(options: TlsOptions, treat: (socket: Socket) => void): Promise<Listening> {
  const server = createTlsServer(options, (socket) => {
    socket.on('error', () => undefined);
    treat(socket);
  });
  server.on('tlsClientError', () => undefined);
  return listening(server, 0);
}
