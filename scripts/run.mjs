// Runs a script on the pinned Node, installing the dependencies first where they are missing.
// Plain JavaScript without dependencies: this file must run on whatever Node the machine has.
//   node scripts/run.mjs [--env NAME=VALUE] SCRIPT [ARG...]
//   node scripts/run.mjs --bin NAME [ARG...]       an executable of node_modules/.bin
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';

function installed() {
  const marker = join(root, 'node_modules', '.package-lock.json');
  return (
    existsSync(marker) && statSync(marker).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs - 1000
  );
}

function install() {
  console.error('Installing dependencies (once) …');
  const npm = process.env.npm_execpath;
  const [command, first] = npm ? [process.execPath, [npm]] : [windows ? 'npm.cmd' : 'npm', []];
  // Not `npm ci`: it refuses a lock file that was made where a registry lacks some platform's optional packages.
  const args = [...first, 'install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error'];
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: windows && !npm,
  });
  if (result.status !== 0) {
    console.error(
      'The dependencies could not be installed: see the message of npm above, then run this again.',
    );
    process.exit(1);
  }
}

/** The pinned Node; where its binary did not arrive (scripts switched off), the running one if it is new enough. */
function pinnedNode() {
  const pinned = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
  if (existsSync(pinned)) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  console.error(
    'Node 24 did not arrive with the dependencies. Run `npm rebuild node`, or use Node 24 yourself.',
  );
  process.exit(1);
}

if (!installed()) install();
const args = process.argv.slice(2);
const env = { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compile'), ...process.env };
while (args[0] === '--env') {
  const [name, value] = args[1].split('=');
  env[name] = value;
  args.splice(0, 2);
}
env.PATH = `${join(root, 'node_modules', '.bin')}${windows ? ';' : ':'}${env.PATH ?? ''}`;
const isBinary = args[0] === '--bin';
const command = isBinary ? join(root, 'node_modules', '.bin', args[1]) : pinnedNode();
const child = spawn(command, isBinary ? args.slice(2) : args, {
  cwd: root,
  stdio: 'inherit',
  env,
  shell: windows && isBinary,
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`${command}: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
