import type { Socket as DatagramSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connectedTcp, connectedTls, connectedUdp, type Destination } from '../../outbound/connect.ts';
import { DELIVERY_MS, within } from '../../outbound/deadline.ts';
import { outboundError } from '../../outbound/errors.ts';
import { SinkError } from '../sink-runner.ts';
import { placeOf } from './payload.ts';
import { counted, syslogMessage } from './syslog-message.ts';
import type { Outgoing, StreamTarget } from './target.ts';

/**
 * Syslog over TCP and TLS has no acknowledgement: what a receiver that just died had in its buffers is lost. A
 * connection that breaks right after a batch is taken as not having got it.
 */
const QUIET_MS = 100;
/** Fits one UDP datagram over IPv4 and IPv6. */
const LARGEST_DATAGRAM = 65_000;

/** Runs one delivery in time, and forgets the connection when it fails. */
async function delivered(where: string, forget: () => void, work: (signal: AbortSignal) => Promise<void>) {
  try {
    await within(DELIVERY_MS, where, work);
  } catch (error) {
    forget();
    throw error instanceof SinkError ? error : outboundError(error, where);
  }
}

/** A receiver over TCP (RFC 6587) or TLS (RFC 5425), over one connection that is kept. */
export function connectionTarget(kind: 'tcp' | 'tls', where: string, to: Destination): StreamTarget {
  let socket: Socket | undefined;
  const forget = () => {
    socket?.destroy();
    socket = undefined;
  };
  const connected = async (signal: AbortSignal): Promise<Socket> => {
    if (socket && !socket.destroyed && socket.writable) return socket;
    const made = await (kind === 'tls' ? connectedTls : connectedTcp)(to, signal);
    signal.throwIfAborted();
    // A receiver has nothing to say; an error shows when something is written.
    made.on('error', () => made.destroy());
    made.on('end', () => made.destroy());
    made.resume();
    socket = made;
    return made;
  };
  return {
    send: (events) =>
      delivered(where, forget, async (signal) => {
        const line = await connected(signal);
        const text = events.map(({ record, payload }) => counted(syslogMessage(record, payload))).join('');
        await new Promise<void>((done, fail) => line.write(text, (error) => (error ? fail(error) : done())));
        await pause(QUIET_MS, undefined, { signal });
        if (line.destroyed) throw new SinkError('sink_broken', 'It closed the connection after a batch.');
      }),
    close: async () => void socket?.end(),
  };
}

/** A receiver over UDP (RFC 5426): one datagram an event, and no word of whether it came. */
export function datagramTarget(where: string, to: Destination): StreamTarget {
  let socket: DatagramSocket | undefined;
  let lost: Error | undefined;
  const forget = () => {
    socket?.close();
    socket = undefined;
  };
  const connected = async (signal: AbortSignal): Promise<DatagramSocket> => {
    if (socket) return socket;
    const made = await connectedUdp(to, signal);
    if (signal.aborted) made.close();
    signal.throwIfAborted();
    // "Port unreachable" comes back for an earlier datagram.
    made.on('error', (error) => {
      lost = error;
    });
    made.unref();
    socket = made;
    return made;
  };
  return {
    send: (events) =>
      delivered(where, forget, async (signal) => {
        lost = undefined;
        const line = await connected(signal);
        for (const event of events) await sendOne(line, event);
        await pause(QUIET_MS, undefined, { signal });
        if (lost) throw lost;
      }),
    close: async () => forget(),
  };
}

async function sendOne(socket: DatagramSocket, { record, payload }: Outgoing): Promise<void> {
  let message = syslogMessage(record, payload);
  if (message.length > LARGEST_DATAGRAM) message = syslogMessage(record, placeOf(record));
  await new Promise<void>((done, fail) => socket.send(message, (error) => (error ? fail(error) : done())));
}
