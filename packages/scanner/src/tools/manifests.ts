import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readRegularFile } from '../files/read-file.ts';
import type { Invocation, ToolWork } from './tool.ts';

/** The most manifests of one scan that a tool is started for. */
export const mostManifests = 100;
const largestManifest = 50_000_000;

/** More manifests than a tool is started for: the caller says so, and the scan is incomplete. */
export class TooManyManifests extends Error {}

/**
 * A run of a tool for each manifest with these names, on a copy in an empty folder: beside the original may lie settings
 * of the package manager that name programs, another registry or what to pass over (`.npmrc`, `.yarnrc`,
 * `.safety-policy.yml`), and the tree that is scanned may not say so. Links and what cannot be read throw.
 * @param names of the manifest: the lock file
 * @param companions of files that the tool wants beside it
 */
export function runsOnCopies(
  { files, scratch }: Pick<ToolWork, 'files' | 'scratch'>,
  names: RegExp,
  companions: readonly string[],
  args: (copy: string) => readonly string[],
): Invocation[] {
  const manifests = files.filter((file) => names.test(basename(file)));
  if (manifests.length > mostManifests) throw new TooManyManifests();
  return manifests.map((manifest, i) => {
    const folder = join(scratch, String(i));
    mkdirSync(folder, { mode: 0o700 });
    for (const name of [basename(manifest), ...companions]) {
      const original = join(dirname(manifest), name);
      const result = readRegularFile(original, () => largestManifest);
      if ('bytes' in result) writeFileSync(join(folder, name), result.bytes, { mode: 0o600 });
    }
    return { args: args(join(folder, basename(manifest))), folder, manifest };
  });
}
