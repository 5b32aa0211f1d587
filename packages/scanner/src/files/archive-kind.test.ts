import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTar, makeZip } from '../testing/archives.ts';
import { runJson } from '../testing/run-scan.ts';

/** More than is read of an archive; a sparse file, so that it takes no room. */
const tooMany = 65_000_000;

describe('an archive that is too large to be opened', () => {
  it.each([
    ['tar', makeTar([{ name: 'k', content: 'text' }])],
    ['zip', makeZip([{ name: 'k', content: 'text' }])],
  ])('is told as such and never as a binary file: %s', async (name, bytes) => {
    const folder = mkdtempSync(join(tmpdir(), 'archive-'));
    const file = join(folder, `large.${name}`);
    writeFileSync(file, bytes);
    truncateSync(file, tooMany);
    const { code, report } = await runJson(folder, ['.']);
    rmSync(folder, { recursive: true });
    expect([code, report.skipped]).toEqual([
      2,
      [expect.objectContaining({ reason: 'archive-too-large', incomplete: true })],
    ]);
  });
});
