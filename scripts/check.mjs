// What CI runs before the tests: formatting and lint, types, whether generated types are up to date, and our own scanner
// on this repository. Import directions are a test (tests/architecture.test.ts).
import { spawnSync } from 'node:child_process';

const steps = [
  ['biome', 'check', '--error-on-warnings', '.'],
  ['tsc', '--noEmit', '-p', '.'],
  [process.execPath, 'scripts/api-types.ts', '--check'],
];
for (const step of steps) run(step, 'inherit');

// No allow-list: what is let through says why beside it. Tests are full of invented people, which is a medium finding:
// they are told of only with what must not be here.
const scan = run([process.execPath, 'packages/cli/bin/memhold.js', 'scan', '--fail-on', 'high'], 'pipe');
console.log(scan.stdout.trimEnd().split('\n').at(-1));

function run([command, ...args], output) {
  console.log(`> ${command} ${args.join(' ')}`);
  const result = spawnSync(command, args, {
    stdio: ['ignore', output, 'inherit'],
    encoding: 'utf8',
    maxBuffer: Infinity,
    shell: process.platform === 'win32',
  });
  if (result.status === 0) return result;
  if (output === 'pipe') console.log(result.stdout);
  process.exit(result.status ?? 1);
}
