import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeProgram, honestCrontab } from '../packages/scanner/src/testing/fake-program.ts';
import { blocksOf, expectAsPrinted, Terminal } from './printed-commands.ts';
import { ROOT, temporaryFolder } from './server-process.ts';

const text = readFileSync(join(ROOT, 'docs/operations/schedules.md'), 'utf8');

test.skipIf(process.platform === 'win32')('docs/operations/schedules.md works as printed', async () => {
  const home = temporaryFolder();
  const terminal = new Terminal(home);
  // Nobody's own crontab is changed by a test.
  await terminal.run(
    `PATH='${fakeProgram(join(home, 'bin'), 'crontab', honestCrontab(join(home, 'tab')))}':"$PATH"`,
  );
  let compared = 0;
  for (const block of blocksOf(text)) if (expectAsPrinted(block, await terminal.run(block.code))) compared++;
  await terminal.close();
  expect(compared).toBe(5);
});
