import { hash, parseOptions, verify } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import { randomBytes } from '../encryption/randomness.ts';
import { isCommonPassword } from './common-passwords.ts';
import { AccountError } from './errors.ts';
import { HashQueue } from './hash-queue.ts';
import { comparable } from './names.ts';

/**
 * Hashes and verifies passwords; may refuse with AccountError `hashing_busy`. `from` is whose place in the line it
 * takes (a network): one client never fills the line for everybody.
 */
export interface PasswordHasher {
  hash(password: string, from?: string): Promise<string>;
  /** With no hash (nobody of that name), or one that is not computed, it works as long, and answers false. */
  verify(stored: string | undefined, password: string, from?: string): Promise<boolean>;
  /** Whether a hash that was just verified is to be replaced by one of today's cost. */
  needsUpgrade(stored: string): boolean;
}

/** OWASP's second recommendation for Argon2id. 2 is Argon2id: the library's const enum cannot be imported here. */
export const PASSWORD_COST = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** What a hash from elsewhere may cost at most: 64 MiB, 10 passes, 4 lanes. */
const MOST = { memoryCost: 65_536, timeCost: 10, parallelism: 4 };
const QUEUE = { running: 2, waiting: 64, waitingPerKey: 32 };

/** bcrypt as other systems stored it, at cost 4 to 14: each step doubles the work, and 31 takes days. */
const BCRYPT = /^\$2[aby]\$(?:0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}$/;
const BCRYPT_BYTES = 72;

const base64 = (length: number) => randomBytes(length).toString('base64').replace(/=+$/, '');
/** Nobody's hash, of the same cost as everybody's: no password has it, since it is random and was never computed. */
export const NOBODY = `$argon2id$v=19$m=${PASSWORD_COST.memoryCost},t=${PASSWORD_COST.timeCost},p=${PASSWORD_COST.parallelism}$${base64(16)}$${base64(32)}`;

/** Typed on two keyboards, one password may come in two Unicode forms. */
const normalise = (password: string) => password.normalize('NFKC');

type Argon2 = ReturnType<typeof parseOptions>;
function argon2Of(stored: string): Argon2 | undefined {
  try {
    return parseOptions(stored);
  } catch {
    return undefined;
  }
}

const isAffordable = (of: Argon2) =>
  of.memoryCost <= MOST.memoryCost && of.timeCost <= MOST.timeCost && of.parallelism <= MOST.parallelism;

/** Whether to look at a stored bcrypt hash with this password. */
function isForBcrypt(stored: string, password: string): boolean {
  // bcrypt reads 72 bytes: any longer password would do that starts with the right ones, and the upgrade to Argon2id
  // would then take its end for right. Who had such a long one sets a new one.
  return BCRYPT.test(stored) && Buffer.byteLength(password) <= BCRYPT_BYTES;
}

function verifyStored(stored: string | undefined, password: string): Promise<boolean> {
  // The bytes as they were typed: the systems that made these hashes did not normalise.
  if (stored !== undefined && isForBcrypt(stored, password)) return verifyBcrypt(password, stored);
  const argon2 = stored === undefined ? undefined : argon2Of(stored);
  return verify(argon2 && isAffordable(argon2) ? stored! : NOBODY, normalise(password));
}

/**
 * Argon2id (RFC 9106; 19 MiB, 2 passes, 1 lane), two at a time, 64 waiting, 32 of them from one network.
 * Verifies bcrypt and other Argon2 hashes too, as far as they cost no more than a login may.
 */
export function argon2Hasher(queue: Pick<HashQueue, 'run'> = new HashQueue(QUEUE)): PasswordHasher {
  return {
    hash: (password, from) => queue.run(() => hash(normalise(password), PASSWORD_COST), from),
    verify: (stored, password, from) => queue.run(() => verifyStored(stored, password), from),
    needsUpgrade(stored) {
      const is = argon2Of(stored);
      if (!is) return true;
      // Fewer passes over more memory are as good.
      const work = is.memoryCost * is.timeCost >= PASSWORD_COST.memoryCost * PASSWORD_COST.timeCost;
      const asGood =
        is.algorithm === PASSWORD_COST.algorithm &&
        is.version === 1 &&
        is.memoryCost >= PASSWORD_COST.memoryCost;
      return !(asGood && work && is.outputLen >= 32 && is.saltLen >= 16);
    },
  };
}

export const SHORTEST_PASSWORD = 8;

type Rule = readonly [holds: (password: string) => boolean, message: string];
const FORM: readonly Rule[] = [
  [(password) => password.length >= SHORTEST_PASSWORD, `must have at least ${SHORTEST_PASSWORD} characters`],
  [(password) => password.length <= 128, 'must have at most 128 characters'],
  [(password) => /\p{Lu}/u.test(password), 'must have an upper-case letter'],
  [(password) => /\p{Ll}/u.test(password), 'must have a lower-case letter'],
  [(password) => /\d/.test(password), 'must have a digit'],
];
const SHORTEST_NAME = 4;

/**
 * The rules of a new password. `path` is the input's field, `own` what the user is called: names of
 * four characters and more must not be in it.
 * The first call reads the list of common passwords (30 ms).
 * @throws AccountError `weak_password` that names every rule that failed.
 */
export function checkPassword(password: string, path: string, own: readonly string[] = []): void {
  const names = own.map(comparable).filter((name) => name.length >= SHORTEST_NAME);
  checkRules(password, path, [
    ...FORM,
    [
      (password) => !isCommonPassword(password),
      'is among the most common passwords: choose a longer or less usual one',
    ],
    [
      (password) => !names.some((name) => comparable(password).includes(name)),
      'must not contain your own name or address',
    ],
  ]);
}

/** Length and letters alone: for a password that whoever runs the server has chosen. @throws like `checkPassword` */
export function checkForm(password: string, path: string): void {
  checkRules(password, path, FORM);
}

function checkRules(password: string, path: string, rules: readonly Rule[]): void {
  const broken = rules.filter(([holds]) => !holds(password)).map(([, message]) => message);
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
    if (password.length === 24 && FORM.every(([holds]) => holds(password))) return password;
  }
}
