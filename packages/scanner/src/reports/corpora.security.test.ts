import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { scan } from '../scan.ts';
import { isTelling, leaksIn } from '../testing/leaks.ts';
import { runScanner } from '../testing/run-scan.ts';

const corpora = fileURLToPath(new URL('../../../../../shared/data/detection/dev/', import.meta.url));
const isThere = existsSync(corpora);
if (!isThere)
  console.warn(`skipped: no corpora at ${corpora}, so that reports about them are not looked through`);
/** Each row takes half a millisecond in each format; the long run takes all of them. */
const step = process.env.MEMHOLD_TEST_LONG ? 1 : 10;

function textsOf(file: string): string[] {
  const rows = readFileSync(join(corpora, file), 'utf8').split('\n').filter(Boolean);
  const texts = rows.map((row) => (JSON.parse(row) as { text: string | null }).text);
  return texts.filter((text): text is string => typeof text === 'string');
}

describe.skipIf(!isThere)('reports about the development corpora', () => {
  it.each(isThere ? readdirSync(corpora).filter((file) => file.endsWith('.jsonl')) : [])(
    'of %s show no value that was found',
    async (file) => {
      const folder = mkdtempSync(join(tmpdir(), 'corpora-'));
      const values = new Set<string>();
      const texts = textsOf(file).filter((_, i) => i % step === 0);
      for (const [i, text] of texts.entries()) {
        writeFileSync(join(folder, `r${i}`), text);
        for (const { start, end } of scan(text)) values.add(text.slice(start, end));
      }
      const telling = [...values].filter(isTelling);
      for (const format of ['text', 'json', 'sarif']) {
        const { out, err } = await runScanner(folder, ['--format', format, '--verbose', '--no-suppressions']);
        // Only how many: the values of a corpus do not belong into a log either.
        expect(leaksIn(out + err, telling).length, format).toBe(0);
        // A report of nothing would leak nothing either.
        if (telling.length > 0) expect(out, format).toMatch(/finding|"ruleId"/);
      }
    },
    60_000,
  );
});
