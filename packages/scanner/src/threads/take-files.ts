import { isAbsolute, relative, sep } from 'node:path';
import type { Intake } from '../files/intake.ts';
import type { PathList } from '../files/path-list.ts';
import { readRegularFile } from '../files/read-file.ts';
import type { Claim } from './claims.ts';

/** Reads a part of the list into the intake. */
export function takeFiles(paths: PathList, { from, to }: Claim, folder: string, intake: Intake): void {
  for (let i = from; i < to; i++) {
    const path = paths.at(i);
    const place = { path: shownPath(path.toString('utf8'), folder) };
    const result = readRegularFile(path, intake.sizeLimit);
    if ('skip' in result) intake.skip(place, result.skip);
    else intake.take(place, result.bytes);
  }
}

/** Relative below the working folder, else absolute, with `/` between the parts. */
export function shownPath(path: string, folder: string): string {
  const chosen = belowFolder(path, folder) ?? path;
  return sep === '/' ? chosen : chosen.replaceAll(sep, '/');
}

function belowFolder(path: string, folder: string): string | undefined {
  // What a walk finds begins with the folder as it is, and there are many of these.
  if (path.startsWith(folder) && path[folder.length] === sep) return path.slice(folder.length + 1);
  const fromFolder = relative(folder, path);
  const isBelow = fromFolder !== '..' && !fromFolder.startsWith(`..${sep}`) && !isAbsolute(fromFolder);
  return isBelow && fromFolder !== '' ? fromFolder : undefined;
}
