import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { providerRules } from '../packages/scanner/src/providers/providers.ts';
import type { ProviderRow } from '../packages/scanner/src/providers/row.ts';
import { rules } from '../packages/scanner/src/rules.ts';
import { blocksOf, expectAsPrinted, Terminal } from './printed-commands.ts';
import { ROOT, temporaryFolder } from './server-process.ts';

const text = readFileSync(join(ROOT, 'docs/operations/scanning.md'), 'utf8');
const sources = join(ROOT, 'packages/scanner/src');

test.skipIf(process.platform === 'win32')('docs/operations/scanning.md works as printed', async () => {
  const terminal = new Terminal(temporaryFolder());
  let compared = 0;
  for (const block of blocksOf(text)) if (expectAsPrinted(block, await terminal.run(block.code))) compared++;
  await terminal.close();
  expect(compared).toBeGreaterThan(10);
});

describe('the numbers of docs/operations/scanning.md', () => {
  /** Rows `| words | number | where |`. */
  const tabled = [...text.matchAll(/^\| [^|]+ \| (\d+) +\| ([^|]+) \|$/gm)].map(([, count, where]) => ({
    count: Number(count),
    files: [...where!.matchAll(/`(providers\/[a-z-]+\.ts)`/g)].map(([, file]) => file!),
  }));
  const areas = tabled.filter(({ files }) => files.length > 0);

  test('name every file of provider rules once, and promise no rule that is not there', async () => {
    const named = areas.flatMap(({ files }) => files);
    expect(new Set(named).size).toBe(named.length);
    let rows = 0;
    for (const { count, files } of areas) {
      let there = 0;
      for (const file of files) {
        expect([file, existsSync(join(sources, file))]).toEqual([file, true]);
        const area: { rows: readonly ProviderRow[] } = await import(join(sources, file));
        there += area.rows.length;
      }
      expect([files, count]).toEqual([files, expect.toSatisfy((told: number) => told <= there)]);
      rows += there;
    }
    expect(rows).toBe(providerRules.length);
  });

  test('add up to what it says in all', () => {
    const [, all, secrets, personal] =
      /^(\d+) rules: (\d+) for secrets, (\d+) for personal data/m.exec(text) ?? [];
    expect(Number(secrets) + Number(personal)).toBe(Number(all));
    expect(tabled.reduce((sum, { count }) => sum + count, 0)).toBe(Number(all));
    expect(rules.filter(({ category }) => category === 'secret').length).toBeGreaterThanOrEqual(
      Number(secrets),
    );
    expect(rules.filter(({ category }) => category === 'pii').length).toBeGreaterThanOrEqual(
      Number(personal),
    );
  });
});
