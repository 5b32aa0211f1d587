import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scan } from '../scan.ts';
import { makeTokens } from '../testing/tokens.ts';
import { BlobCache, type Outcome } from './blob-cache.ts';
import { recordKeyIn } from './record-key.ts';

const tokens = makeTokens(47);
const clean: Outcome = { files: 1, scanned: 1, bytes: 10, isLatin1: false, skips: [], findings: [] };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blob-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = () => join(folder, 'clone/memhold/blob-cache');
const open = (basis: readonly string[] = ['1.0'], owner = 'own') =>
  new BlobCache({ file: file(), key: recordKeyIn(join(folder, owner)), basis });
function remember(entries: readonly (readonly [string, Outcome])[], ...more: Parameters<typeof open>): void {
  const cache = open(...more);
  for (const [name, outcome] of entries) cache.set(name, outcome);
  cache.save();
}

describe('what was found before', () => {
  it('is known again, by its owner alone', () => {
    const found = { ...clean, findings: scan(`token = ${tokens.github()}`) };
    remember([['file a', found]]);
    expect(open().get('file a')).toEqual(found);
    expect(open().get('file b')).toBeUndefined();
    if (process.platform !== 'win32') expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('holds no value that was found', () => {
    const key = tokens.github();
    remember([['file a', { ...clean, findings: scan(`token = ${key}`) }]]);
    expect(readFileSync(file(), 'utf8')).not.toContain(key.slice(4, 20));
  });

  it('counts for the same program and the same rules only', () => {
    remember([['file a', clean]]);
    expect(open(['1.0', 'other rules']).get('file a')).toBeUndefined();
    expect(open(['1.1']).get('file a')).toBeUndefined();
  });

  it('does not count where somebody else signed it', () => {
    remember([['file a', clean]], ['1.0'], 'somebody');
    expect(open().get('file a')).toBeUndefined();
  });

  it('does not count where its text was changed, its signature is of something else, or it is cut', () => {
    remember([['file a', { ...clean, findings: scan(`token = ${tokens.github()}`) }]]);
    const whole = readFileSync(file(), 'utf8');
    const [, ...rest] = whole.split('\n');
    const key = recordKeyIn(join(folder, 'own'));
    const changed = [
      whole.replace(/"findings":\[.*\]/, '"findings":[]}]]'),
      [key.sign(rest[1]!), ...rest].join('\n'),
      [key.sign(rest.join('\n')), ...rest].join('\n'),
      `${whole.slice(0, -5)}\n`,
      '',
    ];
    for (const text of changed) {
      writeFileSync(file(), text);
      expect(open().get('file a')).toBeUndefined();
    }
  });

  it('never says anything else than it said, whatever byte was changed', () => {
    remember([['file a', clean]]);
    const whole = readFileSync(file());
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Buffer.from(whole);
        bytes[at] = bytes[at]! ^ change;
        writeFileSync(file(), bytes);
        const known = open().get('file a');
        // Base64 has bits that mean nothing, and the last line break is nobody's.
        if (known !== undefined) expect(known).toEqual(clean);
        if (at > 100 && at < whole.length - 1) expect(known).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  it('keeps what was used last, in four megabytes at most', () => {
    const entries = Array.from({ length: 19_000 }, (_, i) => [`file ${i}`, clean] as const);
    remember(entries);
    expect(statSync(file()).size).toBeLessThan(4_000_000);
    expect(open().get('file 18999')).toEqual(clean);
    expect(open().get('file 0')).toBeUndefined();
    const cache = open();
    const oldest = entries.findIndex(([name]) => cache.get(name) !== undefined);
    expect(oldest).toBeGreaterThan(0);
    const again = open();
    again.get(`file ${oldest}`);
    for (let i = 0; i < 1000; i++) again.set(`new ${i}`, clean);
    again.save();
    expect(open().get(`file ${oldest}`)).toEqual(clean);
    expect(open().get(`file ${oldest + 1}`)).toBeUndefined();
  });

  it('does not keep what has hundreds of findings', () => {
    const found = scan(Array.from({ length: 201 }, () => `token = ${tokens.github()}\n`).join(''));
    remember([['file a', { ...clean, findings: found }]]);
    expect(open().get('file a')).toBeUndefined();
  });

  it('stops nothing where it cannot be written or read', () => {
    writeFileSync(join(folder, 'clone'), 'a file in place of the folder');
    remember([['file a', clean]]);
    expect(open().get('file a')).toBeUndefined();
  });
});
