import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bash, blocksOf, expectAsPrinted, Terminal } from './printed-commands.ts';
import { ROOT, type Server, startServer, temporaryFolder } from './server-process.ts';

const README = join(ROOT, 'README.md');
const MARKED = /<!-- tour:start -->(.*?)<!-- tour:end -->/gs;

let home: string;
let port: string;
/** A server where `npm start` puts it, so that paths work as they are printed. */
async function freshServer(): Promise<void> {
  home = temporaryFolder();
  const server: Server = await startServer({ dataDir: join(home, '.memhold/data') });
  ({ port } = new URL(server.url));
}

describe('the curl examples of the Memoric seed, as they stand but for the port', () => {
  beforeAll(freshServer);
  const run = async (command: string) => {
    const { code, output, errors } = await bash(
      home,
      command.replaceAll('localhost:8000', `localhost:${port}`),
    );
    expect([code, errors.replace(/^ *%.*\n|^.*--:--.*$/gm, '')]).toEqual([
      0,
      expect.not.stringMatching(/curl:/),
    ]);
    return JSON.parse(output);
  };
  let token: string;

  test('register', async () => {
    const answer = await run(`
curl -X POST http://localhost:8000/auth/register \\
  -H "Content-Type: application/json" \\
  -d '{"username":"alice","email":"alice@example.com","password":"SecurePass123"}'`);
    expect(answer.user).toMatchObject({
      username: 'alice',
      email: 'alice@example.com',
      roles: ['user'],
      is_active: true,
    });
    expect(JSON.stringify(answer)).not.toMatch(/SecurePass123|argon2|hash/);
  });

  test('login', async () => {
    const answer = await run(`
curl -X POST http://localhost:8000/auth/login \\
  -H "Content-Type: application/json" \\
  -d '{"username":"alice","password":"SecurePass123"}'`);
    expect(answer).toMatchObject({ token_type: 'bearer', expires_in: 900, user: { username: 'alice' } });
    token = answer.access_token;
    expect(token).toMatch(/^eyJ/);
  });

  test('use the token for API requests', async () => {
    const answer = await run(
      `
curl -X POST http://localhost:8000/memories \\
  -H "Authorization: Bearer <token>" \\
  -H "Content-Type: application/json" \\
  -d '{"content":"Meeting notes"}'`.replace('<token>', token),
    );
    expect(answer).toMatchObject({ id: expect.any(String), message: expect.any(String) });
    const list = await run(`curl http://localhost:8000/memories -H "Authorization: Bearer ${token}"`);
    expect(list).toMatchObject({ memories: [{ id: answer.id, content: 'Meeting notes' }], total: 1 });
  });

  test('health probes', async () => {
    expect(await run('curl http://localhost:8000/health')).toMatchObject({
      status: 'healthy',
      message: expect.any(String),
      details: { uptime_seconds: expect.any(Number), pid: expect.any(Number) },
      timestamp: expect.any(String),
    });
    expect(await run('curl http://localhost:8000/ready')).toMatchObject({
      status: 'healthy',
      details: {
        database: 'healthy',
        resources: 'healthy',
        authentication: 'healthy',
        audit_logging: 'healthy',
      },
    });
    expect(await run('curl http://localhost:8000/health/detailed')).toMatchObject({
      status: 'healthy',
      details: { features: expect.any(Object) },
    });
    expect(await run('curl http://localhost:8000/')).toMatchObject({
      status: 'running',
      service: expect.any(String),
    });
  });
});

describe('the tour of the README', () => {
  const there = existsSync(README);
  if (!there) console.warn('skipped: there is no README.md yet, so its tour was not run');
  beforeAll(freshServer);

  test.skipIf(!there)('works as printed, in one shell, beside a server that runs', async () => {
    const text = readFileSync(README, 'utf8');
    const tours = [...text.matchAll(MARKED)].map(([, tour]) => tour!);
    const blocks = tours.flatMap(blocksOf);
    expect(blocks.length, 'bash blocks between the markers').toBeGreaterThan(0);
    expect(blocks.map(({ code }) => code).join('')).toMatch(/curl .*8002/);
    const terminal = new Terminal(home);
    let compared = 0;
    for (const block of blocks) {
      // Texts of the tour tell of the command line, whose tests are its own; they have counts that are not the same twice.
      const { code } = block;
      const shown = block.shown?.as === 'json' ? block.shown : undefined;
      // A reader has started it in another terminal; starting a second one here would only wait for ever.
      const ran = await terminal.run(code.replaceAll('8002', port).replace(/^npm start\b.*$/gm, ':'));
      if (expectAsPrinted({ code, shown }, ran)) compared++;
    }
    await terminal.close();
    console.log(`${blocks.length} blocks of the README ran, ${compared} answers are as printed`);
    expect(compared).toBeGreaterThan(0);
  });
});
