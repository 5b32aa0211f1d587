// Other scanners, each in a place of its own below node_modules/.cache, from its package registry. What cannot be
// installed here is left out, and that is said.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PLACE = fileURLToPath(new URL('../node_modules/.cache/scan-peers/', import.meta.url));
const INSTALL_MS = 600_000;

export interface Peer {
  name: string;
  /** The command that scans a folder; it exits with anything. */
  command(folder: string): [program: string, args: string[]];
}

function installed(file: string, program: string, args: string[], env: Record<string, string> = {}): boolean {
  if (existsSync(file)) return true;
  mkdirSync(PLACE, { recursive: true });
  const result = spawnSync(program, args, {
    cwd: PLACE,
    env: { ...process.env, ...env },
    timeout: INSTALL_MS,
    stdio: 'ignore',
  });
  return result.status === 0 && existsSync(file);
}

function secretlint(): Peer | undefined {
  const bin = join(PLACE, 'node_modules/.bin/secretlint');
  const preset = '@secretlint/secretlint-rule-preset-recommend';
  const names = ['secretlint@13.0.6', `${preset}@13.0.6`];
  if (!installed(bin, 'npm', ['install', '--prefix', PLACE, '--no-audit', '--no-fund', ...names]))
    return undefined;
  const config = join(PLACE, '.secretlintrc.json');
  writeFileSync(config, JSON.stringify({ rules: [{ id: preset }] }));
  return {
    name: 'secretlint',
    command: (folder) => [bin, ['--secretlintrc', config, `${folder}/**/*`]],
  };
}

function gitleaks(): Peer | undefined {
  const bin = join(PLACE, 'go/bin/gitleaks');
  const args = ['install', 'github.com/zricethezav/gitleaks/v8@v8.30.1'];
  if (!installed(bin, 'go', args, { GOPATH: join(PLACE, 'go') })) return undefined;
  return { name: 'gitleaks', command: (folder) => [bin, ['dir', '--no-banner', '--exit-code', '0', folder]] };
}

function detectSecrets(): Peer | undefined {
  const bin = join(PLACE, 'python/bin/detect-secrets');
  const python = join(PLACE, 'python');
  if (!existsSync(bin)) spawnSync('python3', ['-m', 'venv', python], { stdio: 'ignore' });
  const pip = ['-m', 'pip', 'install', '--quiet', 'detect-secrets==1.5.0'];
  if (!installed(bin, join(python, 'bin/python'), pip)) return undefined;
  return { name: 'detect-secrets', command: (folder) => [bin, ['scan', '--all-files', folder]] };
}

/** Those that are here or can be had, and the names of the others. */
export function peers(): { there: Peer[]; missing: string[] } {
  const there: Peer[] = [];
  const missing: string[] = [];
  for (const [name, find] of Object.entries({ gitleaks, secretlint, 'detect-secrets': detectSecrets })) {
    const peer = find();
    if (peer) there.push(peer);
    else missing.push(name);
  }
  return { there, missing };
}
