import { readFile, stat } from 'node:fs/promises';
import { CommandFailure, UsageFailure } from './failure.ts';

/** What the service is told of how a key signs its requests. */
export type Signing = { algorithm: 'hmac-sha256' } | { algorithm: 'ed25519'; public_key: string };

/** A public key is a few lines; anything longer is another file. */
const LONGEST = 2048;
const ED25519 = 'ed25519:';

/**
 * `hmac-sha256`, or `ed25519:FILE` with a public key (PEM, JWK, or base64 of its 32 bytes). A private key stays here.
 * @throws CommandFailure
 */
export async function signingOf(text: string): Promise<Signing> {
  if (text === 'hmac-sha256') return { algorithm: text };
  const file = text.slice(ED25519.length);
  if (!text.startsWith(ED25519) || file === '')
    throw new UsageFailure('bad_signing', '--sign must be hmac-sha256, or ed25519:FILE with a public key');
  if ((await stat(file)).size > LONGEST)
    throw new CommandFailure('not_a_key', `${file} is too large for a public key — name the file of one`);
  const key = (await readFile(file, 'utf8')).trim();
  if (/PRIVATE KEY/.test(key) || /"d"\s*:/.test(key))
    throw new CommandFailure(
      'private_key',
      `${file} holds a private key, which stays with you — name the public one: openssl pkey -in ${file} -pubout`,
    );
  return { algorithm: 'ed25519', public_key: key };
}
