import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { keyOf, startWithAdmin } from '../attacks/cast.ts';
import { ROOT, temporaryFolder } from '../server-process.ts';

// mem0's Python client as PyPI has it, in an environment of its own that is made once.
const VERSION = '2.2.1';
const PLACE = join(ROOT, 'node_modules/.cache/python-mem0');
const ENVIRONMENT = join(PLACE, VERSION);
const PYTHON = join(ENVIRONMENT, 'bin/python');
/** Written last: an installation that was broken off is made again. */
const COMPLETE = join(ENVIRONMENT, 'complete');
const VENV_DEADLINE_MS = 20_000;
const PIP_DEADLINE_MS = 60_000;
const TOUR_DEADLINE_MS = 60_000;

const run = promisify(execFile);

/** Undefined once the client is installed, else why it cannot be. */
async function lacking(): Promise<string | undefined> {
  if (existsSync(COMPLETE)) return undefined;
  if (process.platform === 'win32') return 'the tour of the Python client runs on Linux and macOS';
  rmSync(ENVIRONMENT, { recursive: true, force: true });
  mkdirSync(PLACE, { recursive: true });
  try {
    await run('python3', ['-m', 'venv', ENVIRONMENT], { timeout: VENV_DEADLINE_MS });
  } catch {
    return 'python3 with venv is not here';
  }
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-input',
    '--retries',
    '1',
    // What is imported is compiled then; the rest, and that is most of it, is not.
    '--no-compile',
    '--only-binary',
    ':all:',
  ];
  try {
    await run(PYTHON, [...pip, `mem0ai==${VERSION}`], { timeout: PIP_DEADLINE_MS });
  } catch {
    return `mem0ai ${VERSION} could not be installed: PyPI is not reached, or not in ${PIP_DEADLINE_MS / 1000} s`;
  }
  writeFileSync(COMPLETE, '');
  return undefined;
}

const reason = await lacking();
if (reason !== undefined) console.info(`the tour of mem0's Python client is skipped: ${reason}`);

test('the unmodified Python client gets what it expects from every method that it has', async ({ skip }) => {
  if (reason !== undefined) skip(reason);
  const { server, admin } = await startWithAdmin();
  const permissions = [
    'memories:read',
    'memories:write',
    'memories:delete',
    'projects:write',
    'webhooks:manage',
  ];
  const { key } = await keyOf(server, admin.api, { permissions });
  const home = temporaryFolder();
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    MEM0_DIR: join(home, 'mem0'),
    MEM0_TELEMETRY: 'False',
    MEM0_HOST: server.url,
    MEM0_API_KEY: key,
  };
  const tour = join(import.meta.dirname, 'mem0_tour.py');
  const { stdout } = await run(PYTHON, [tour], { env, cwd: home, timeout: TOUR_DEADLINE_MS });
  const told = JSON.parse(stdout.trim().split('\n').at(-1)!);
  expect(told).toMatchObject({ version: VERSION, missed: [] });
  expect(told.called.length).toBeGreaterThan(35);
});
