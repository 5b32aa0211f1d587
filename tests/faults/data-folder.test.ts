import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { apiOf, bearer } from '../api.ts';
import { memhold, type Server, settingsFor, startServer, temporaryFolder } from '../server-process.ts';
import { expectRefusal, Installation, serve } from './installation.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await Installation.make(3);
});
const copy = () => installation.copy();

describe('one folder, one server', () => {
  test('a second server on the same folder refuses at once and leaves the first alone', async () => {
    const first = await startServer();
    const second = await serve(settingsFor(first.dataDir));
    expectRefusal(second, /Another memhold server holds .*process \d+.*MEMHOLD_DATA_DIR/);
    expect(second.milliseconds).toBeLessThan(5000);
    expect((await first.api('POST', '/memories', { content: 'still here', user_id: 'u' })).status).toBe(201);
    await first.stop();
  });

  test('the folder is free again after kill -9', async () => {
    const first = await startServer();
    await first.kill('SIGKILL');
    const second = await first.restart();
    expect((await second.api('GET', '/memories?user_id=u')).status).toBe(200);
    await second.stop();
  });

  test('init beside a running server refuses, or tells what is there', async () => {
    const server = await startServer();
    const init = await memhold(['init'], settingsFor(server.dataDir));
    expect(init.code).toBe(0);
    expect(init.output).toMatch(/nothing was changed/);
    await server.stop();
  });
});

describe('keys', () => {
  test('another key file opens nothing', async () => {
    const other = await startServer();
    await other.stop();
    const { dataDir, settings } = copy();
    copyFileSync(`${other.dataDir}.key`, `${dataDir}.key`);
    expectRefusal(await serve(settings), /key file .*does not open this data folder.*MEMHOLD_KEY_FILE/);
  });

  test('a missing key file is named, and none is made in its place', async () => {
    const { dataDir, settings } = copy();
    rmSync(`${dataDir}.key`);
    expectRefusal(await serve(settings), /key file .*data\.key is not there.*MEMHOLD_KEY_FILE/);
    expect(() => statSync(`${dataDir}.key`)).toThrow(/ENOENT/);
  });

  test('a key file that others may read is refused', async () => {
    const { dataDir, settings } = copy();
    const secret = readFileSync(`${dataDir}.key`);
    rmSync(`${dataDir}.key`);
    writeFileSync(`${dataDir}.key`, secret, { mode: 0o644 });
    expectRefusal(await serve(settings), /open to others.*chmod 600/);
  });

  test('a file that is no key file is refused', async () => {
    const { dataDir, settings } = copy();
    rmSync(`${dataDir}.key`);
    writeFileSync(`${dataDir}.key`, 'hunter2\n', { mode: 0o600 });
    expectRefusal(await serve(settings), /is not a Memhold key file/);
  });

  test('secrets lie beside the folder, for their owner only', () => {
    const { original } = installation;
    for (const kind of ['key', 'api-key', 'admin-password'])
      expect(statSync(`${original.dataDir}.${kind}`).mode & 0o777).toBe(0o600);
    expect(statSync(original.dataDir).mode & 0o777).toBe(0o700);
  });
});

describe('a passphrase in place of a key file', () => {
  const passphrase = 'correct horse battery staple';

  test('starts, stops and starts again; a wrong one, or none, is refused', async () => {
    const settings = { MEMHOLD_PASSPHRASE: passphrase };
    const first = await startServer({ settings });
    const made = await first.api('POST', '/memories', { content: 'behind a passphrase', user_id: 'u' });
    await first.stop();
    const second = await first.restart();
    expect((await second.api('GET', `/memories/${made.body.id}`)).body.content).toBe('behind a passphrase');
    await second.stop();
    expect(() => statSync(`${first.dataDir}.key`)).toThrow(/ENOENT/);

    const wrong = { MEMHOLD_PASSPHRASE: 'incorrect horse battery' };
    expectRefusal(await serve(settingsFor(first.dataDir, wrong)), /passphrase does not open/i);
    expectRefusal(await serve(settingsFor(first.dataDir)), /made with a passphrase: set MEMHOLD_PASSPHRASE/);
    const files = settingsFor(copy().dataDir, settings);
    expectRefusal(await serve(files), /made with a key file: unset MEMHOLD_PASSPHRASE/);
  });
});

describe('a start that cannot go on', () => {
  test('a port in use', async () => {
    const other = createServer();
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    const { port } = other.address() as { port: number };
    const settings = settingsFor(join(temporaryFolder(), 'data'));
    const ended = await memhold(['serve', '--port', String(port)], settings);
    other.close();
    expectRefusal(ended, new RegExp(`Port ${port} .*in use.*MEMHOLD_PORT`));
  });

  test('a folder below a file', async () => {
    // Also holds for root, whom no permission stops.
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expectRefusal(await serve(settingsFor(join(file, 'data'))), /cannot be written.*MEMHOLD_DATA_DIR/);
  });

  test('a data folder that is a file', async () => {
    const file = join(temporaryFolder(), 'data');
    writeFileSync(file, '');
    expectRefusal(await serve(settingsFor(file)), /cannot be (written|locked).*/);
  });

  test('a database that is a folder', async () => {
    const dataDir = join(temporaryFolder(), 'data');
    mkdirSync(join(dataDir, 'memhold.db'), { recursive: true });
    expectRefusal(await serve(settingsFor(dataDir)), /memhold\.db/);
  });

  test('an unknown setting is named with its neighbour', async () => {
    const settings = settingsFor(join(temporaryFolder(), 'data'), { MEMHOLD_DATADIR: '/x' });
    expectRefusal(await serve(settings), /MEMHOLD_DATADIR is not a setting: did you mean MEMHOLD_DATA_DIR\?/);
  });

  test('settings that cannot be are told before anything is made', async () => {
    const dataDir = join(temporaryFolder(), 'data');
    const ended = await serve(settingsFor(dataDir, { MEMHOLD_HOST: '0.0.0.0' }));
    expectRefusal(ended, /MEMHOLD_HOST.*MEMHOLD_TLS_CERT/);
    expect(() => statSync(dataDir)).toThrow(/ENOENT/);
  });
});

describe('starting over', () => {
  test('a folder that was thrown away starts anew with credentials that work', async () => {
    const { dataDir } = copy();
    rmSync(dataDir, { recursive: true });
    let server: Server;
    try {
      server = await startServer({ dataDir });
    } catch {
      // Refusing is right too, if it says what to remove and has made nothing that would start later without a login.
      const again = await serve(settingsFor(dataDir));
      expectRefusal(again, /data\.(admin-password|api-key|key)/);
      return;
    }
    expect((await server.api('GET', '/memories?user_id=keeper')).body).toMatchObject({
      memories: [],
      total: 0,
    });
    const open = apiOf(server.url);
    const login = await open('POST', '/auth/login', { username: 'admin', password: server.adminPassword });
    expect(login.status).toBe(200);
    expect((await open('GET', '/auth/me', undefined, bearer(login.body.access_token))).status).toBe(200);
    await server.stop();
  });
});
