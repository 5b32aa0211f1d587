import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { findProgram, trustedFolders } from '../tools/find-program.ts';
import { endGroup, GRACE_MS, unwatchGroup, watchGroup } from './process-group.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ProgramOrder {
  readonly folder: string;
  readonly env: Environment;
  /** Milliseconds until it is killed with everything that it started. */
  readonly timeout: number;
  readonly input?: string;
}

/** How a program ended: `failed` where it could not be started. */
export interface ProgramResult {
  readonly ended: 'exit' | 'timeout' | 'too-much' | 'failed';
  /** Of `exit`; a signal counts as 255. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** More than any report that is read here; what writes more is stopped. */
const mostBytes = 64_000_000;

/** The folders of PATH that hold nothing which `tree` brought. */
export const trustedPath = ({ PATH }: Environment, tree: string): string =>
  trustedFolders(PATH, [tree]).join(delimiter);

/** Where a program lies in these folders. @returns undefined where it is not installed */
export const installedProgram = (name: string, { PATH }: Environment, tree: string): string | undefined =>
  findProgram(name, trustedFolders(PATH, [tree]), [tree]);

const passedOn = [
  ...['HOME', 'USERPROFILE', 'LANG', 'TMPDIR', 'TEMP', 'SystemRoot'],
  ...['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'PIP_CERT', 'PIP_INDEX_URL'],
  ...['npm_config_registry', 'npm_config_cafile', 'npm_config_userconfig', 'npm_config_cache'],
];

/** What another program gets of the environment: where trusted things are, and no token that it does not need. */
export function plainEnvironment(env: Environment, tree: string, more: Environment = {}): Environment {
  const kept = Object.fromEntries(passedOn.map((name) => [name, env[name]]));
  return { ...kept, PATH: trustedPath(env, tree), LC_ALL: 'C', ...more };
}

/**
 * Runs a program to its end, without a shell, for what is said on standard error too: why a crontab or a registry
 * refuses. Tools that quote code there run by `tools/run-program.ts`. Never throws.
 */
export function runProgram(
  path: string,
  args: readonly string[],
  order: ProgramOrder,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    // A group of its own: what it starts is killed with it.
    const child = spawn(path, args, {
      cwd: order.folder,
      env: { ...order.env },
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    let ended: ProgramResult['ended'] = 'exit';
    let length = 0;
    const pieces = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    watchGroup(child);
    const endOutput = () => {
      endGroup(child);
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const stop = (why: 'timeout' | 'too-much') => {
      ended = why;
      endOutput();
    };
    const timer = setTimeout(stop, order.timeout, 'timeout');
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (piece: Buffer) => {
        length += piece.length;
        if (length > mostBytes) stop('too-much');
        else pieces[name].push(piece);
      });
    }
    // A child that it left behind may hold the pipes open for ever.
    child.on('exit', () => setTimeout(endOutput, GRACE_MS).unref());
    const settle = (result: Partial<ProgramResult>) => {
      clearTimeout(timer);
      unwatchGroup(child);
      const [stdout, stderr] = [pieces.stdout, pieces.stderr].map((one) => Buffer.concat(one).toString());
      resolve({ ended, code: 255, stdout: stdout!, stderr: stderr!, ...result });
    };
    child.on('error', ({ message }) => settle({ ended: 'failed', stderr: message }));
    child.on('close', (code) => settle({ code: code ?? 255 }));
    // That it does not read its input is told by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(order.input ?? '');
  });
}
