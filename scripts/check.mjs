// What CI runs before the tests: formatting and lint, types, and whether generated types are up to date. Import directions are a test (tests/architecture.test.ts).
import { spawnSync } from 'node:child_process';

const steps = [
  ['biome', 'check', '--error-on-warnings', '.'],
  ['tsc', '--noEmit', '-p', '.'],
  [process.execPath, 'scripts/api-types.ts', '--check'],
];
for (const [command, ...args] of steps) {
  console.log(`> ${command} ${args.join(' ')}`);
  const result = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (result.status !== 0) process.exit(result.status ?? 1);
}
