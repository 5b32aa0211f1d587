// Bundles `memhold` and `memhold-scanner` once for all black-box tests: what they start is what is published, and it
// starts with half the work of the sources (0.5 instead of 1 second of a core, several hundred times).
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundle, command, scannerCommand } from '../scripts/bundle.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the bundled `memhold`, laid out as its published package. */
    memhold: string;
    /** The same of `memhold-scanner`. */
    scanner: string;
  }
}

const PACKAGES = resolve(import.meta.dirname, '../packages');
/** Where the server's packages resolve, as the native modules and the list of passwords stay outside the bundle. */
const PLACE = join(PACKAGES, 'server/node_modules/.cache');
const PREFIX = 'black-box-';
const DAY_MS = 86_400_000;

/** A folder of this run's own, since several may run at once; those of runs that were killed go the next day. */
export default async function setup({ provide }: TestProject): Promise<() => void> {
  mkdirSync(PLACE, { recursive: true });
  for (const name of readdirSync(PLACE)) {
    const path = join(PLACE, name);
    if (name.startsWith(PREFIX) && Date.now() - statSync(path).mtimeMs > DAY_MS)
      rmSync(path, { recursive: true, force: true });
  }
  const folder = mkdtempSync(join(PLACE, PREFIX));
  const memhold = join(folder, 'memhold');
  const scanner = join(folder, 'memhold-scanner');
  await bundle(command, memhold);
  await bundle(scannerCommand, scanner);
  copyBeside(memhold, 'cli', 'bin/memhold.js');
  copyBeside(scanner, 'scanner', 'bin/memhold-scanner.js');
  provide('memhold', memhold);
  provide('scanner', scanner);
  return () => rmSync(folder, { recursive: true, force: true });
}

function copyBeside(bundled: string, name: string, bin: string): void {
  mkdirSync(join(bundled, 'bin'));
  for (const file of ['package.json', bin]) copyFileSync(join(PACKAGES, name, file), join(bundled, file));
}
