import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { InvalidConfiguration } from '../files/settings-shape.ts';
import { putInPlace } from '../files/write-file.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface TrustedEntry {
  /** Of the module's bytes, hexadecimal. This alone decides. */
  readonly sha256: string;
  /** Where it lay when it was trusted; for people. */
  readonly path: string;
  /** ISO 8601. */
  readonly trustedAt: string;
}

/** The store is not what it must be to be believed; the message says what to do. */
export class TrustStoreError extends InvalidConfiguration {}

const largest = 1_000_000;

/**
 * The user's own file: never in the tree that is scanned, whose author could write it. Throws TrustStoreError where it
 * could be there.
 */
export function trustFile(env: Environment): string {
  return join(configFolder(env), 'memhold', 'trusted-rules.json');
}

function configFolder(env: Environment): string {
  // homedir() is the variable HOME as well, where that is set.
  const home = env.HOME || homedir();
  if (!isAbsolute(home)) throw new TrustStoreError('HOME is no absolute path: set it to your own folder');
  if (process.platform === 'win32') {
    return env.APPDATA && isAbsolute(env.APPDATA) ? env.APPDATA : join(home, 'AppData', 'Roaming');
  }
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support');
  // Relative paths are to be ignored (XDG Base Directory Specification 0.8): they would lead into the tree.
  return env.XDG_CONFIG_HOME && isAbsolute(env.XDG_CONFIG_HOME) ? env.XDG_CONFIG_HOME : join(home, '.config');
}

export const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** What is trusted; nothing where there is no file. Throws TrustStoreError. */
export function readTrusted(file: string): TrustedEntry[] {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  const refuse = (what: string): never => {
    throw new TrustStoreError(`${file} ${what}: look at it, remove it, and trust again`);
  };
  if (!stat.isFile()) refuse('is no regular file');
  if (stat.size > largest) refuse('is larger than 1 MB');
  const user = process.getuid?.();
  if (user !== undefined && stat.uid !== user) refuse('belongs to another user');
  if (user !== undefined && (stat.mode & 0o022) !== 0) refuse('can be written by others');
  const isEntry = (one: unknown): one is { sha256: string; path: string; trusted_at: string } => {
    const { sha256, path, trusted_at } = (one ?? {}) as Record<string, unknown>;
    return /^[\da-f]{64}$/.test(String(sha256)) && typeof path === 'string' && typeof trusted_at === 'string';
  };
  try {
    const { version, modules } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    if (version === 1 && Array.isArray(modules) && modules.every(isEntry)) {
      return modules.map(({ sha256, path, trusted_at }) => ({ sha256, path, trustedAt: trusted_at }));
    }
  } catch {
    // Said below.
  }
  return refuse('does not have the form of trusted rules');
}

/** Writes the file whole or not at all, for its owner alone. */
export function writeTrusted(file: string, entries: readonly TrustedEntry[]): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const modules = entries.map(({ sha256, path, trustedAt }) => ({ sha256, path, trusted_at: trustedAt }));
  putInPlace(file, `${JSON.stringify({ version: 1, modules }, null, 2)}\n`, 0o600);
}
