import { resolve } from 'node:path';
import { DescriptionIntake } from '../files/description-intake.ts';
import { readBlobs } from '../files/git-blobs.ts';
import { type GitSelection, listChanges } from '../files/git-changes.ts';
import type { Intake } from '../files/intake.ts';
import { PathList } from '../files/path-list.ts';
import { type Found, walk } from '../files/walk.ts';
import { printable } from '../reports/presentable.ts';
import { scanFilesTogether } from '../threads/scan-files-together.ts';
import { shownPath } from '../threads/take-files.ts';
import { progressBar } from './progress.ts';
import type { ScanRequest } from './request.ts';
import type { ScanOrder, ScanSetup } from './scan-setup.ts';
import type { Surroundings } from './surroundings.ts';

/** Hands what is asked for to the intake. @returns the commits that were looked at, if any were asked for */
export async function gather(
  order: ScanOrder,
  setup: ScanSetup,
  surroundings: Surroundings,
  intake: Intake,
): Promise<number | undefined> {
  const { request } = order;
  if (request.selection !== undefined) return gatherChanges(request.selection, setup, surroundings, intake);
  for (const path of request.paths) if (path === '-') await gatherInput(surroundings, intake);
  await gatherFiles(order, setup, surroundings, intake);
  return undefined;
}

async function gatherChanges(
  selection: GitSelection,
  { intake: { isExcluded: _, ...all } }: ScanSetup,
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
  // Which paths are left out says nothing of messages.
  const described = new DescriptionIntake(all);
  await readBlobs(changes.descriptions, options, described, () => undefined);
  for (const one of described.kept) intake.findings.add(one);
  for (const { place, reason, detail } of described.skips) intake.note(place, reason, detail);
  return changes.commits;
}

async function gatherFiles(
  order: ScanOrder,
  { intake: options }: ScanSetup,
  surroundings: Surroundings,
  intake: Intake,
): Promise<void> {
  const { request, folder } = order;
  const paths = new PathList();
  for (const { path, raw, skip } of findFiles(request, folder)) {
    const place = { path: shownPath(path, folder) };
    if (skip !== undefined) intake.skip(place, skip);
    else if (intake.isExcluded(place.path)) intake.skip(place, 'excluded');
    else paths.add(raw ?? path);
  }
  const bar = progressBar(surroundings, 'files');
  await scanFilesTogether({
    paths,
    order,
    options,
    intake,
    onProgress: (done) => bar.show(done, paths.length),
    onLoss: (reason) =>
      surroundings.err(`${surroundings.tool.name}: a thread of the scan ended: ${printable(reason)}`),
  });
  bar.clear();
}

/** What lies at and below the paths, each once. What one path ignores and another names is named. */
function findFiles({ paths, useIgnoreFiles }: ScanRequest, folder: string): Iterable<Found> {
  const walks = paths
    .filter((path) => path !== '-')
    .map((path) => walk(resolve(folder, path), { useIgnoreFiles }));
  if (walks.length === 1) return walks[0]!;
  const found = new Map<string, Found>();
  for (const one of walks.flatMap((entries) => [...entries])) {
    const key = one.raw?.toString('latin1') ?? one.path;
    const before = found.get(key);
    if (before === undefined || before.skip !== undefined) found.set(key, one);
  }
  return found.values();
}

async function gatherInput({ stdin }: Surroundings, intake: Intake): Promise<void> {
  const place = { path: 'stdin' };
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of stdin()) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      length += bytes.length;
      pieces.push(bytes);
      if (length > intake.sizeLimit(pieces[0]!)) return intake.skip(place, 'too-large');
    }
  } catch {
    // A folder as input, or a terminal that went away: what came before is a part only.
    intake.note(place, 'unreadable');
  }
  // Nothing came: an input that broke looks the same, so that it does not count as scanned.
  if (length > 0) intake.take(place, Buffer.concat(pieces));
}
