import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRegularFile } from './read-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-'));
const path = (name: string) => join(folder, name);
writeFileSync(path('file'), 'words'.repeat(10_000));

describe('what took the place of a file after it was listed', () => {
  it('is not followed when it is a link', () => {
    symlinkSync('file', path('link'));
    expect(readRegularFile(path('link'), () => 1e6)).toEqual({ skip: 'symbolic-link' });
  });

  it('is not read when it is a folder or a device', () => {
    expect(readRegularFile(folder, () => 1e6)).toEqual({ skip: 'special-file' });
    expect(readRegularFile('/dev/zero', () => 1e6)).toEqual({ skip: 'special-file' });
  });

  it('is not waited for when it is a pipe', () => {
    execFileSync('mkfifo', [path('pipe')]);
    const source = JSON.stringify(new URL('./read-file.ts', import.meta.url).href);
    const script = `const { readRegularFile } = await import(${source}); console.log(readRegularFile(process.argv[1], () => 1e6).skip)`;
    // In a process of its own, because one that waits could not be told to stop.
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script, path('pipe')], {
      encoding: 'utf8',
      timeout: 15_000,
    });
    expect(stdout).toBe('special-file\n');
  });
});

describe('a regular file', () => {
  it('is read whole up to its limit, and not at all above', () => {
    expect(readRegularFile(path('file'), () => 50_000)).toMatchObject({ bytes: { length: 50_000 } });
    expect(readRegularFile(path('file'), () => 49_999)).toEqual({ skip: 'too-large' });
  });

  it.each([0, 1, 8191, 8192, 8193, 65_535, 65_536, 65_537, 200_000, 20_000_000])(
    'of %i bytes is read whole',
    (size) => {
      const content = Buffer.alloc(size, 'abcdefghijk');
      writeFileSync(path('sized'), content);
      const result = readRegularFile(path('sized'), () => 2e7);
      expect('bytes' in result && result.bytes.equals(content)).toBe(true);
      if (size > 0) expect(readRegularFile(path('sized'), () => size - 1)).toEqual({ skip: 'too-large' });
      expect(readRegularFile(path('sized'), () => size)).toMatchObject({ bytes: { length: size } });
    },
  );

  it('is read whole where it does not tell its size', () => {
    const result = readRegularFile('/proc/self/maps', () => 1e6);
    if (process.platform === 'linux') expect('bytes' in result && result.bytes.length > 0).toBe(true);
  });
});
