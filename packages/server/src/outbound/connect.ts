import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { AddressPolicy } from './addresses.ts';
import { addressesOf, pinned } from './resolve.ts';

export interface Destination {
  host: string;
  port: number;
  policy: AddressPolicy;
}

/** A TCP connection to an address that was looked at once. @throws OutboundError, or the socket's error */
export async function connectedTcp(
  { host, port, policy }: Destination,
  signal: AbortSignal,
): Promise<Socket> {
  const addresses = await addressesOf(host, policy);
  signal.throwIfAborted();
  const socket = connect({ host, port, lookup: pinned(addresses), noDelay: true });
  return ready(socket, 'connect', signal);
}

/** The same under TLS 1.2 or later, the certificate verified for this host. */
export async function connectedTls(
  { host, port, policy }: Destination,
  signal: AbortSignal,
): Promise<Socket> {
  const addresses = await addressesOf(host, policy);
  signal.throwIfAborted();
  const socket = connectTls({
    host,
    port,
    lookup: pinned(addresses),
    // RFC 6066, 3: no address as a server name.
    ...(isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
  });
  return ready(socket, 'secureConnect', signal);
}

async function ready(socket: Socket, event: string, signal: AbortSignal): Promise<Socket> {
  try {
    await once(socket, event, { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** A UDP socket that talks to one address only, so that it learns when nobody is there. @throws as `connectedTcp` */
export async function connectedUdp(
  { host, port, policy }: Destination,
  signal: AbortSignal,
): Promise<DatagramSocket> {
  const [first] = await addressesOf(host, policy);
  signal.throwIfAborted();
  const socket = createSocket(first!.family === 6 ? 'udp6' : 'udp4');
  try {
    socket.connect(port, first!.address);
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
