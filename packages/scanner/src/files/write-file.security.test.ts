import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runScanner } from '../testing/run-scan.ts';

function tree() {
  const folder = mkdtempSync(join(tmpdir(), 'write-'));
  const elsewhere = mkdtempSync(join(tmpdir(), 'write-'));
  writeFileSync(join(folder, 'a'), 'words\n');
  writeFileSync(join(elsewhere, 'known.json'), 'precious');
  return { folder, elsewhere };
}

describe('a baseline', () => {
  it.each([
    [
      'to a file',
      (folder: string, elsewhere: string) => symlinkSync(join(elsewhere, 'known.json'), join(folder, 'b')),
    ],
    [
      'to nothing',
      (folder: string, elsewhere: string) => symlinkSync(join(elsewhere, 'new'), join(folder, 'b')),
    ],
  ])('is never written through a link of the tree %s', async (_name, link) => {
    const { folder, elsewhere } = tree();
    link(folder, elsewhere);
    const { code, err } = await runScanner(folder, ['a', '--write-baseline', 'b']);
    expect([code, err]).toEqual([2, expect.stringContaining('b: is a symbolic link')]);
    expect(readdirSync(elsewhere)).toEqual(['known.json']);
    expect(readFileSync(join(elsewhere, 'known.json'), 'utf8')).toBe('precious');
  });

  it('is not written into a folder behind a link of the tree', async () => {
    const { folder, elsewhere } = tree();
    symlinkSync(elsewhere, join(folder, 'data'));
    const { code, err } = await runScanner(folder, ['a', '--write-baseline', 'data/known.json']);
    expect([code, err]).toEqual([2, expect.stringContaining('behind a symbolic link')]);
    expect(readFileSync(join(elsewhere, 'known.json'), 'utf8')).toBe('precious');
  });

  it('takes the place of the one before, with its rights, and leaves nothing beside it', async () => {
    const { folder } = tree();
    writeFileSync(join(folder, 'b'), 'old');
    chmodSync(join(folder, 'b'), 0o600);
    expect((await runScanner(folder, ['a', '--write-baseline', 'b'])).code).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, 'b'), 'utf8'))).toEqual({ version: 1, findings: [] });
    expect([readdirSync(folder).sort(), statSync(join(folder, 'b')).mode & 0o777]).toEqual([
      ['a', 'b'],
      0o600,
    ]);
    mkdirSync(join(folder, 'c'));
    expect((await runScanner(folder, ['a', '--write-baseline', 'c'])).err).toContain('not a regular file');
  });
});
