import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { findProgram, trustedFolders } from '../tools/find-program.ts';
import { wholeWords } from './whole-words.ts';

/** git could not be run, or refused: the message is its own first line. */
export class GitFailure extends Error {}

export interface GitOptions {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/*
 * The repository is not trusted: its configuration could name programs. No hooks, no file system monitor, no
 * pager, no replaced objects, no grafted parents nor a cache that could name others; and no transport at all, so that
 * a partial clone fetches nothing on the side.
 */
const hardening = [
  ...['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'protocol.allow=never'],
  ...['-c', 'core.commitGraph=false'],
  ...['--no-pager', '--no-replace-objects', '--literal-pathspecs'],
];
const environment = {
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_GRAFT_FILE: '/dev/null',
  GIT_NO_LAZY_FETCH: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TRACE: '0',
  GIT_ICASE_PATHSPECS: '0',
  GIT_GLOB_PATHSPECS: '0',
  GIT_NOGLOB_PATHSPECS: '0',
  LC_ALL: 'C',
};

const longestComplaint = 2000;

interface Found {
  /** Undefined: there is none but what a repository brought. */
  readonly program: string | undefined;
  readonly path: Readonly<Record<string, string>>;
}
const found = new Map<string, Found>();

/** The git of the machine, and a PATH without folders of the repository, which npm and npx put before the others. */
export function gitProgram({ folder, env: { PATH } }: GitOptions): Found {
  // Windows may call it by another name: then the system finds it.
  if (PATH === undefined) return { program: 'git', path: {} };
  const key = `${folder}\0${PATH}`;
  let known = found.get(key);
  if (known === undefined) {
    // At the top of a file system everything would be of the tree.
    const tree = dirname(folder) === folder ? [] : [folder];
    const folders = trustedFolders(PATH, tree);
    known = { program: findProgram('git', folders, tree), path: { PATH: folders.join(delimiter) } };
    found.set(key, known);
  }
  return known;
}

/**
 * Runs git and hands each piece of its output to `onData`, which sets the pace. Throws GitFailure when git is
 * missing or ends with anything but 0.
 * @param input lines for its standard input
 */
export function runGit(
  args: readonly string[],
  { folder, env }: GitOptions,
  onData: (piece: Buffer) => void,
  input?: Iterable<string>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const { program, path } = gitProgram({ folder, env });
    if (program === undefined)
      return reject(new GitFailure('git is not installed, or only the repository brings one'));
    const child = spawn(program, [...hardening, ...args], {
      cwd: folder,
      env: { ...env, ...path, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let complaint = '';
    const fail = (error: unknown) => {
      child.kill();
      reject(error);
    };
    child.stderr.on('data', (piece: Buffer) => {
      if (complaint.length < longestComplaint) complaint += piece.toString('utf8');
    });
    child.stdout.on('data', (piece: Buffer) => {
      try {
        onData(piece);
      } catch (error) {
        fail(error);
      }
    });
    child.on('error', ({ code }: NodeJS.ErrnoException) => {
      fail(
        new GitFailure(code === 'ENOENT' ? 'git is not installed, or the folder is gone' : `git: ${code}`),
      );
    });
    child.on('close', (code) => {
      if (code === 0) return resolve();
      const lines = complaint.split('\n').filter((line) => line.trim() !== '');
      // Warnings come before what ended it.
      const said = lines.find((line) => /^(?:fatal|error): /.test(line)) ?? lines[0];
      const reason = (said ?? `git ended with ${code}`).replace(/^(?:fatal|error): /, '');
      reject(new GitFailure(wholeWords(reason, 300)));
    });
    // That git ended early is told by its exit code.
    child.stdin.on('error', () => undefined);
    void feed(child.stdin, input ?? []);
  });
}

/** All that git prints. Throws GitFailure. */
export async function gitBytes(
  args: readonly string[],
  options: GitOptions,
  input?: Iterable<string>,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  await runGit(args, options, (piece) => pieces.push(piece), input);
  return Buffer.concat(pieces);
}

/** All that git prints, as text. Throws GitFailure. */
export async function gitText(args: readonly string[], options: GitOptions): Promise<string> {
  return (await gitBytes(args, options)).toString('utf8');
}

async function feed(stream: NodeJS.WritableStream, lines: Iterable<string>): Promise<void> {
  let batch = '';
  for (const line of lines) {
    batch += `${line}\n`;
    if (batch.length < 65_536) continue;
    const isAccepted = stream.write(batch);
    batch = '';
    if (!isAccepted) {
      await new Promise<void>((resolve) => {
        const done = () => {
          stream.removeListener('drain', done);
          stream.removeListener('close', done);
          resolve();
        };
        stream.on('drain', done);
        stream.on('close', done);
      });
    }
  }
  stream.end(batch);
}
