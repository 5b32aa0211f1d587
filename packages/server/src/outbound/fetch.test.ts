import { execFile } from 'node:child_process';
import type { LookupAddress } from 'node:dns';
import * as dns from 'node:dns/promises';
import type { Socket } from 'node:net';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type TestCertificate, authority as testAuthority } from '../http/testing/certificates.ts';
import { OutboundError } from './errors.ts';
import { type Post, postTo } from './fetch.ts';
import { type Listening, tcpServer, tlsServer } from './testing/listening.ts';

vi.mock('node:dns/promises', async (original) => {
  const real = await original<typeof dns>();
  return { ...real, lookup: vi.fn(real.lookup) };
});
const lookup = vi.mocked(dns.lookup as (host: string, options: { all: true }) => Promise<LookupAddress[]>);

const ok = (body = '') => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const post = (url: string, more: Partial<Post> = {}) =>
  postTo(url, { body: 'note', policy: 'operator', timeoutMs: 400, ...more });

async function failure(of: Promise<unknown>): Promise<OutboundError> {
  const error = await of.then(
    () => new Error('nothing failed'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(OutboundError);
  return error as OutboundError;
}

/** A server that does this with each connection once a request came; `seen` is what it was sent. */
async function server(treat: (socket: Socket) => void): Promise<{ url: string; seen: () => string }> {
  let seen = '';
  const made = await tcpServer((socket) => {
    socket.once('data', () => treat(socket));
    socket.on('data', (bytes) => {
      seen += bytes;
    });
  });
  onTestFinished(() => made.close());
  return { url: `http://127.0.0.1:${made.port}`, seen: () => seen };
}

beforeEach(() => void lookup.mockClear());
afterEach(() => vi.unstubAllEnvs());

describe('a POST to another machine', () => {
  it('carries its body, headers, path and query, and gives back status and answer', async () => {
    const { url, seen } = await server((socket) => socket.end(ok('taken')));
    const answer = await post(`${url}/log?channel=1`, {
      headers: { Authorization: 'Bearer abc', 'Content-Type': 'text/plain' },
    });
    expect([answer.status, answer.body.toString()]).toEqual([200, 'taken']);
    expect(seen()).toMatch(/^POST \/log\?channel=1 HTTP\/1\.1\r\n/);
    expect(seen()).toMatch(/\r\nauthorization: Bearer abc\r\n/i);
    expect(seen()).toMatch(/\r\ncontent-length: 4\r\n/i);
    expect(seen()).toMatch(/\r\n\r\nnote$/);
  });

  it('says where it goes by itself: headers of the caller cannot change host or length', async () => {
    const { url, seen } = await server((socket) => socket.end(ok()));
    await post(url, { headers: { HOST: 'internal', 'Content-Length': '0', Connection: 'upgrade' } });
    expect(seen().match(/^host: .*$/gim)).toEqual([expect.stringMatching(/127\.0\.0\.1:\d+/)]);
    expect(seen().match(/^content-length: .*$/gim)).toHaveLength(1);
    expect(seen()).not.toMatch(/internal|upgrade/);
  });

  it.each([301, 302, 303, 307, 308])('follows no redirect (%d)', async (status) => {
    const elsewhere = await server((socket) => socket.end(ok('secret')));
    const { url } = await server((socket) =>
      socket.end(`HTTP/1.1 ${status} x\r\nlocation: ${elsewhere.url}/\r\ncontent-length: 0\r\n\r\n`),
    );
    expect((await post(url)).status).toBe(status);
    expect(elsewhere.seen()).toBe('');
  });

  it('goes through no proxy of the environment', async () => {
    const proxy = await server((socket) => socket.end(ok('proxy')));
    const { url } = await server((socket) => socket.end(ok('direct')));
    // Node reads these once, when it starts.
    const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
    const env = { NODE_USE_ENV_PROXY: '1', ...Object.fromEntries(names.map((name) => [name, proxy.url])) };
    const script = `import { postTo } from ${JSON.stringify(new URL('./fetch.ts', import.meta.url).href)};
      console.log((await postTo('${url}', { body: '', policy: 'operator' })).body.toString());`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--no-warnings', '-e', script],
      { env },
    );
    expect(stdout.trim()).toBe('direct');
    expect(proxy.seen()).toBe('');
  });
});

describe('a server that misbehaves', () => {
  const forever = (socket: Socket, text: string) => {
    const timer = setInterval(() => socket.write(text), 20);
    socket.on('close', () => clearInterval(timer));
  };
  const CASES: [string, (socket: Socket) => void, string][] = [
    ['says nothing', () => undefined, 'outbound_timeout'],
    [
      'drips its headers',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        forever(socket, 'x-a: b\r\n');
      },
      'outbound_timeout',
    ],
    [
      'drips its body',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
        forever(socket, 'x');
      },
      'outbound_timeout',
    ],
    [
      'sends only half its headers',
      (socket) => void socket.write('HTTP/1.1 200 OK\r\nx-'),
      'outbound_timeout',
    ],
    [
      'sends 100 Continue for ever',
      (socket) => forever(socket, 'HTTP/1.1 100 Continue\r\n\r\n'),
      'outbound_timeout',
    ],
    [
      'answers with 65,537 bytes',
      (socket) => socket.end(ok('x'.repeat(65_537))),
      'outbound_answer_too_large',
    ],
    [
      'answers without end, and without a length',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.on('drain', () => socket.write(Buffer.alloc(65_536)));
        socket.write(Buffer.alloc(1_000_000));
      },
      'outbound_answer_too_large',
    ],
    ['resets the connection', (socket) => void socket.resetAndDestroy(), 'outbound_broken'],
    ['closes without an answer', (socket) => void socket.end(), 'outbound_broken'],
    [
      'closes in the middle of its answer',
      (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'),
      'outbound_broken',
    ],
    [
      'speaks something else',
      (socket) => void socket.end('220 mail.example.org ESMTP\r\n'),
      'outbound_broken',
    ],
    [
      'upgrades',
      (socket) =>
        void socket.end('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'),
      'outbound_broken',
    ],
    [
      'sends a megabyte of headers',
      (socket) => void socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1_000_000)}\r\n\r\n`),
      'outbound_broken',
    ],
  ];
  it.each(CASES)('that %s ends with a stable code', async (_, treat, code) => {
    const { url } = await server(treat);
    expect((await failure(post(`${url}/t/secret?token=secret`))).code).toBe(code);
  });

  it('an answer of 64 KiB is read whole', async () => {
    const { url } = await server((socket) => socket.end(ok('x'.repeat(65_536))));
    expect((await post(url)).body).toHaveLength(65_536);
  });

  it('one that is not there is told as such', async () => {
    const gone = await tcpServer(() => undefined);
    await gone.close();
    expect((await failure(post(`http://127.0.0.1:${gone.port}`))).code).toBe('outbound_unreachable');
  });

  it('a name server that hangs is cut off too', async () => {
    lookup.mockReturnValueOnce(new Promise(() => undefined));
    expect((await failure(post('http://slow.example', { timeoutMs: 50 }))).code).toBe('outbound_timeout');
  });
});

describe('where it may go', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://0xa9.0xfe.0xa9.0xfe/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
  ])('not even for the operator to %s', async (url) => {
    expect((await failure(post(url))).code).toBe('outbound_address_refused');
  });

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://0/',
    'http://[::1]/',
    'http://[::ffff:7f00:1]/',
    'http://10.1.2.3/',
    'http://100.64.0.1/',
    'http://localhost/',
  ])('not for anybody else to %s', async (url) => {
    expect((await failure(post(url, { policy: 'public' }))).code).toBe('outbound_address_refused');
  });

  it.each(['ftp://example.org/', 'file:///etc/passwd', 'nonsense', 'http://user:pw@example.org/'])(
    'not at all to %s',
    async (url) => {
      const error = await failure(post(url));
      expect(error.code).toBe('outbound_address_invalid');
      expect(error.message).not.toContain('pw');
    },
  );

  it('a name with one forbidden address among others is refused', async () => {
    lookup.mockResolvedValueOnce([
      { address: '127.0.0.1', family: 4 },
      { address: '169.254.169.254', family: 4 },
    ]);
    expect((await failure(post('http://mixed.example'))).code).toBe('outbound_address_refused');
  });

  it('the name is asked for once: what it means a moment later does not count', async () => {
    const { url, seen } = await server((socket) => socket.end(ok('first')));
    lookup.mockResolvedValueOnce([{ address: '127.0.0.1', family: 4 }]);
    lookup.mockResolvedValue([{ address: '169.254.169.254', family: 4 }]);
    onTestFinished(() => void lookup.mockReset());
    const { port } = new URL(url);
    const answer = await post(`http://rebound.example:${port}/`);
    expect(answer.body.toString()).toBe('first');
    expect(lookup).toHaveBeenCalledTimes(1);
    expect(seen()).toMatch(/^host: rebound\.example:\d+$/im);
  });

  it('no message shows a path, a query or a header', async () => {
    const { url } = await server((socket) => socket.destroy());
    const secret = 'hunter2';
    const full = `${url}/${secret}?token=${secret}#${secret}`;
    for (const options of [{}, { policy: 'public' as const }]) {
      const error = await failure(post(full, { headers: { authorization: `Bearer ${secret}` }, ...options }));
      expect(error.message).not.toContain(secret);
    }
  });
});

describe('TLS', () => {
  const authority = testAuthority({ key: 'p256' });
  const trusted = tls.getCACertificates('default');
  beforeEach(() => tls.setDefaultCACertificates([...trusted, authority.cert]));
  afterEach(() => tls.setDefaultCACertificates([...trusted]));

  const named = (name: string) => authority.issue({ key: 'p256', names: [['DNS', name]] });
  async function https({ cert, key }: TestCertificate, options: tls.TlsOptions = {}): Promise<Listening> {
    const made = await tlsServer({ cert, key, ...options }, (socket) =>
      socket.once('data', () => socket.end(ok('sealed'))),
    );
    onTestFinished(() => made.close());
    return made;
  }
  const to = ({ port }: Listening, host: string, more: Partial<Post> = {}) => {
    lookup.mockResolvedValueOnce([{ address: '127.0.0.1', family: 4 }]);
    return post(`https://${host}:${port}/`, more);
  };

  it('a certificate of a trusted authority for this name is taken', async () => {
    const server = await https(named('siem.example'));
    expect((await to(server, 'siem.example')).body.toString()).toBe('sealed');
  });

  it.each<[string, () => TestCertificate]>([
    ['is for another name', () => named('other.example')],
    [
      'is expired',
      () => authority.issue({ key: 'p256', names: [['DNS', 'siem.example']], notBefore: 0, notAfter: 1 }),
    ],
    [
      'is of an unknown authority',
      () => testAuthority({ key: 'p256' }).issue({ key: 'p256', names: [['DNS', 'siem.example']] }),
    ],
  ])('a certificate that %s is not, whatever the environment says', async (_, make) => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const server = await https(make());
    expect((await failure(to(server, 'siem.example'))).code).toBe('outbound_untrusted');
  });

  it('TLS before 1.2 is not spoken', async () => {
    const server = await https(named('siem.example'), {
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    });
    expect((await failure(to(server, 'siem.example'))).code).toBe('outbound_untrusted');
  });

  it('a handshake that hangs is cut off', async () => {
    const silent = await tcpServer(() => undefined);
    onTestFinished(() => silent.close());
    expect((await failure(to(silent, 'siem.example', { timeoutMs: 100 }))).code).toBe('outbound_timeout');
  });
});
