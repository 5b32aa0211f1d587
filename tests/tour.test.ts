import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT, type Server, startServer, temporaryFolder } from './server-process.ts';

const README = join(ROOT, 'README.md');
const MARKED = /<!-- tour:start -->(.*?)<!-- tour:end -->/gs;
/** A command, and the JSON that is printed below it as its answer, where there is one. */
const BLOCK = /^```bash\n(.*?)^```(?:\s*^```json\n(.*?)^```)?/gms;
const END_OF_BLOCK = '\u001e';

let home: string;
let port: string;
/** A server where `npm start` puts it, so that paths work as they are printed. */
async function freshServer(): Promise<void> {
  home = temporaryFolder();
  const server: Server = await startServer({ dataDir: join(home, '.memhold/data') });
  ({ port } = new URL(server.url));
}

interface Ran {
  code: number | null;
  output: string;
  errors: string;
}

/** One bash, as a reader's terminal at the top of a checkout; it ends at the first command that fails. */
function bash(script: string): Promise<Ran> {
  const env = { HOME: home, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}` };
  const shell = spawn('bash', ['-euo', 'pipefail', '-s'], { cwd: ROOT, env });
  let output = '';
  let errors = '';
  shell.stdout.on('data', (chunk) => {
    output += chunk;
  });
  shell.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  shell.stdin.end(script);
  return new Promise((done) => shell.on('close', (code) => done({ code, output, errors })));
}

describe('the curl examples of the Memoric seed, as they stand but for the port', () => {
  beforeAll(freshServer);
  const run = async (command: string) => {
    const { code, output, errors } = await bash(command.replaceAll('localhost:8000', `localhost:${port}`));
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

/** What a page shows of an answer: `…` stands for anything, a part for the whole, a sample for times and counts. */
function asShown(shown: unknown, path = ''): unknown {
  if (typeof shown === 'string') {
    if (!shown.includes('…')) return shown;
    const parts = shown.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return expect.stringMatching(new RegExp(`^${parts.join('.*')}$`, 's'));
  }
  if (typeof shown === 'number') return /(uptime|pid|_ms)/.test(path) ? expect.any(Number) : shown;
  if (Array.isArray(shown)) return shown.map((item) => asShown(item, path));
  if (typeof shown !== 'object' || shown === null) return shown;
  const entries = Object.entries(shown).map(([key, value]) => [key, asShown(value, key)]);
  return expect.objectContaining(Object.fromEntries(entries));
}

describe('the tour of the README', () => {
  const there = existsSync(README);
  if (!there) console.warn('skipped: there is no README.md yet, so its tour was not run');
  beforeAll(freshServer);

  test.skipIf(!there)('works as printed, in one shell, beside a server that runs', async () => {
    const text = readFileSync(README, 'utf8');
    const tours = [...text.matchAll(MARKED)].map(([, tour]) => tour!);
    const blocks = tours.flatMap((tour) =>
      [...tour.matchAll(BLOCK)].map(([, code, shown]) => ({ code: code!, shown })),
    );
    expect(blocks.length, 'bash blocks between the markers').toBeGreaterThan(0);
    // A reader has started it in another terminal; starting a second one here would only wait for ever.
    const script = blocks.map(({ code }) => `${code}printf '%s' '${END_OF_BLOCK}'\n`).join('');
    expect(script).toMatch(/curl .*8002/);
    const ran = await bash(script.replaceAll('8002', port).replace(/^npm start\b.*$/gm, ':'));
    expect([ran.code, ran.code === 0 ? '' : ran.output + ran.errors]).toEqual([0, '']);

    const outputs = ran.output.split(END_OF_BLOCK);
    let compared = 0;
    for (const [i, { code, shown }] of blocks.entries()) {
      // curl answers 0 for an HTTP error too: one that is not shown below its command is none that was meant.
      if (shown === undefined)
        expect([code, outputs[i]]).toEqual([code, expect.not.stringMatching(/urn:memhold:error/)]);
      else {
        compared++;
        expect([code, JSON.parse(outputs[i]!)]).toEqual([code, asShown(JSON.parse(shown))]);
      }
    }
    console.log(`${blocks.length} blocks of the README ran, ${compared} answers are as printed`);
    expect(compared).toBeGreaterThan(0);
  });
});
