import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
  verify,
} from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The file is there and holds no key. */
export class UnreadableKey extends Error {}

/** @param ownFolder the user's folder for keys, absolute */
export const recordKeyIn = (ownFolder: string) => new RecordKey(join(ownFolder, 'push-key.pem'));

/**
 * The user's own Ed25519 key for what was overridden and for what was found before; made when it is first needed, for its
 * owner alone.
 */
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
    if (!existsSync(this.#file)) this.#make();
    try {
      return createPrivateKey(readFileSync(this.#file));
    } catch {
      throw new UnreadableKey();
    }
  }

  /** Put in place as a whole: of two pushes that come first at the same time both have the same one. */
  #make(): void {
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    const fresh = `${this.#file}.${randomUUID()}`;
    try {
      writeFileSync(fresh, pem, { mode: 0o600, flag: 'wx', flush: true });
      linkSync(fresh, this.#file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(fresh, { force: true });
    }
  }
}
