// Starts the real server as its own process, the way a person does, for the black-box tests.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, inject } from 'vitest';
import { type Api, apiOf } from './api.ts';

export const ROOT = resolve(import.meta.dirname, '..');
const BUNDLE = inject('memhold');
export const BIN = join(BUNDLE, 'bin/memhold.js');
/** Code that was compiled once is not compiled again by the next process. */
export const COMPILE_CACHE = join(BUNDLE, 'compiled');
const READY = /^memhold listening on (http\S+)$/m;
const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 15_000;

const pinned = join(ROOT, 'node_modules/node/bin/node');
export const node = existsSync(pinned) ? pinned : process.execPath;

const folders: string[] = [];
const children = new Set<ChildProcess>();

afterAll(async () => {
  await Promise.all([...children].map((child) => ended(child, () => child.kill('SIGKILL'))));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder of this test file's own; gone when the file is done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'memhold-test-'));
  folders.push(folder);
  return folder;
}

/** Nothing of the developer's shell but where programs are: no MEMHOLD_* of theirs may decide a test. */
function environment(cwd: string, settings: Record<string, string>): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: cwd,
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    ...settings,
  };
}

interface Started {
  child: ChildProcess;
  output(): string;
  errors(): string;
}

function start(cwd: string, args: string[], settings: Record<string, string>): Started {
  const child = spawn(node, [BIN, ...args], { cwd, env: environment(cwd, settings), stdio: 'pipe' });
  children.add(child);
  child.once('exit', () => children.delete(child));
  let output = '';
  let errors = '';
  child.stdout!.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  child.stderr!.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  return { child, output: () => output, errors: () => errors };
}

/** Resolves with the exit code (or the signal's name) once the process and its output have ended. */
function ended(child: ChildProcess, ask: () => void): Promise<number | string> {
  if (child.exitCode !== null || child.signalCode !== null)
    return Promise.resolve(child.exitCode ?? child.signalCode!);
  return new Promise((done) => {
    child.once('close', (code, signal) => done(code ?? signal!));
    ask();
  });
}

export interface Ended {
  code: number | string;
  output: string;
  errors: string;
  milliseconds: number;
}

/** Runs one command of `memhold` to its end; one that does not end is killed, and its code is `SIGKILL`. */
export async function memhold(
  args: string[],
  settings: Record<string, string> = {},
  deadline = START_DEADLINE_MS,
): Promise<Ended> {
  const began = performance.now();
  const started = start(temporaryFolder(), args, settings);
  const timer = setTimeout(() => started.child.kill('SIGKILL'), deadline);
  const code = await ended(started.child, () => undefined);
  clearTimeout(timer);
  const milliseconds = performance.now() - began;
  return { code, output: started.output(), errors: started.errors(), milliseconds };
}

/** A server that ended in place of being ready. */
export class StartFailure extends Error {
  readonly ended: Ended;

  constructor(ended: Ended) {
    super(`the server ended with ${ended.code}:\n${ended.output}${ended.errors}`);
    this.ended = ended;
  }
}

export interface Server {
  url: string;
  dataDir: string;
  /** Milliseconds from the start of the process to the line that says it is ready. */
  startedIn: number;
  apiKey: string;
  adminPassword: string;
  /** Calls with the ready API key. */
  api: Api;
  /** Everything that it has printed so far. */
  output(): string;
  /** Resolves with the exit code, or the signal's name, once the process is gone. */
  kill(signal: NodeJS.Signals): Promise<number | string>;
  /** As Ctrl-C does; throws when it does not end well. */
  stop(): Promise<void>;
  /** A new process on the same data folder; the old one must be gone. */
  restart(settings?: Record<string, string>): Promise<Server>;
}

/** `MEMHOLD_*` settings of a server on `dataDir`, for commands beside it as well. */
export function settingsFor(dataDir: string, more: Record<string, string> = {}): Record<string, string> {
  return { MEMHOLD_DATA_DIR: dataDir, MEMHOLD_LOG_LEVEL: 'warn', ...more };
}

const secret = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').trim() : '');

/**
 * Runs `memhold serve` on a free port until its line says that it listens.
 * @throws StartFailure when it ends before
 */
export async function startServer(
  options: { dataDir?: string; settings?: Record<string, string> } = {},
): Promise<Server> {
  const { dataDir = join(temporaryFolder(), 'data'), settings = {} } = options;
  const began = performance.now();
  const serving = { MEMHOLD_PORT: '0', MEMHOLD_RATE_LIMITS: 'off', ...settings };
  const { child, output, errors } = start(temporaryFolder(), ['serve'], settingsFor(dataDir, serving));
  const printed = () => output() + errors();
  const url = await new Promise<string>((ready, fail) => {
    const timer = setTimeout(() => fail(new Error(`not ready in time:\n${printed()}`)), START_DEADLINE_MS);
    child.stdout!.on('data', () => {
      const found = READY.exec(output());
      if (found) ready(found[1]!);
      if (found) clearTimeout(timer);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const milliseconds = performance.now() - began;
      fail(new StartFailure({ code: code ?? signal!, output: output(), errors: errors(), milliseconds }));
    });
  });
  const apiKey = secret(`${dataDir}.api-key`);
  return {
    url,
    dataDir,
    startedIn: performance.now() - began,
    apiKey,
    adminPassword: secret(`${dataDir}.admin-password`),
    api: apiOf(url, { 'x-api-key': apiKey }),
    output: printed,
    kill: (signal) => ended(child, () => child.kill(signal)),
    async stop() {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
      const code = await ended(child, () => child.kill('SIGTERM'));
      clearTimeout(timer);
      if (code !== 0) throw new Error(`the server stopped with ${code}:\n${printed()}`);
    },
    restart: (other = settings) => startServer({ dataDir, settings: other }),
  };
}
