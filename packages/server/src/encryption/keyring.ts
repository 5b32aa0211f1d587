import { existsSync, readFileSync } from 'node:fs';
import { hashRaw } from '@node-rs/argon2';
import { type KeyProvider, localKeyProvider } from './envelope.ts';
import { EncryptionError } from './errors.ts';
import { createKeyFile, readKeyFile } from './key-file.ts';
import { randomBytes } from './randomness.ts';
import type { Address } from './seal.ts';
import { writeSecretFile } from './secret-file.ts';

/** What opens a data folder: the key-encryption key (32 bytes), and the key of the database's pages. */
export interface Keyring {
  kek: Buffer;
  pageKey: Buffer;
}

export type KeySource = { keyFile: string } | { passphrase: string };

interface KeyringFile {
  version: 1;
  kek: { id: string; source: 'key_file' } | ({ id: string; source: 'passphrase'; salt: string } & Argon2Cost);
  page_key: string;
}
interface Argon2Cost {
  memory_kib: number;
  passes: number;
  lanes: number;
}

/** OWASP's second recommendation for Argon2id is 19 MiB and 2 passes; a key opened once a start can afford more. */
const PASSPHRASE_COST: Argon2Cost = { memory_kib: 65536, passes: 3, lanes: 1 };
const PAGE_KEY: Address = { namespace: 0, table: 'keyring', row: 'page_key', field: 'key' };

function fromPassphrase(passphrase: string, salt: Buffer, cost: Argon2Cost): Promise<Buffer> {
  // 2 is Argon2id: the library's const enum is out of reach of a compiler that only strips types.
  const options = {
    algorithm: 2,
    outputLen: 32,
    salt,
    memoryCost: cost.memory_kib,
    timeCost: cost.passes,
    parallelism: cost.lanes,
  };
  return hashRaw(passphrase.normalize('NFKC'), options);
}

async function create(path: string, source: KeySource): Promise<Keyring> {
  let kek: Buffer;
  let salt: Buffer | undefined;
  if ('passphrase' in source) {
    salt = randomBytes(16);
    kek = await fromPassphrase(source.passphrase, salt, PASSPHRASE_COST);
  } else kek = existsSync(source.keyFile) ? readKeyFile(source.keyFile) : createKeyFile(source.keyFile);
  const provider = localKeyProvider(kek);
  const pageKey = randomBytes(32);
  const file: KeyringFile = {
    version: 1,
    kek: salt
      ? { id: provider.id, source: 'passphrase', salt: salt.toString('base64'), ...PASSPHRASE_COST }
      : { id: provider.id, source: 'key_file' },
    page_key: (await provider.wrap(pageKey, PAGE_KEY)).toString('base64'),
  };
  writeSecretFile(path, `${JSON.stringify(file, null, 2)}\n`);
  return { kek, pageKey };
}

function read(path: string): KeyringFile {
  try {
    const file = JSON.parse(readFileSync(path, 'utf8')) as KeyringFile;
    if (file.version === 1 && file.kek.id && file.page_key) return file;
  } catch {
    // Named below, like any other damage.
  }
  throw new EncryptionError(
    'keyring_damaged',
    `${path} is damaged: restore it from a backup of the data folder.`,
  );
}

async function unlock(path: string, source: KeySource): Promise<Keyring> {
  const file = read(path);
  let kek: Buffer;
  if (file.kek.source === 'passphrase') {
    if (!('passphrase' in source))
      throw new EncryptionError(
        'wrong_key',
        'This data folder was made with a passphrase: set MEMHOLD_PASSPHRASE.',
      );
    kek = await fromPassphrase(source.passphrase, Buffer.from(file.kek.salt, 'base64'), file.kek);
  } else {
    if (!('keyFile' in source))
      throw new EncryptionError(
        'wrong_key',
        'This data folder was made with a key file: unset MEMHOLD_PASSPHRASE.',
      );
    kek = readKeyFile(source.keyFile);
  }
  const provider: KeyProvider = localKeyProvider(kek);
  if (provider.id !== file.kek.id) {
    const what = 'passphrase' in source ? 'The passphrase' : `The key file ${source.keyFile}`;
    const fix = 'passphrase' in source ? 'MEMHOLD_PASSPHRASE' : 'MEMHOLD_KEY_FILE';
    throw new EncryptionError(
      'wrong_key',
      `${what} does not open this data folder: give the one it was made with (${fix}).`,
    );
  }
  try {
    return { kek, pageKey: await provider.unwrap(Buffer.from(file.page_key, 'base64'), PAGE_KEY) };
  } catch (cause) {
    const message = `${path} is damaged: restore it from a backup of the data folder.`;
    throw new EncryptionError('keyring_damaged', message, { cause });
  }
}

/**
 * Opens the key ring of a data folder, or makes it at the first start.
 * `path` is the folder's `keyring.json`: it holds the wrapped page key and names the key-encryption key, which
 * itself lies outside the folder. `expect` is 'existing' where there is data already.
 * @throws EncryptionError whose message says which key is missing or wrong and where to set it.
 */
export async function openKeyring(
  path: string,
  source: KeySource,
  expect: 'existing' | 'new or existing' = 'new or existing',
): Promise<Keyring> {
  if (existsSync(path)) return unlock(path, source);
  // New keys beside data that old ones sealed would be backed up in their place.
  if (expect === 'existing')
    throw new EncryptionError(
      'keyring_damaged',
      `${path} is missing: restore it from a backup of the data folder.`,
    );
  return create(path, source);
}
