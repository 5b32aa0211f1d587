import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';

export const BIN = join(inject('scanner'), 'bin/memhold-scanner.js');

export interface PushReport {
  scan_id: string;
  security_posture: string;
  complete: boolean;
  summary: Record<string, number>;
  findings: {
    rule_id: string;
    severity: string;
    file: string;
    line: number;
    commit?: string;
    fingerprint: string;
  }[];
  suppressed: { rule_id: string; suppressed_by: string }[];
  skipped: { file: string; reason: string }[];
  veto_decision: string;
  veto_reason: string;
  policy: { compliance: string[]; evidence: string[] };
  override_available: boolean;
}

/** Copied for each test: making one takes a dozen processes. */
let template: string | undefined;

function makeTemplate(): string {
  const root = mkdtempSync(join(tmpdir(), 'memhold-push-template-'));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  const clone: Clone = Object.assign(Object.create(Clone.prototype), placesIn(root));
  mkdirSync(clone.home);
  clone.run(root, 'git', ['init', '-q', '--bare', '-b', 'main', clone.remote]);
  clone.run(root, 'git', ['clone', '-q', clone.remote, clone.folder]);
  // Relative, so that a copy has a remote of its own.
  clone.git('remote', 'set-url', 'origin', '../remote.git');
  clone.write('README.md', '# A project\n');
  clone.commit('first');
  clone.git('push', '-q', 'origin', 'HEAD:main');
  clone.git('fetch', '-q', 'origin');
  clone.git('remote', 'set-head', 'origin', 'main');
  clone.hook('install');
  return root;
}

const placesIn = (root: string) => ({
  root,
  remote: join(root, 'remote.git'),
  folder: join(root, 'work'),
  home: join(root, 'home'),
});

/** A bare repository on disk and a clone of it with the hook installed; git is the real one. */
export class Clone {
  readonly root = mkdtempSync(join(tmpdir(), 'memhold-push-'));
  readonly remote = placesIn(this.root).remote;
  readonly folder = placesIn(this.root).folder;
  readonly home = placesIn(this.root).home;

  constructor() {
    template ??= makeTemplate();
    cpSync(template, this.root, { recursive: true });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Environment of a person of their own: nothing of this machine's settings counts. */
  env(more: Record<string, string> = {}): Record<string, string> {
    return {
      // Without the folder of this project's own commands, where a hook would find one.
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: this.home,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Ann',
      GIT_AUTHOR_EMAIL: 'ann@dev.test',
      GIT_COMMITTER_NAME: 'Ann',
      GIT_COMMITTER_EMAIL: 'ann@dev.test',
      NODE_COMPILE_CACHE: join(inject('scanner'), 'compiled'),
      // What hangs is to fail, long before the ten minutes that people get.
      MEMHOLD_PUSH_TIMEOUT: '90',
      ...more,
    };
  }

  run(folder: string, program: string, args: readonly string[], input?: string): string {
    return execFileSync(program, args, {
      cwd: folder,
      env: this.env(),
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(input !== undefined && { input }),
    })
      .toString()
      .trim();
  }

  git(...args: string[]): string {
    return this.run(this.folder, 'git', args);
  }

  /** The command line of the scanner, or another one, in the clone. */
  program(args: readonly string[], input?: string, bin = BIN) {
    const done = spawnSync(process.execPath, [bin, ...args], {
      cwd: this.folder,
      env: this.env(),
      ...(input !== undefined && { input }),
    });
    return { code: done.status, out: done.stdout.toString(), err: done.stderr.toString() };
  }

  hook(action: string): { code: number | null; out: string; err: string } {
    return this.program(['hook', action]);
  }

  write(name: string, content: string | Buffer): void {
    mkdirSync(join(this.folder, name, '..'), { recursive: true });
    writeFileSync(join(this.folder, name), content);
  }

  /** @returns the commit's id */
  commit(message: string): string {
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', message);
    return this.git('rev-parse', 'HEAD');
  }

  /** `git push` with these arguments: whether it went through, and what it said. */
  push(args: readonly string[] = ['origin', 'HEAD:main'], env: Record<string, string> = {}) {
    const done = spawnSync('git', ['push', '-q', ...args], { cwd: this.folder, env: this.env(env) });
    return { ok: done.status === 0, said: done.stderr.toString() };
  }

  /** The same while this process goes on: a server in it can answer. */
  async pushing(args: readonly string[] = ['origin', 'HEAD:main'], env: Record<string, string> = {}) {
    const child = spawn('git', ['push', '-q', ...args], { cwd: this.folder, env: this.env(env) });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const code = await new Promise((done) => child.on('close', done));
    return { ok: code === 0, said };
  }

  /** What the last push was told, as JSON. */
  report(): PushReport {
    return JSON.parse(readFileSync(join(this.folder, '.git/memhold/last-push.json'), 'utf8'));
  }

  /** What the remote has: names of refs. */
  remoteRefs(): string[] {
    const refs = this.run(this.remote, 'git', ['for-each-ref', '--format=%(refname)']);
    return refs === '' ? [] : refs.split('\n');
  }

  remoteHas(id: string): boolean {
    return spawnSync('git', ['cat-file', '-e', id], { cwd: this.remote, env: this.env() }).status === 0;
  }
}
