import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Surroundings } from '../command.ts';
import { runScanner } from './run-scan.ts';

const person = { NAME: 'Ann', EMAIL: 'ann@dev.test' };

/** A repository in a folder of its own, with the real git; nothing of this machine's settings counts. */
export class ScratchRepository {
  readonly root = mkdtempSync(join(tmpdir(), 'memhold-history-'));
  readonly folder = join(this.root, 'work');
  readonly env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: this.root,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: person.NAME,
    GIT_AUTHOR_EMAIL: person.EMAIL,
    GIT_COMMITTER_NAME: person.NAME,
    GIT_COMMITTER_EMAIL: person.EMAIL,
    // Where git would wait for somebody.
    GIT_EDITOR: 'true',
    GIT_SEQUENCE_EDITOR: 'true',
  };
  #minutes = 0;

  constructor() {
    mkdirSync(this.folder);
    this.git('init', '-q', '-b', 'main');
    this.commit('first', { 'README.md': '# A project\n' });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.folder, env: this.env, stdio: ['pipe', 'pipe', 'pipe'] })
      .toString()
      .trim();
  }

  write(files: Record<string, string | Buffer>): void {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true });
      writeFileSync(join(this.folder, name), content);
    }
  }

  /** Commits everything, a minute after the last one. @returns the commit's id */
  commit(message: string, files: Record<string, string | Buffer> = {}): string {
    this.write(files);
    this.git('add', '-A');
    const time = new Date(Date.UTC(2026, 0, 1, 12, this.#minutes++)).toISOString();
    this.env.GIT_AUTHOR_DATE = time;
    this.env.GIT_COMMITTER_DATE = time;
    this.git('commit', '-q', '--allow-empty', '-m', message);
    return this.git('rev-parse', 'HEAD');
  }

  /** A bare repository beside this one, as `origin`, with `main` pushed to it. @returns its folder */
  addRemote(): string {
    const remote = join(this.root, 'origin.git');
    this.git('init', '-q', '--bare', '-b', 'main', remote);
    this.git('remote', 'add', 'origin', remote);
    this.push('main');
    return remote;
  }

  push(...refs: string[]): void {
    this.git('push', '-q', 'origin', ...refs);
    this.git('fetch', '-q', 'origin');
  }

  /** A command line of the scanner, in the repository. */
  run(argv: readonly string[], input: readonly string[] = [], changed: Partial<Surroundings> = {}) {
    return runScanner(this.folder, argv, input, { env: this.env, ...changed });
  }

  /** Commands of a shell, one after another, up to the first that fails. */
  shell(commands: readonly string[], env: Record<string, string> = {}) {
    const script = ['set -e', ...commands].join('\n');
    const done = spawnSync('sh', ['-c', script], { cwd: this.folder, env: { ...this.env, ...env } });
    return { code: done.status, said: done.stdout.toString() + done.stderr.toString() };
  }

  /** Whether any object of a repository holds the text, whatever leads to it. */
  holds(text: string, folder = this.folder): boolean {
    const run = (args: string[], input?: string) =>
      execFileSync('git', args, { cwd: folder, env: this.env, ...(input !== undefined && { input }) });
    const format = '--batch-check=%(objectname)';
    const ids = run(['cat-file', '--batch-all-objects', format]).toString();
    return run(['cat-file', '--batch', '--buffer'], ids).includes(text);
  }
}

/** What `history check --json` prints, as far as tests look at it. */
export interface HistoryJson {
  complete: boolean;
  in_history: number;
  secrets: {
    rule_id: string;
    fingerprint: string | null;
    in_tree: { file: string; line: number }[];
    in_history: boolean;
    first: { commit: string; author_date: string; file: string | null; line: number } | null;
    appears: { commit: string; file: string | null; line: number }[];
    disappears: { commit: string }[];
    files: string[];
    blobs: string[];
    refs: { name: string; kind: string; in_newest_state: boolean }[];
    beyond_refs: boolean;
    pushed: { verdict: string; refs: string[] };
  }[];
  situation: string;
  clean_up: { text: string; commands: string[] }[];
  rotation?: { rules: string[] }[];
  submodules: string[];
  not_looked_at: { file: string | null; reason: string }[];
}

export async function checkJson(repository: ScratchRepository, ...args: string[]) {
  const { code, out, err } = await repository.run(['history', 'check', '--json', ...args]);
  return { code, err, out, report: JSON.parse(out) as HistoryJson };
}
