import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import cors from '@fastify/cors';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { answerUnreadable, securityHeaders, setSecurityHeaders } from './security-headers.ts';
import { selfSigned } from './testing/certificates.ts';

const EXPECTED = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};
const ORIGIN = 'https://app.example.org';

let app: FastifyInstance;
const others: FastifyInstance[] = [];
beforeEach(async () => {
  app = await build();
});
afterEach(async () => {
  for (const one of [app, ...others.splice(0)]) await one.close();
});

async function build(more: object = {}): Promise<FastifyInstance> {
  const made = Fastify({
    ...more,
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      setSecurityHeaders(request, reply);
      reply.status(400).send('bad path');
    },
    clientErrorHandler: answerUnreadable,
  }) as FastifyInstance;
  securityHeaders(made);
  made.addHook('onRequest', async (request) => {
    if (request.url === '/closed') throw new Error('refused before the handler');
  });
  await made.register(cors, { origin: [ORIGIN] });
  made.setErrorHandler((_error, _request, reply) => reply.status(500).send('failed'));
  made.get('/', async () => ({ here: true }));
  made.get('/closed', async () => 'never');
  made.get('/kept', async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=600').send('kept'),
  );
  made.get('/failed', async (_request, reply) => {
    reply.header('Cache-Control', 'public').header('content-security-policy', "script-src 'self'");
    throw new Error('after the headers were set');
  });
  return made;
}
const ask = async (
  method: 'GET' | 'POST' | 'OPTIONS' | 'HEAD',
  url: string,
  headers: Record<string, string> = {},
) => {
  const answer = await app.inject({ method, url, headers });
  return { status: answer.statusCode, headers: answer.headers };
};

it('are on every answer, whatever became of the request', async () => {
  for (const [method, url, status] of [
    ['GET', '/', 200],
    ['HEAD', '/', 200],
    ['GET', '/none', 404],
    ['POST', '/', 404],
    ['GET', '/closed', 500],
    ['GET', '/failed', 500],
    ['GET', '/%', 400],
    ['OPTIONS', '/', 400],
    ['OPTIONS', '/none', 400],
  ] as const)
    expect(await ask(method, url), `${method} ${url}`).toMatchObject({ status, headers: EXPECTED });
});

it('say nothing of the software, and nothing of HTTPS over HTTP', async () => {
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const { headers } = await fetch(url, { headers: { 'x-forwarded-proto': 'https' } });
  for (const [name, value] of Object.entries(EXPECTED)) expect(headers.get(name)).toBe(value);
  for (const name of ['server', 'x-powered-by', 'strict-transport-security'])
    expect(headers.has(name)).toBe(false);
});

it('leave the last word to a handler, but not for an error in place of its answer', async () => {
  expect((await ask('GET', '/kept')).headers).toMatchObject({
    ...EXPECTED,
    'cache-control': 'public, max-age=600',
  });
});

it('do not stand in the way of an allowed origin', async () => {
  const preflight = { origin: ORIGIN, 'access-control-request-method': 'GET' };
  for (const { status, headers } of [
    await ask('OPTIONS', '/', preflight),
    await ask('GET', '/', { origin: ORIGIN }),
  ]) {
    expect(status).toBeLessThan(300);
    expect(headers).toMatchObject({ ...EXPECTED, 'access-control-allow-origin': ORIGIN });
  }
  expect((await ask('GET', '/', { origin: 'https://evil.example' })).headers).not.toHaveProperty(
    'access-control-allow-origin',
  );
});

it('ask for HTTPS from then on over HTTPS only, and never for this machine', async () => {
  const { cert, key } = selfSigned();
  const tls = await build({ https: { cert, key } });
  const proxied = await build({ trustProxy: ['10.0.0.1'] });
  others.push(tls, proxied);
  const strict = async (one: FastifyInstance, remoteAddress: string, headers: Record<string, string>) =>
    (await one.inject({ url: '/', remoteAddress, headers })).headers['strict-transport-security'];
  const https = { host: 'memory.example.org', 'x-forwarded-proto': 'https' };
  expect(await strict(proxied, '10.0.0.1', https)).toBe('max-age=31536000');
  expect(await strict(proxied, '10.0.0.1', { ...https, host: 'localhost:8002' })).toBeUndefined();
  expect(await strict(proxied, '10.0.0.1', { ...https, 'x-forwarded-proto': 'http' })).toBeUndefined();
  expect(await strict(proxied, '10.0.0.2', https)).toBeUndefined();
  expect(await strict(app, '10.0.0.1', https)).toBeUndefined();

  await tls.listen({ port: 0, host: '127.0.0.1' });
  const { port } = tls.server.address() as AddressInfo;
  const answer = await raw(
    port,
    'GET / HTTP/1.1\r\nhost: memory.example.org\r\nconnection: close\r\n\r\n',
    true,
  );
  expect(answer).toContain('strict-transport-security: max-age=31536000\r\n');
});

it('are on the answer to what is no HTTP request', async () => {
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  for (const [sent, status, code] of [
    ['what?\r\n\r\n', '400 Bad Request', 'invalid_request'],
    [
      `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
      '431 Request Header',
      'headers_too_large',
    ],
  ] as const) {
    const answer = await raw(port, sent);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
    for (const [name, value] of Object.entries(EXPECTED)) expect(head).toContain(`\r\n${name}: ${value}`);
    expect(JSON.parse(body)).toMatchObject({ status: Number(status.slice(0, 3)), code });
    expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`);
  }
});

async function raw(port: number, text: string, secure = false): Promise<string> {
  const tls = await import('node:tls');
  const socket = secure
    ? tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
    : connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (part) => {
    answer += part;
  });
  socket.on('error', () => undefined);
  socket.write(text);
  await once(socket, 'close');
  return answer;
}
