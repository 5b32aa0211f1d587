import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { localFetch } from './local-fetch.ts';
import { isLocal, listenLocally } from './local-socket.ts';
import { localSocketPath } from './local-socket-path.ts';

type Listener = Awaited<ReturnType<typeof listenLocally>>;

describe.skipIf(process.platform === 'win32')('the local socket', () => {
  let base: string;
  let dataDir: string;
  let app: FastifyInstance;
  const running: { close(): unknown }[] = [];
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'memhold-local-'));
    dataDir = join(base, 'data');
    mkdirSync(dataDir, { mode: 0o755 });
    app = build('one');
  });
  afterEach(async () => {
    for (const one of running.splice(0).reverse()) await one.close();
    rmSync(base, { recursive: true });
  });

  function build(name: string, more: object = {}): FastifyInstance {
    const made = Fastify(more) as FastifyInstance;
    made.all('/who', async ({ raw, body, ip, url }) => ({ name, local: isLocal(raw), body, ip, url }));
    running.push(made);
    return made;
  }
  async function listen(one = app, folder = dataDir): Promise<Listener & { path: string }> {
    const listener = await listenLocally(one, folder);
    running.push(listener);
    return listener as Listener & { path: string };
  }
  const who = async (folder = dataDir) =>
    JSON.parse((await localFetch(localSocketPath(folder), { method: 'GET', path: '/who' })).body);
  const mode = (path: string) => statSync(path).mode & 0o777;

  it('answers a command, and knows it for one', async () => {
    await listen();
    const request = { method: 'POST', path: '/who?a=b', body: { text: 'ünïcode' } };
    const { status, headers, body } = await localFetch(localSocketPath(dataDir), request);
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('application/json');
    expect(JSON.parse(body)).toEqual({
      name: 'one',
      local: true,
      body: { text: 'ünïcode' },
      url: '/who?a=b',
    });
    expect((await localFetch(localSocketPath(dataDir), { method: 'GET', path: '/none' })).status).toBe(404);
  });

  it('is its owner’s alone, whatever the umask and the data folder allow', async () => {
    const umask = process.umask(0);
    try {
      const { path } = await listen();
      expect([mode(path), mode(dirname(path))]).toEqual([0o600, 0o700]);
    } finally {
      process.umask(umask);
    }
  });

  it('closes a folder that was open to others', async () => {
    mkdirSync(join(dataDir, 'run'));
    chmodSync(join(dataDir, 'run'), 0o777);
    const { path } = await listen();
    expect(mode(dirname(path))).toBe(0o700);
  });

  it('is not what a request over TCP can pretend to come from', async () => {
    app = build('one', { trustProxy: ['127.0.0.1'] });
    await listen();
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const headers = {
      host: 'localhost',
      'x-forwarded-for': 'unix:',
      'x-forwarded-host': 'localhost',
      forwarded: 'for=unix',
    };
    expect(await (await fetch(`${url}/who`, { headers })).json()).toMatchObject({ local: false });
    expect((await app.inject({ url: '/who', headers })).json()).toMatchObject({ local: false });
    // Nor does one over the socket have an address that a header gives it.
    const { local, ip } = await who();
    expect([local, ip]).toEqual([true, undefined]);
  });

  it('does not trust another server on a socket', async () => {
    const path = join(base, 'other.sock');
    await app.ready();
    const http = await import('node:http');
    const other = http.createServer((raw, answer) => app.routing(raw, answer)).listen(path);
    await once(other, 'listening');
    running.push(other);
    const { body } = await localFetch(path, { method: 'GET', path: '/who' });
    expect(JSON.parse(body)).toMatchObject({ local: false });
  });

  it('takes the place of one that a killed server left', async () => {
    const path = localSocketPath(dataDir);
    await leaveBehind(path);
    expect(existsSync(path)).toBe(true);
    await expect(who()).rejects.toMatchObject({ code: 'server_not_running' });
    expect((await listen()).path).toBe(path);
    expect(await who()).toMatchObject({ local: true });
  });

  it('takes the place of nothing but a socket', async () => {
    const path = localSocketPath(dataDir);
    mkdirSync(dirname(path));
    writeFileSync(path, 'mine');
    const listener = await listen();
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect([listener.path === path, await who()]).toMatchObject([false, { local: true }]);
  });

  it('belongs to one data folder', async () => {
    const second = join(base, 'second');
    mkdirSync(second);
    await listen();
    await listen(build('two'), second);
    expect([(await who()).name, (await who(second)).name]).toEqual(['one', 'two']);
  });

  it('is found where the path of the data folder is too long for it', async () => {
    const long = [1, 2].map((i) => join(base, `${'long'.repeat(25)}${i}`));
    const listeners: Listener[] = [];
    for (const [i, folder] of long.entries()) {
      mkdirSync(folder);
      await expect(who(folder)).rejects.toMatchObject({ code: 'server_not_running' });
      const listener = await listen(build(`long ${i}`), folder);
      listeners.push(listener);
      expect(Buffer.byteLength(listener.path)).toBeLessThan(104);
      expect([mode(listener.path), mode(dirname(listener.path))]).toEqual([0o600, 0o700]);
      expect(readFileSync(join(folder, 'socket'), 'utf8')).toBe(`${listener.path}\n`);
      expect(mode(join(folder, 'socket')) & 0o077).toBe(0);
    }
    expect([(await who(long[0])).name, (await who(long[1])).name]).toEqual(['long 0', 'long 1']);
    for (const { path, close } of listeners) {
      await close();
      expect(existsSync(dirname(path!))).toBe(false);
    }
    expect(existsSync(join(long[0]!, 'socket'))).toBe(false);
    await listen(build('next'), long[0]);
    await listeners[0]!.close();
    expect(existsSync(join(long[0]!, 'socket'))).toBe(true);
    vi.stubEnv('TMPDIR', base);
    expect((await who(long[0])).name).toBe('next');
    vi.unstubAllEnvs();
  });

  it.skipIf(process.getuid?.() !== 0)('is not looked for in the folder of another user', async () => {
    const { path } = await listen();
    chownSync(dataDir, 1234, 1234);
    expect(localSocketPath(dataDir)).toBe(path);
    chownSync(dirname(path), 1234, 1234);
    expect(localSocketPath(dataDir)).toBe(path);
    chownSync(dirname(path), 4321, 4321);
    expect(() => localSocketPath(dataDir)).toThrow(
      expect.objectContaining({ code: 'local_socket_unusable' }),
    );
  });

  it('lets what is under way end, and leaves no socket', async () => {
    let release = () => {};
    const arrived = new Promise<void>((resolve) => {
      app.get('/slow', async () => {
        resolve();
        await new Promise<void>((go) => {
          release = go;
        });
        return 'done';
      });
    });
    const { path, close } = await listen();
    const slow = localFetch(path, { method: 'GET', path: '/slow' });
    await arrived;
    const closed = close();
    await expect(who()).rejects.toMatchObject({ code: 'server_not_running' });
    // Long enough for connections to be closed, if they were.
    await new Promise((resolve) => setTimeout(resolve, 50));
    release();
    expect((await slow).body).toBe('done');
    await closed;
    await close();
    expect(existsSync(path)).toBe(false);
  });

  it('ends after 5 s also what does not end', async () => {
    app.get('/never', () => new Promise(() => undefined));
    const { path, close } = await listen();
    const never = localFetch(path, { method: 'GET', path: '/never' });
    await who();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    try {
      const closed = close();
      vi.advanceTimersByTime(5000);
      await closed;
    } finally {
      vi.useRealTimers();
    }
    await expect(never).rejects.toMatchObject({ code: 'local_socket_unusable' });
  });

  it('tells a command whose server breaks off what became of it', async () => {
    const path = join(base, 'broken.sock');
    const broken = createServer((socket: Socket) => void socket.once('data', () => socket.destroy())).listen(
      path,
    );
    running.push(broken);
    await once(broken, 'listening');
    await expect(localFetch(path, { method: 'GET', path: '/' })).rejects.toMatchObject({
      code: 'local_socket_unusable',
    });
  });
});

/** As a process that was killed does: a bound socket that nobody removes. */
async function leaveBehind(path: string): Promise<void> {
  const { execFileSync } = await import('node:child_process');
  mkdirSync(dirname(path), { mode: 0o700 });
  const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  expect(() => execFileSync(process.execPath, ['-e', script, path], { stdio: 'ignore' })).toThrow();
}
