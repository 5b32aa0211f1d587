import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeyring } from './keyring.ts';

let folder: string;
let path: string;
let keyFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memhold-keyring-'));
  path = join(folder, 'data', 'keyring.json');
  keyFile = join(folder, 'data.key');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the key ring', () => {
  it('is made at first, with a key file that only its owner may read, and opens to the same keys', async () => {
    const first = await openKeyring(path, { keyFile });
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect(await openKeyring(path, { keyFile })).toEqual(first);
    expect(readFileSync(path, 'utf8')).not.toContain(first.pageKey.toString('base64'));
  });

  it('opens with its passphrase in any Unicode form, and with no other', async () => {
    const first = await openKeyring(path, { passphrase: 'corr\u00e9ct horse' });
    expect(await openKeyring(path, { passphrase: 'corre\u0301ct horse' })).toEqual(first);
    await expect(openKeyring(path, { passphrase: 'wrong horse' })).rejects.toMatchObject({
      code: 'wrong_key',
    });
    await expect(openKeyring(path, { keyFile })).rejects.toMatchObject({ code: 'wrong_key' });
  });

  it('says which key is wrong, missing, unsafe or damaged', async () => {
    await openKeyring(path, { keyFile });
    await openKeyring(join(folder, 'other', 'keyring.json'), { keyFile: join(folder, 'other.key') });
    await expect(openKeyring(path, { keyFile: join(folder, 'other.key') })).rejects.toMatchObject({
      code: 'wrong_key',
    });
    await expect(openKeyring(path, { keyFile: join(folder, 'none') })).rejects.toMatchObject({
      code: 'key_file_missing',
    });
    await expect(openKeyring(path, { passphrase: 'x' })).rejects.toMatchObject({ code: 'wrong_key' });
    chmodSync(keyFile, 0o644);
    await expect(openKeyring(path, { keyFile })).rejects.toMatchObject({ code: 'key_file_unsafe' });
    chmodSync(keyFile, 0o600);
    writeFileSync(keyFile, 'not a key');
    await expect(openKeyring(path, { keyFile })).rejects.toMatchObject({ code: 'wrong_key' });
    writeFileSync(path, '{"version":1');
    await expect(openKeyring(path, { keyFile })).rejects.toMatchObject({ code: 'keyring_damaged' });
  });
});
