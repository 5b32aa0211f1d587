import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readRegularFile } from '../files/read-file.ts';
import type { Invocation, ToolWork } from './tool.ts';

/** The most manifests of one scan that a tool is started for. */
export const mostManifests = 100;
const largestManifest = 50_000_000;

/** More manifests than a tool is started for: the caller says so, and the scan is incomplete. */
export class TooManyManifests extends Error {}

/** A manifest of which the tool would not see all; the message names it, as the tree does. */
export class PartialManifest extends Error {}

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
      else if (original === manifest) throw new PartialManifest(`${name} cannot be read`);
    }
    return { args: args(join(folder, basename(manifest))), folder, manifest };
  });
}

/** Names of requirement files; what is only a constraint or a template has another ending. */
const requirementFiles = /^(?:[\w.-]*-)?requirements(?:[-_.][\w.-]*)?\.txt$/i;
/** https://pip.pypa.io/en/stable/reference/requirements-file-format/#supported-options */
const included = /^[ \t]*(?:-r[ \t]*|--requirement(?:=|[ \t]+))(\S+)/gm;

/**
 * The same for requirement files. A copy stands alone, and tools pass over files that are not there: whatever one
 * includes must be one of the others. Throws PartialManifest.
 */
export function runsOnRequirements(
  work: Pick<ToolWork, 'files' | 'scratch'>,
  args: (copy: string) => readonly string[],
): Invocation[] {
  const runs = runsOnCopies(work, requirementFiles, [], args);
  const looked = new Set(runs.map(({ manifest }) => manifest));
  for (const { folder, manifest = '' } of runs) {
    const text = readFileSync(join(folder, basename(manifest)), 'latin1');
    for (const [, name = ''] of text.matchAll(included)) {
      if (looked.has(join(dirname(manifest), name))) continue;
      throw new PartialManifest(
        `${basename(manifest)} includes ${name}, which is no requirement file of the scan`,
      );
    }
  }
  return runs;
}
