import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The file is there and holds no key. */
export class UnreadableKey extends Error {}

/** The user's own Ed25519 key for what was overridden; made when it is first needed, for its owner alone. */
export class RecordKey {
  readonly #file: string;

  /** @param file absolute path; PKCS #8 in PEM */
  constructor(file: string) {
    this.#file = file;
  }

  /** @returns base64. Throws UnreadableKey. */
  sign(text: string): string {
    return sign(null, Buffer.from(text), this.#privateKey()).toString('base64');
  }

  /** @param signature base64. Throws UnreadableKey. */
  isSigned(text: string, signature: string): boolean {
    return verify(
      null,
      Buffer.from(text),
      createPublicKey(this.#privateKey()),
      Buffer.from(signature, 'base64'),
    );
  }

  #privateKey(): KeyObject {
    if (!existsSync(this.#file)) {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
      writeFileSync(this.#file, pem, { mode: 0o600, flag: 'wx', flush: true });
    }
    try {
      return createPrivateKey(readFileSync(this.#file));
    } catch {
      throw new UnreadableKey();
    }
  }
}
