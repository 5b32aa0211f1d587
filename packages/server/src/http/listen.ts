import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';

const SWEEP_MS = 200;
const DRAIN_MS = 5000;

/**
 * Listens, and says where.
 * @throws Error with code `port_in_use` whose message says what to do.
 */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  const { level } = app.log;
  try {
    // The framework's own line would say a second time what the command prints when the service is ready.
    app.log.level = 'silent';
    // `localhost` would be two servers, and only one of them takes up a renewed certificate.
    const one = app.initialConfig.https && host === 'localhost' ? '127.0.0.1' : host;
    await app.listen({ host: one, port });
    app.log.level = level;
  } catch (cause) {
    const { code } = cause as { code?: string };
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw cause;
    const why = code === 'EACCES' ? 'may not be used by this user' : 'is in use by another program';
    const message = `Port ${port} on ${host} ${why}: stop that program, or set MEMHOLD_PORT (0 picks a free one).`;
    throw Object.assign(new Error(message, { cause }), { code: 'port_in_use' });
  }
  const address = app.server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `${app.initialConfig.https ? 'https' : 'http'}://${name}:${address.port}`;
}

/**
 * Stops listening and lets requests under way end: connections close as soon as they are idle, and after 5 s those
 * that are not. Without that a kept-alive connection would hold a stop up for a minute, a slow client for ever.
 */
export async function drain(app: FastifyInstance): Promise<void> {
  const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS);
  const end = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(end);
  }
}
