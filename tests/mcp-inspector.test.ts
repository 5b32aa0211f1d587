import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { answerOf, type ToolAnswer } from './mcp-clients.ts';
import { localHost } from './mcp-host.ts';
import { CHANGING, callEveryTool, READING } from './mcp-tools.ts';
import { BIN, node, ROOT, startServer, temporaryFolder } from './server-process.ts';

// The command line of the MCP inspector, in a place of its own: it is too heavy for a dependency (110 MB), so that the
// long tests fetch it, once.
const VERSION = '2.12.0';
const PLACE = join(ROOT, 'node_modules/.cache/mcp-inspector', VERSION);
const INSPECTOR = join(PLACE, 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js');
/** Written last: an installation that was broken off is made again. */
const COMPLETE = join(PLACE, 'complete');
const NPM_DEADLINE_MS = 120_000;
const TOUR_DEADLINE_MS = 300_000;

const run = promisify(execFile);

/** Undefined once the inspector is installed, else why it is not. */
async function lacking(): Promise<string | undefined> {
  if (process.env.MEMHOLD_TEST_LONG !== '1') return 'it takes half a minute: `npm run test:long` has it';
  if (existsSync(COMPLETE)) return undefined;
  rmSync(PLACE, { recursive: true, force: true });
  mkdirSync(PLACE, { recursive: true });
  writeFileSync(join(PLACE, 'package.json'), '{ "private": true }');
  const args = ['install', '--no-audit', '--no-fund', `@modelcontextprotocol/inspector@${VERSION}`];
  try {
    await run('npm', args, { cwd: PLACE, timeout: NPM_DEADLINE_MS, shell: process.platform === 'win32' });
  } catch {
    return `the package registry did not give it within ${NPM_DEADLINE_MS / 1000} s`;
  }
  writeFileSync(COMPLETE, '');
  return undefined;
}

const reason = await lacking();
if (reason !== undefined) console.info(`the tour of the MCP inspector is skipped: ${reason}`);

const home = temporaryFolder();
/** One run of the inspector: it connects, asks once, prints the answer as JSON and ends. */
async function inspect(target: string[], options: string[], method: string[]): Promise<object> {
  const args = [INSPECTOR, '--cli', ...options, ...method];
  const { stdout } = await run(node, [...args, ...target], {
    env: { PATH: process.env.PATH ?? '', HOME: home },
    timeout: 60_000,
  });
  return JSON.parse(stdout);
}

test(
  'the command line of the MCP inspector lists and calls every tool, over HTTP and over stdio',
  async ({ skip }) => {
    if (reason !== undefined) skip(reason);
    const server = await startServer();
    const overHttp = [`${server.url}/mcp`, '--transport', 'http', '--header', `x-api-key: ${server.apiKey}`];
    const { args, env } = localHost(server.dataDir);
    const settings = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    const doors: Record<string, (method: string[]) => Promise<object>> = {
      HTTP: (method) => inspect([], overHttp, method),
      stdio: (method) => inspect(['--', node, BIN, ...args], settings, method),
    };
    for (const [door, ask] of Object.entries(doors)) {
      const { tools } = (await ask(['--method', 'tools/list'])) as { tools: { name: string }[] };
      expect(tools.map(({ name }) => name).sort()).toEqual([...READING, ...CHANGING].sort());
      const use = async (name: string, given: Record<string, unknown>): Promise<ToolAnswer> => {
        const pairs = Object.entries(given).map(([key, value]) =>
          typeof value === 'string' ? `${key}=${value}` : `${key}=${JSON.stringify(value)}`,
        );
        const method = ['--method', 'tools/call', '--tool-name', name, '--tool-arg', ...pairs];
        return answerOf(await ask(method));
      };
      await callEveryTool(use, `inspected-over-${door}`);
    }
  },
  TOUR_DEADLINE_MS,
);
