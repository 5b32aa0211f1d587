import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Config, loadConfig } from './config.ts';
import { initialise, startServer } from './main.ts';
import { type OperatorAccess, openOperatorAccess } from './operator-access.ts';

let base: string;
let config: Config;
const opened: OperatorAccess[] = [];

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'memhold-operator-'));
  const env = { MEMHOLD_DATA_DIR: join(base, 'data'), MEMHOLD_PORT: '0', MEMHOLD_LOG_LEVEL: 'silent' };
  config = loadConfig({ env, cwd: base });
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  rmSync(base, { recursive: true });
});

async function open(): Promise<OperatorAccess> {
  const access = await openOperatorAccess(config);
  opened.push(access);
  return access;
}

const carol = { username: 'carol', email: 'carol@example.org' };

describe('an operator', () => {
  it('is told of a folder that nobody set up, which stays as it is', async () => {
    await expect(open()).rejects.toMatchObject({ code: 'folder_missing', message: /memhold init/ });
    expect(existsSync(config.dataDir)).toBe(false);
  });

  it.skipIf(process.platform === 'win32')(
    'has the same routes and the same answers with a server and without one',
    async () => {
      await initialise(config);
      const answers = async ({ call }: OperatorAccess) => [
        (await call('GET', '/users')).body.total,
        (await call('POST', '/users', { username: '!' })).body.code,
        await call('GET', '/users/nobody').then(({ status, body }) => [status, body.code]),
        (await call('GET', '/namespaces')).status,
      ];
      const folder = await open();
      const alone = await answers(folder);
      expect([folder.via, alone]).toEqual(['folder', [1, 'invalid_input', [404, 'not_found'], 200]]);
      await folder.close();
      opened.length = 0;

      const server = await startServer(config);
      const socket = await open();
      expect([socket.via, await answers(socket)]).toEqual(['socket', alone]);
      await server.close();
      expect((await open()).via).toBe('folder');
    },
  );

  it('hands no mail over in a server’s place, which knows where mails go', async () => {
    await initialise(config);
    const { call } = await open();
    expect((await call('POST', '/invitations', { email: 'ines@example.org' })).status).toBe(201);
    // Its password is hashed: longer than a mail takes to become a file.
    expect((await call('POST', '/users', carol)).status).toBe(201);
    expect(existsSync(join(base, 'data.outbox'))).toBe(false);
  });

  it('waits while another holds the folder, and then has it', async () => {
    await initialise(config);
    const first = await open();
    setTimeout(() => first.close(), 300);
    opened.length = 0;
    expect((await (await open()).call('POST', '/users', carol)).status).toBe(201);
  });
});
