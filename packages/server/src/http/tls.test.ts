import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { authority, type TestCertificate } from './testing/certificates.ts';
import { clientAuthorities, type TlsFiles, tlsOptions } from './tls.ts';
import { watchTls } from './tls-watch.ts';

const ca = authority();
const localhost = () => ca.issue({ names: [['DNS', 'localhost']], key: 'p256' });
const first = localhost();
const second = localhost();
const weak = ca.issue({ key: 'rsa1024' });

let folder: string;
let certFile: string;
let keyFile: string;
let clientCaFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memhold-tls-'));
  certFile = join(folder, 'cert.pem');
  keyFile = join(folder, 'key.pem');
  clientCaFile = join(folder, 'ca.pem');
  put(first);
});
afterEach(() => rmSync(folder, { recursive: true }));

function put({ cert, key }: Pick<TestCertificate, 'cert' | 'key'>) {
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key);
}
function problemWith(paths: Parameters<typeof tlsOptions>[0]): string {
  try {
    tlsOptions(paths);
  } catch (error) {
    expect(error).toMatchObject({ code: 'tls_unusable' });
    return (error as Error).message;
  }
  return '';
}

describe('the files of TLS', () => {
  it('are taken when certificate and key belong together, with a whole chain too', () => {
    expect(problemWith({ certFile, keyFile })).toBe('');
    writeFileSync(certFile, `some words\n${first.cert}\n${ca.cert}`);
    expect(problemWith({ certFile, keyFile })).toBe('');
  });

  it('are refused with the name of the setting and what is wrong, never with what is in them', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const locked = { format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
    const encrypted = privateKey.export({ type: 'pkcs8', ...locked }).toString();
    const older = privateKey.export({ type: 'sec1', ...locked }).toString();
    const damaged = first.key.replace(/\n(.{10})/, '\nAAAAAAAAAA');
    const half = (pem: string) => pem.slice(0, pem.length / 2);
    const cases: [cert: string, key: string, setting: string, words: string][] = [
      ['', first.key, 'MEMHOLD_TLS_CERT', 'no certificate'],
      [first.key, first.key, 'MEMHOLD_TLS_CERT', 'no certificate'],
      [half(first.cert), first.key, 'MEMHOLD_TLS_CERT', 'no certificate'],
      [first.cert + half(ca.cert), first.key, 'MEMHOLD_TLS_CERT', 'not whole'],
      [first.cert.replace(/\n.{10}/, '\nAAAAAAAAAA'), first.key, 'MEMHOLD_TLS_CERT', 'damaged'],
      [first.cert, '', 'MEMHOLD_TLS_KEY', 'no private key'],
      [first.cert, half(first.key), 'MEMHOLD_TLS_KEY', 'no private key'],
      [first.cert, damaged, 'MEMHOLD_TLS_KEY', 'no private key'],
      [first.cert, encrypted, 'MEMHOLD_TLS_KEY', 'encrypted'],
      [first.cert, older, 'MEMHOLD_TLS_KEY', 'encrypted'],
      [first.cert, second.key, 'MEMHOLD_TLS_KEY', 'not the key of the certificate'],
      [first.cert, ca.key, 'MEMHOLD_TLS_KEY', 'not the key of the certificate'],
      [weak.cert, weak.key, 'MEMHOLD_TLS_CERT', 'stronger key'],
      [ca.cert + first.cert, first.key, 'MEMHOLD_TLS_KEY', 'must come first'],
    ];
    for (const [cert, key, setting, words] of cases) {
      put({ cert, key });
      const message = problemWith({ certFile, keyFile });
      expect(message, words).toContain(`${setting}: `);
      expect(message).toContain(words);
      for (const line of key.split('\n').filter((line) => line.length > 8))
        expect(message).not.toContain(line);
    }
    put(first);
    expect(problemWith({ certFile: join(folder, 'none'), keyFile })).toContain('MEMHOLD_TLS_CERT');
    expect(problemWith({ certFile, keyFile: folder })).toContain('MEMHOLD_TLS_KEY');
    expect(problemWith({ certFile, keyFile, clientCaFile })).toContain('MEMHOLD_TLS_CLIENT_CA');
  });

  it('name only authorities for client certificates', () => {
    writeFileSync(clientCaFile, ca.cert + authority().cert);
    expect(clientAuthorities(clientCaFile)).toHaveLength(2);
    writeFileSync(clientCaFile, ca.cert + first.cert);
    expect(() => clientAuthorities(clientCaFile)).toThrow('is no authority');
    expect(problemWith({ certFile, keyFile, clientCaFile })).toContain('MEMHOLD_TLS_CLIENT_CA');
  });
});

describe('a TLS server', () => {
  let server: Server;
  let watch: ReturnType<typeof watchTls>;
  let problems: string[];
  let reloads: TlsFiles[];
  const sockets: TLSSocket[] = [];

  async function start() {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    writeFileSync(clientCaFile, ca.cert);
    const files = tlsOptions({ certFile, keyFile, clientCaFile });
    server = createServer(files.options, (_request, answer) => answer.end('here'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    problems = [];
    reloads = [];
    watch = watchTls(
      server,
      files,
      (problem) => problems.push(problem),
      (next) => reloads.push(next),
    );
  }
  beforeEach(start);
  afterEach(() => {
    watch.close();
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
    vi.useRealTimers();
  });

  async function open(options: ConnectionOptions = {}): Promise<TLSSocket> {
    const { port } = server.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: ca.cert, ...options });
    sockets.push(socket);
    await once(socket, 'secureConnect');
    return socket;
  }
  async function ask(socket: TLSSocket): Promise<string> {
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    const [answer] = await once(socket, 'data');
    return String(answer);
  }
  const served = async () => (await open()).getPeerX509Certificate()?.serialNumber;
  const serial = ({ certificate }: TestCertificate) => certificate.serialNumber;
  const polls = (count: number) => vi.advanceTimersByTime(2000 * count);

  it('shows a new certificate to new connections, and lets the old ones live on', async () => {
    const old = await open();
    expect(await served()).toBe(serial(first));
    put(second);
    polls(2);
    expect(await served()).toBe(serial(second));
    expect(await ask(old)).toContain('here');
    expect(old.getPeerX509Certificate()?.serialNumber).toBe(serial(first));
    expect([problems, reloads.length]).toEqual([[], 1]);
  });

  it('follows its paths when files are renamed over them, or links are turned', async () => {
    writeFileSync(join(folder, 'new'), second.cert);
    writeFileSync(join(folder, 'new-key'), second.key);
    renameSync(join(folder, 'new'), certFile);
    renameSync(join(folder, 'new-key'), keyFile);
    polls(2);
    expect(await served()).toBe(serial(second));
    writeFileSync(join(folder, 'old'), first.cert);
    writeFileSync(join(folder, 'old-key'), first.key);
    rmSync(certFile);
    rmSync(keyFile);
    symlinkSync('old', certFile);
    symlinkSync('old-key', keyFile);
    polls(2);
    expect(await served()).toBe(serial(first));
    expect(problems).toEqual([]);
  });

  it('waits while certificate and key are replaced one after the other', async () => {
    writeFileSync(certFile, second.cert);
    polls(1);
    writeFileSync(keyFile, second.key);
    polls(1);
    expect(await served()).toBe(serial(first));
    polls(1);
    expect(await served()).toBe(serial(second));
    expect(problems).toEqual([]);
  });

  it('keeps what it has when the new files are wrong or half written, and says so once', async () => {
    writeFileSync(certFile, second.cert);
    polls(5);
    expect(problems).toEqual([expect.stringMatching(/^MEMHOLD_TLS_KEY: .*in use before stays in use\.$/)]);
    writeFileSync(certFile, second.cert.slice(0, 200));
    polls(5);
    expect(problems).toHaveLength(2);
    rmSync(certFile);
    polls(5);
    expect(problems).toHaveLength(3);
    expect(await served()).toBe(serial(first));
    put(second);
    polls(2);
    expect(await served()).toBe(serial(second));
    expect([problems.length, reloads.length]).toEqual([3, 1]);
  });

  it('reads again at once when it is told to, and no more after its end', async () => {
    put(second);
    watch.reload();
    expect(await served()).toBe(serial(second));
    watch.close();
    put(first);
    polls(5);
    expect(await served()).toBe(serial(second));
  });

  it('takes up new authorities of client certificates', async () => {
    const others = authority();
    const { cert, key } = others.issue();
    const authorized = async () => {
      const arrived = once(server, 'secureConnection');
      await open({ cert, key });
      return ((await arrived)[0] as TLSSocket).authorized;
    };
    expect(await authorized()).toBe(false);
    writeFileSync(clientCaFile, others.cert);
    polls(2);
    expect(await authorized()).toBe(true);
    expect(reloads[0]?.clientCa.map(({ serialNumber }) => serialNumber)).toEqual([serial(others)]);
  });

  it('asks for a client certificate, and serves who has none', async () => {
    expect(await ask(await open())).toContain('here');
  });

  it('lets nobody change certificates within a connection', async () => {
    for (const renewed of [false, true]) {
      if (renewed) watch.reload();
      const socket = await open({ maxVersion: 'TLSv1.2' });
      const outcome = await new Promise((resolve) => {
        socket.on('error', resolve);
        socket.renegotiate({ rejectUnauthorized: false }, (error) => resolve(error ?? 'renegotiated'));
      });
      expect(outcome).toMatchObject({ code: expect.stringContaining('NO_RENEGOTIATION') });
    }
  });

  it('speaks nothing below TLS 1.2', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
    await expect(open(old)).rejects.toMatchObject({ code: expect.stringContaining('VERSION') });
    expect((await open({ maxVersion: 'TLSv1.2' })).getProtocol()).toBe('TLSv1.2');
    expect((await open()).getProtocol()).toBe('TLSv1.3');
  });
});
