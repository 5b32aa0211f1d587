import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readableNames } from '../packages/scanner/src/tools/tool-names.ts';
import { blocksOf, expectAsPrinted, Terminal } from './printed-commands.ts';
import { ROOT, temporaryFolder } from './server-process.ts';

const text = readFileSync(join(ROOT, 'docs/operations/other-tools.md'), 'utf8');

test.skipIf(process.platform === 'win32')('docs/operations/other-tools.md works as printed', async () => {
  const terminal = new Terminal(temporaryFolder());
  let compared = 0;
  for (const block of blocksOf(text)) if (expectAsPrinted(block, await terminal.run(block.code))) compared++;
  await terminal.close();
  expect(compared).toBe(3);
});

test('docs/operations/other-tools.md has a row for every tool', () => {
  const chapter = text.split(/^## /m).find((one) => one.startsWith('Tools\n'))!;
  const rows = [...chapter.matchAll(/^\| ([\w -]+?) +\|/gm)].map(([, name]) =>
    name!.toLowerCase().replace(' ', '-'),
  );
  for (const name of readableNames) expect(rows).toContain(name === 'sarif' ? 'any-other' : name);
});
