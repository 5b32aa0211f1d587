// An MCP host as the tests need it: starts `memhold mcp` with the official clients, and sees what goes over its pipes.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll } from 'vitest';
import { BIN, COMPILE_CACHE, node, settingsFor, temporaryFolder } from './server-process.ts';

interface Host {
  args: string[];
  env: Record<string, string>;
}

/** `memhold mcp` on a data folder of this machine. */
export const localHost = (dataDir: string, ...args: string[]): Host => ({
  args: ['mcp', '--user', 'ann', ...args],
  env: settingsFor(dataDir),
});

/** `memhold mcp` to a server. */
export const remoteHost = (url: string, token: string): Host => ({
  args: ['mcp', '--user', 'ann', '--url', url],
  env: { MEMHOLD_TOKEN: token },
});

const environment = (settings: Record<string, string>) => ({
  PATH: process.env.PATH ?? '',
  HOME: temporaryFolder(),
  NODE_COMPILE_CACHE: COMPILE_CACHE,
  ...settings,
});

const closing: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(closing.splice(0).map((close) => close())));

const about = { name: 'memhold-tests', version: '1.0.0' };
const spawned = ({ args, env }: Host) => ({
  command: node,
  args: [BIN, ...args],
  env: environment(env),
  stderr: 'ignore' as const,
});

/** The current SDK's client; `auto` agrees on the newest revision that both know. */
export async function connectV2(
  host: Host,
  mode: 'auto' | 'legacy' = 'auto',
): Promise<{ client: ClientV2; pid: number }> {
  const client = new ClientV2(about, { versionNegotiation: { mode } });
  closing.push(() => client.close());
  const transport = new StdioV2(spawned(host));
  await client.connect(transport);
  return { client, pid: transport.pid! };
}

/** The client of the SDK before. */
export async function connectV1(host: Host): Promise<{ client: ClientV1; pid: number }> {
  const client = new ClientV1(about);
  closing.push(() => client.close());
  const transport = new StdioV1(spawned(host));
  await client.connect(transport);
  return { client, pid: transport.pid! };
}

/** A host without an SDK: writes lines, and keeps every line that came back. */
export class RawHost {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  errors = '';
  private rest = '';

  constructor({ args, env }: Host) {
    this.child = spawn(node, [BIN, ...args], { env: environment(env), stdio: 'pipe' });
    closing.push(async () => this.child.kill('SIGKILL'));
    this.child.stdout!.on('data', (chunk: Buffer) => {
      const parts = (this.rest + chunk).split('\n');
      this.rest = parts.pop()!;
      this.lines.push(...parts);
      this.child.emit('line');
    });
    // Nobody waits for the line of one that has ended.
    this.child.once('close', () => this.child.emit('line'));
    this.child.stderr!.on('data', (chunk: Buffer) => {
      this.errors += chunk;
    });
    this.child.stdin!.on('error', () => undefined);
  }

  send(message: object | string): void {
    this.child.stdin!.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
  }

  /** The first line that fits, once it is there. */
  async answer(fits: (message: Answer) => boolean): Promise<Answer> {
    for (;;) {
      const found = this.lines.map((line) => JSON.parse(line) as Answer).find(fits);
      if (found) return found;
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`memhold mcp ended without this answer:\n${this.errors}`);
      await once(this.child, 'line');
    }
  }

  /** The exit code, or the signal's name, once process and pipes have ended. */
  async ended(): Promise<number | string> {
    const { exitCode, signalCode } = this.child;
    if (exitCode !== null || signalCode !== null) return exitCode ?? signalCode!;
    const [code, signal] = await once(this.child, 'close');
    return code ?? signal;
  }
}

export interface Answer {
  jsonrpc: '2.0';
  id: number | string | null;
  // biome-ignore lint/suspicious/noExplicitAny: each method has its own shape
  result?: any;
  error?: { code: number; message: string; data?: { code?: string } };
}
