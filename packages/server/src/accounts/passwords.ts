import { hash, verify } from '@node-rs/argon2';
import { randomBytes } from '../encryption/randomness.ts';
import { AccountError } from './errors.ts';
import { HashQueue } from './hash-queue.ts';

/** Hashes and verifies passwords; may refuse with AccountError `hashing_busy`. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** With no hash (nobody of that name) it works as long, and answers false. */
  verify(stored: string | undefined, password: string): Promise<boolean>;
}

/** OWASP's second recommendation for Argon2id. 2 is Argon2id: the library's const enum cannot be imported here. */
const COST = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const RUNNING = 2;
const WAITING = 64;

const base64 = (length: number) => randomBytes(length).toString('base64').replace(/=+$/, '');
/** Nobody's hash, of the same cost as everybody's: no password has it, since it is random and was never computed. */
const NOBODY = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${base64(16)}$${base64(32)}`;

/** Typed on two keyboards, one password may come in two Unicode forms. */
const normalise = (password: string) => password.normalize('NFKC');

/** Argon2id (RFC 9106; 19 MiB, 2 passes, 1 lane), two at a time, 64 waiting. */
export function argon2Hasher(): PasswordHasher {
  const queue = new HashQueue({ running: RUNNING, waiting: WAITING });
  return {
    hash: (password) => queue.run(() => hash(normalise(password), COST)),
    verify: (stored, password) => queue.run(() => verify(stored ?? NOBODY, normalise(password))),
  };
}

const RULES: readonly [holds: (password: string) => boolean, message: string][] = [
  [(password) => password.length >= 8, 'must have at least 8 characters'],
  [(password) => password.length <= 128, 'must have at most 128 characters'],
  [(password) => /\p{Lu}/u.test(password), 'must have an upper-case letter'],
  [(password) => /\p{Ll}/u.test(password), 'must have a lower-case letter'],
  [(password) => /\d/.test(password), 'must have a digit'],
];

/**
 * The rules of a new password. `path` is the input's field.
 * @throws AccountError `weak_password` that names every rule that failed.
 */
export function checkPassword(password: string, path: string): void {
  const broken = RULES.filter(([holds]) => !holds(password)).map(([, message]) => message);
  if (broken.length > 0) throw weakPassword(path, broken);
}

export function weakPassword(path: string, broken: string[]): AccountError {
  return new AccountError('weak_password', `The password ${broken.join(', ')}.`, {
    problems: broken.map((message) => ({ path, message })),
  });
}

const ALPHABET = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** A random password of 24 characters (139 bits) that keeps the rules and has no look-alikes. */
export function randomPassword(): string {
  const fair = 256 - (256 % ALPHABET.length);
  while (true) {
    const letters = [...randomBytes(64)]
      .filter((byte) => byte < fair)
      .map((byte) => ALPHABET[byte % ALPHABET.length]);
    const password = letters.slice(0, 24).join('');
    if (password.length === 24 && RULES.every(([holds]) => holds(password))) return password;
  }
}
