import { isAbsolute, relative, resolve, sep } from 'node:path';
import { readBlobs } from '../files/git-blobs.ts';
import { type GitSelection, listChanges } from '../files/git-changes.ts';
import type { Intake } from '../files/intake.ts';
import { readRegularFile } from '../files/read-file.ts';
import { type Found, walk } from '../files/walk.ts';
import { progressBar } from './progress.ts';
import type { ScanRequest } from './request.ts';
import type { Surroundings } from './surroundings.ts';

/** Hands what the request means to the intake. @returns the commits that were looked at, if any were asked for */
export async function gather(
  request: ScanRequest,
  surroundings: Surroundings,
  intake: Intake,
): Promise<number | undefined> {
  if (request.selection !== undefined) return gatherChanges(request.selection, surroundings, intake);
  for (const path of request.paths) if (path === '-') await gatherInput(surroundings, intake);
  gatherFiles(request, surroundings, intake);
  return undefined;
}

async function gatherChanges(
  selection: GitSelection,
  surroundings: Surroundings,
  intake: Intake,
): Promise<number | undefined> {
  const options = { folder: surroundings.folder, env: surroundings.env };
  const changes = await listChanges(selection, options);
  if (changes.isShallow) intake.note({ path: '.' }, 'shallow-history');
  for (const place of changes.submodules) intake.skip(place, 'submodule');
  const bar = progressBar(surroundings, 'blobs');
  await readBlobs(changes.blobs, options, intake, (done) => bar.show(done, changes.blobs.size));
  bar.clear();
  return changes.commits;
}

function gatherFiles(
  { paths, useIgnoreFiles }: ScanRequest,
  surroundings: Surroundings,
  intake: Intake,
): void {
  const { folder } = surroundings;
  const found = new Map<string, Found>();
  for (const path of paths) {
    if (path === '-') continue;
    for (const one of walk(resolve(folder, path), { useIgnoreFiles })) {
      found.set(one.raw?.toString('latin1') ?? one.path, one);
    }
  }
  const bar = progressBar(surroundings, 'files');
  let done = 0;
  for (const { path, raw, skip } of found.values()) {
    const place = { path: shown(path, folder) };
    if (++done % 16 === 0) bar.show(done, found.size);
    if (skip !== undefined) intake.skip(place, skip);
    else if (intake.isExcluded(place.path)) intake.skip(place, 'excluded');
    else {
      const result = readRegularFile(raw ?? path, intake.sizeLimit);
      if ('skip' in result) intake.skip(place, result.skip);
      else intake.take(place, result.bytes);
    }
  }
  bar.clear();
}

/** Relative below the working folder, else absolute, with `/` between the parts. */
function shown(path: string, folder: string): string {
  const fromFolder = relative(folder, path);
  const isBelow = fromFolder !== '..' && !fromFolder.startsWith(`..${sep}`) && !isAbsolute(fromFolder);
  const chosen = isBelow && fromFolder !== '' ? fromFolder : path;
  return sep === '/' ? chosen : chosen.replaceAll(sep, '/');
}

async function gatherInput({ stdin }: Surroundings, intake: Intake): Promise<void> {
  const place = { path: 'stdin' };
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of stdin()) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    length += bytes.length;
    pieces.push(bytes);
    if (length > intake.sizeLimit(pieces[0]!)) return intake.skip(place, 'too-large');
  }
  // Nothing came: an input that broke looks the same, so that it does not count as scanned.
  if (length > 0) intake.take(place, Buffer.concat(pieces));
}
