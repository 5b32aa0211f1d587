import { existsSync, readFileSync, statSync } from 'node:fs';
import { EncryptionError } from './errors.ts';
import { randomBytes } from './randomness.ts';
import { writeSecretFile } from './secret-file.ts';

const PREFIX = 'memhold-key-1:';

/** Makes a key file (0600) with 32 random bytes; refuses to replace one. */
export function createKeyFile(path: string): Buffer {
  const secret = randomBytes(32);
  writeSecretFile(path, `${PREFIX}${secret.toString('base64')}\n`);
  return secret;
}

/**
 * Reads a key file.
 * @throws EncryptionError `key_file_missing`, `key_file_unsafe` (readable by others) or `wrong_key` (not a key file).
 */
export function readKeyFile(path: string): Buffer {
  if (!existsSync(path)) {
    const hint = 'put the key file back, or name it with MEMHOLD_KEY_FILE';
    throw new EncryptionError('key_file_missing', `The key file ${path} is not there: ${hint}.`);
  }
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
    throw new EncryptionError(
      'key_file_unsafe',
      `The key file ${path} is open to others: run chmod 600 ${path}.`,
    );
  const text = readFileSync(path, 'utf8').trim();
  const secret = Buffer.from(text.slice(PREFIX.length), 'base64');
  if (!text.startsWith(PREFIX) || secret.length !== 32)
    throw new EncryptionError(
      'wrong_key',
      `${path} is not a Memhold key file: name the right one with MEMHOLD_KEY_FILE.`,
    );
  return secret;
}
