import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { authority as testAuthority } from '../../http/testing/certificates.ts';
import { type Listening, tcpServer, tlsServer } from '../../outbound/testing/listening.ts';
import { type AuditRecord, recordOf } from '../record.ts';
import { streamAddressOf } from './address.ts';
import type { Outgoing, StreamTarget } from './target.ts';
import { targetOf } from './target-of.ts';

const record = (index: number): AuditRecord =>
  recordOf({
    index,
    leafHash: Buffer.alloc(32),
    skeleton: {
      type: 'memory.created',
      severity: 'info',
      time: 0,
      actor: { kind: 'system' },
      success: true,
      v: 1,
    },
    privatePart: undefined,
    statusOf: () => 500,
  });
const events = (...ids: number[]): Outgoing[] =>
  ids.map((id) => ({ record: record(id), payload: JSON.stringify({ id }) }));

function targetAt(address: string, token?: string): StreamTarget {
  const target = targetOf(streamAddressOf(address), token, () => undefined);
  onTestFinished(() => target.close());
  return target;
}

/** What a receiver got, taken apart by the lengths in front (RFC 6587, 3.4.1). */
function frames(bytes: Buffer): { messages: string[]; rest: string } {
  const messages: string[] = [];
  let rest = bytes;
  for (;;) {
    const [, length] = /^(\d+) /.exec(rest.toString('latin1', 0, 10)) ?? [];
    const start = (length?.length ?? 0) + 1;
    if (length === undefined || rest.length < start + Number(length))
      return { messages, rest: rest.toString() };
    messages.push(rest.toString('utf8', start, start + Number(length)));
    rest = rest.subarray(start + Number(length));
  }
}
const idsOf = (messages: string[]) => messages.map((one) => JSON.parse(one.slice(one.indexOf('] {') + 2)).id);

function collecting() {
  let bytes = Buffer.alloc(0);
  return {
    treat: (socket: Socket) =>
      void socket.on('data', (part: Buffer) => {
        bytes = Buffer.concat([bytes, part]);
      }),
    ids: () => idsOf(frames(bytes).messages),
    rest: () => frames(bytes).rest,
  };
}
async function closing(made: Promise<Listening>): Promise<Listening> {
  const server = await made;
  onTestFinished(() => server.close());
  return server;
}
const failing = (of: Promise<void>) =>
  of.then(
    () => 'taken',
    (error: { code?: string }) => error.code,
  );

describe('syslog over TCP', () => {
  it('keeps one connection, and counts octets', async () => {
    const got = collecting();
    const server = await closing(tcpServer(got.treat));
    const target = targetAt(`syslog+tcp://127.0.0.1:${server.port}`);
    await target.send(events(1, 2));
    await target.send(events(3));
    expect(got.ids()).toEqual([1, 2, 3]);
    expect(got.rest()).toBe('');
    expect(server.sockets.size).toBe(1);
  });

  it('a receiver that is away, then there, then away, gets what failed again over a new connection', async () => {
    const got = collecting();
    const first = await closing(tcpServer(got.treat));
    const { port } = first;
    const target = targetAt(`syslog+tcp://127.0.0.1:${port}`);
    await target.send(events(1));
    await first.close();
    expect(await failing(target.send(events(2)))).not.toBe('taken');
    expect(await failing(target.send(events(2)))).toBe('outbound_unreachable');
    await closing(tcpServer(got.treat, port));
    await target.send(events(2));
    expect(got.ids()).toEqual([1, 2]);
  });

  it.each<[string, (socket: Socket) => void]>([
    ['closes at once', (socket) => void socket.end()],
    ['closes after the first bytes', (socket) => void socket.once('data', () => socket.destroy())],
    ['resets', (socket) => void socket.once('data', () => socket.resetAndDestroy())],
  ])('a receiver that %s has not taken the batch', async (_, treat) => {
    const server = await closing(tcpServer(treat));
    expect(await failing(targetAt(`syslog+tcp://127.0.0.1:${server.port}`).send(events(1)))).not.toBe(
      'taken',
    );
  });

  it('a receiver that reads nothing is given up after 2 s', async () => {
    const server = await closing(tcpServer((socket) => void socket.pause()));
    const target = targetAt(`syslog+tcp://127.0.0.1:${server.port}`);
    const large = [{ record: record(1), payload: JSON.stringify({ id: 1, x: 'x'.repeat(30_000_000) }) }];
    expect(await failing(target.send(large))).toBe('outbound_timeout');
  });

  it('a receiver that talks is not listened to', async () => {
    const got = collecting();
    const server = await closing(
      tcpServer((socket) => {
        got.treat(socket);
        socket.write('hello\r\n'.repeat(10_000));
      }),
    );
    await targetAt(`syslog+tcp://127.0.0.1:${server.port}`).send(events(1));
    expect(got.ids()).toEqual([1]);
  });

  it('nothing is sent where clouds hand out credentials', async () => {
    expect(await failing(targetAt('syslog+tcp://169.254.169.254:80').send(events(1)))).toBe(
      'outbound_address_refused',
    );
    expect(await failing(targetAt('syslog+udp://[::ffff:169.254.169.254]:80').send(events(1)))).toBe(
      'outbound_address_refused',
    );
  });
});

describe('syslog over TLS', () => {
  const authority = testAuthority({ key: 'p256' });
  const serve = (names: ['DNS' | 'IP', string][], treat: (socket: Socket) => void) => {
    const { cert, key } = authority.issue({ key: 'p256', names });
    return closing(tlsServer({ cert, key }, treat));
  };
  const trust = (...more: string[]) => {
    const before = tls.getCACertificates('default');
    tls.setDefaultCACertificates([...before, ...more]);
    onTestFinished(() => tls.setDefaultCACertificates(before));
  };

  it('sends to a receiver whose certificate is trusted', async () => {
    trust(authority.cert);
    const got = collecting();
    const { port } = await serve([['IP', '127.0.0.1']], got.treat);
    await targetAt(`syslog+tls://127.0.0.1:${port}`).send(events(1, 2));
    expect(got.ids()).toEqual([1, 2]);
  });

  it.each<[string, boolean, ['DNS' | 'IP', string]]>([
    ['of an unknown authority', false, ['IP', '127.0.0.1']],
    ['for another host', true, ['IP', '127.0.0.2']],
  ])('sends nothing to one with a certificate %s', async (_, known, name) => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    onTestFinished(() => vi.unstubAllEnvs() && undefined);
    if (known) trust(authority.cert);
    const got = collecting();
    const { port } = await serve([name], got.treat);
    expect(await failing(targetAt(`syslog+tls://127.0.0.1:${port}`).send(events(1)))).toBe(
      'outbound_untrusted',
    );
    expect([got.ids(), got.rest()]).toEqual([[], '']);
  });
});

describe('syslog over UDP', () => {
  it('sends one datagram an event, and of one that is too large its place in the log', async () => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    onTestFinished(() => void socket.close());
    const got: string[] = [];
    socket.on('message', (message) => got.push(message.toString()));
    const target = targetAt(`syslog+udp://127.0.0.1:${(socket.address() as AddressInfo).port}`);
    const large = { record: record(3), payload: JSON.stringify({ id: 3, text: 'x'.repeat(70_000) }) };
    await target.send([...events(1, 2), large]);
    await vi.waitFor(() => expect(idsOf(got)).toEqual([1, 2, 3]));
    expect(got[2]).toContain('"left_out":true');
  });

  it('learns that nobody is there', async () => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address() as AddressInfo;
    await new Promise<void>((done) => socket.close(done));
    const target = targetAt(`syslog+udp://127.0.0.1:${port}`);
    expect(await failing(target.send(events(1)))).toBe('outbound_unreachable');
  });
});

describe('HTTP', () => {
  const serve = async (answer: string) => {
    let seen = '';
    const server = await closing(
      tcpServer((socket) =>
        socket.on('data', (part) => {
          seen += part;
          if (seen.endsWith('\n')) socket.end(`HTTP/1.1 ${answer}\r\ncontent-length: 0\r\n\r\n`);
        }),
      ),
    );
    return { url: `http://127.0.0.1:${server.port}/in`, seen: () => seen };
  };

  it('posts lines of JSON with the token', async () => {
    const { url, seen } = await serve('202 Accepted');
    await targetAt(url, 'token-123').send(events(1, 2));
    expect(seen()).toMatch(/^POST \/in HTTP/);
    expect(seen()).toMatch(/^authorization: Bearer token-123\r$/im);
    expect(seen()).toMatch(/^content-type: application\/x-ndjson\r$/im);
    expect(seen().split('\r\n\r\n')[1]).toBe('{"id":1}\n{"id":2}\n');
  });

  it.each(['301 Moved', '400 Bad', '401 No', '429 Slow', '500 Oops'])('%s is not taken', async (answer) => {
    const { url } = await serve(answer);
    expect(await failing(targetAt(url).send(events(1)))).toBe('sink_refused');
  });
});

describe('a file', () => {
  const fresh = () => {
    const folder = mkdtempSync(join(tmpdir(), 'memhold-stream-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    return join(folder, 'audit log.jsonl');
  };
  const targetOn = (path: string) => targetAt(`file://${path.replace(' ', '%20')}`);

  it('has one line an event', async () => {
    const path = fresh();
    const target = targetOn(path);
    expect(existsSync(path)).toBe(false);
    await target.send(events(1, 2));
    expect(readFileSync(path, 'utf8')).toBe('{"id":1}\n{"id":2}\n');
    expect(await target.lostFrom!()).toBeUndefined();
  });

  it.each([
    ['{"id":7,"metadata":{"sequence":1}}\n{"id":8', 8],
    ['{"metadata":{"sequence":7}}\n{', 8],
    ['{"event":{"sequence":7}}\n{', 8],
    ['{"other":7}\n{', 'unknown'],
    ['{"id":7', 'unknown'],
    ['{"id":7}\n', undefined],
  ])('that ends with %j goes on after its last whole event', async (text, expected) => {
    const path = fresh();
    writeFileSync(path, text);
    expect(await targetOn(path).lostFrom!()).toBe(expected);
  });
});
