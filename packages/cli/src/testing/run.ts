import { PassThrough } from 'node:stream';
import type { Context, ServerModule } from '../context.ts';
import { main } from '../main.ts';

export class ConfigError extends Error {
  readonly code = 'invalid_configuration';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

export const made = {
  dataDir: '/data/memhold',
  keyFile: '/data/memhold.key',
  adminPasswordFile: '/data/admin-password',
  apiKeyFile: '/data/api-key',
  apiKey: 'mh_live_abc',
  created: true,
};

export const verified = {
  ok: true,
  size: 1234,
  problems: [] as { index?: number; code: string; message: string }[],
  proven: ['every event is in the tree'],
  notProven: ['who signed it: give --key'],
  root: 'cm9vdA==',
  // memhold:allow generic-assignment -- a verifier key is public, and this one is none
  key: 'memhold+1234+abc',
};

export interface Fakes {
  server?: Record<string, unknown>;
  env?: Record<string, string>;
  stop?: Promise<void>;
  colours?: boolean;
  ask?: (question: string) => Promise<string>;
}

/** Runs one command line on a fake service. Settings come back as `config.env`. */
export async function run(
  argv: string[],
  { server, env = {}, stop = Promise.resolve(), colours = false, ask }: Fakes = {},
) {
  const out: string[] = [];
  const err: string[] = [];
  const calls: unknown[][] = [];
  const record =
    (name: string, result: unknown) =>
    async (...args: unknown[]) => {
      calls.push([name, ...args]);
      return result;
    };
  const stdout = new PassThrough();
  const context: Context = {
    env,
    colours,
    stdin: new PassThrough(),
    stdout,
    ask,
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    stopRequested: () => stop,
    exitCode: 0,
    server: async () =>
      ({
        ConfigError,
        loadConfig: (options: { env: unknown }) => {
          calls.push(['loadConfig', options.env]);
          return { host: '127.0.0.1', port: 8002, tlsCert: undefined };
        },
        initialise: record('initialise', made),
        exportAudit: record('exportAudit', { size: 3, key: 'PUB' }),
        bundleAudit: record('bundleAudit', { size: 3, key: 'PUB', files: ['audit.jsonl'], invalid: 0 }),
        openFolderAccess: async () => Promise.reject(new Error('no folder here')),
        openOperatorAccess: operatorOf({ 'POST /audit/exports': { status: 201 } }).openOperatorAccess,
        verifyExport: record('verifyExport', verified),
        startServer: record('startServer', {
          url: 'http://127.0.0.1:4321',
          notices: ['The admin password is in /data/admin-password'],
          died: new Promise(() => undefined),
          close: record('close', undefined),
        }),
        ...server,
      }) as unknown as ServerModule,
  };
  const code = await main(argv, context);
  return { code, out: out.join('\n'), err: err.join('\n'), calls, stdout };
}

/** Answers of a service by method and path; a function gets the body. What is not there is a 404. */
export type Answers = Record<string, object | ((body: unknown) => object)>;

/** The part of the service that opens a data folder, on a fake with these answers; `asked` is what it was asked. */
export function operatorOf(answers: Answers) {
  const asked: unknown[][] = [];
  let open = 0;
  return {
    asked,
    /** Doors that nobody closed. */
    left: () => open,
    openOperatorAccess: async () => {
      open++;
      return {
        via: 'folder',
        async call(method: string, path: string, body?: unknown) {
          asked.push(body === undefined ? [method, path] : [method, path, body]);
          const answer =
            answers[`${method} ${path}`] ?? problem(404, 'not_found', 'There is no such thing here.');
          const { status = 200, ...rest } = (typeof answer === 'function' ? answer(body) : answer) as {
            status?: number;
          };
          return { status, body: rest };
        },
        close: async () => void open--,
      };
    },
  };
}

export const problem = (status: number, code: string, detail: string) => ({ status, code, detail });
