import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blocksOf, expectAsPrinted, Terminal } from './printed-commands.ts';
import { ROOT, temporaryFolder } from './server-process.ts';

const text = readFileSync(join(ROOT, 'docs/operations/leaked-secrets.md'), 'utf8');

test.skipIf(process.platform === 'win32')('docs/operations/leaked-secrets.md works as printed', async () => {
  const terminal = new Terminal(temporaryFolder());
  let compared = 0;
  for (const block of blocksOf(text)) if (expectAsPrinted(block, await terminal.run(block.code))) compared++;
  await terminal.close();
  expect(compared).toBe(4);
});
