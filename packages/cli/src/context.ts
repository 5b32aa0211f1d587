import type { Readable, Writable } from 'node:stream';
import { ask } from './prompt.ts';
import { stopSignal } from './signals.ts';

/** The part of the service that commands use. Loaded when a command needs it, so that help stays quick. */
export type ServerModule = Pick<
  typeof import('@memhold/server'),
  | 'ConfigError'
  | 'bundleAudit'
  | 'exportAudit'
  | 'initialise'
  | 'loadConfig'
  | 'openFolderAccess'
  | 'openOperatorAccess'
  | 'startServer'
  | 'verifyExport'
  | 'verifyProof'
>;

/** What a command may touch of its surroundings; tests give their own. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard output takes colours. */
  readonly colours: boolean;
  /** What another program sends, for `memhold mcp`. */
  readonly stdin: Readable;
  /** Where `--out -` writes. */
  readonly stdout: Writable;
  /** Writes lines to standard output. */
  out(text: string): void;
  /** Writes lines to standard error. */
  err(text: string): void;
  /** Shows how far something is, in place of what it showed before; undefined where nobody watches. */
  readonly progress?: ((text: string) => void) | undefined;
  /** Asks the person at the terminal; undefined where there is none. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  server(): Promise<ServerModule>;
  /** Resolves when the process is asked to stop; from then on a second request ends it at once. */
  stopRequested(): Promise<void>;
  /** The code that the process will end with; 0 unless a command says otherwise. */
  exitCode: number;
}

export function processContext(): Context {
  for (const stream of [process.stdout, process.stderr]) {
    // `memhold … | head` closes the pipe early: no reason to fail, nor to stop serving.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  return {
    env: process.env,
    colours: process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
    // Opened when it is first read: a terminal that is merely asked for would keep the process alive.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    // To the start of the line, and what stood there is cleared (ECMA-48).
    progress:
      process.stderr.isTTY === true ? (text) => void process.stderr.write(`\r\u001b[2K${text}`) : undefined,
    ask:
      process.stdin.isTTY === true && process.stderr.isTTY === true ? (question) => ask(question) : undefined,
    server: () => import('@memhold/server'),
    stopRequested: () => stopSignal(process, (code) => process.exit(code)),
    exitCode: 0,
  };
}
