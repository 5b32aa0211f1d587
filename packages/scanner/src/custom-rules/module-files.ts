import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { wordsOfSkip } from '../files/place.ts';
import { readRegularFile } from '../files/read-file.ts';
import { InvalidConfiguration } from '../files/settings-shape.ts';
import type { TrustedModule } from './module-rules.ts';
import { type Environment, hashOf, readTrusted, trustFile } from './trust-store.ts';

/** A rule module as it lies in the tree. */
export interface ModuleFile extends TrustedModule {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

const largest = 256_000;

/** Reads the modules that settings of a folder name: regular files that no link leads to. Throws InvalidConfiguration. */
export function readModules(root: string, names: readonly string[]): ModuleFile[] {
  return names.map((name, i) => {
    const path = join(root, name);
    const refuse = (what: string): never => {
      throw new InvalidConfiguration(`modules[${i}] ${what}: ${name}`);
    };
    const result = readRegularFile(path, () => largest);
    if ('skip' in result) {
      return refuse(
        result.skip === 'too-large' ? `has more than ${largest} bytes` : `is ${wordsOfSkip(result.skip)}`,
      );
    }
    const { bytes } = result;
    const file = { name, path, bytes: bytes.length, sha256: hashOf(bytes), base64: bytes.toString('base64') };
    // Nothing depends on it but what a person looks at before they trust.
    if (realpathSync(path) !== join(realpathSync(root), name)) refuse('lies behind a symbolic link');
    return file;
  });
}

export interface SortedModules {
  readonly trusted: readonly TrustedModule[];
  /** Names of those whose bytes nobody trusted: new ones, and changed ones. */
  readonly untrusted: readonly string[];
}

/** Parts modules by whether their bytes are trusted. Throws InvalidConfiguration. */
export function sortModules(root: string, names: readonly string[], env: Environment): SortedModules {
  const hashes = new Set(readTrusted(trustFile(env)).map(({ sha256 }) => sha256));
  const files = readModules(root, names);
  return {
    trusted: files.filter(({ sha256 }) => hashes.has(sha256)).map(({ name, base64 }) => ({ name, base64 })),
    untrusted: files.filter(({ sha256 }) => !hashes.has(sha256)).map(({ name }) => name),
  };
}
