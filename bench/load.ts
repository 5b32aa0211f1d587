import { Agent, request } from 'node:http';

export interface Call {
  path: string;
  body: string;
}

export interface Load {
  perSecond: number;
  p50: number;
  p99: number;
  count: number;
}

/**
 * Sends calls over `clients` kept-alive connections, each sending its next one when the last was answered.
 * `authorization` is the header's value, empty for none. Times are milliseconds. An answer outside 2xx ends the run: a failed call is no result.
 */
export async function drive(
  url: string,
  authorization: string,
  clients: number,
  calls: Iterable<Call>,
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const { hostname, port } = new URL(url);
  const credential: Record<string, string> = authorization === '' ? {} : { authorization };
  const headers = { ...credential, 'content-type': 'application/json' };
  const times: number[] = [];
  const source = calls[Symbol.iterator]();
  const send = ({ path, body }: Call) =>
    new Promise<void>((resolve, reject) => {
      const started = performance.now();
      const options = {
        agent,
        hostname,
        port,
        path,
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      };
      const outgoing = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          times.push(performance.now() - started);
          if ((response.statusCode ?? 500) < 300) resolve();
          else reject(new Error(`${path} answered ${response.statusCode}: ${Buffer.concat(chunks)}`));
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  const worker = async () => {
    for (let next = source.next(); !next.done; next = source.next()) await send(next.value);
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: clients }, worker));
  const seconds = (performance.now() - started) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99), count: times.length };
}
