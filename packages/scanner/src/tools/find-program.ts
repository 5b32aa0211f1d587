import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, relative, sep } from 'node:path';

/**
 * The folders of PATH that programs are taken from. Relative ones and empty ones mean the folder that one stands in, and
 * those below the scanned tree (`node_modules/.bin`, which npm scripts put there) hold what the tree brought: whoever
 * wrote the tree would choose what runs.
 * @param tree folders of the scan, absolute
 */
export function trustedFolders(path: string | undefined, tree: readonly string[]): readonly string[] {
  const roots = tree.map(real);
  return (path ?? '').split(delimiter).filter((folder) => {
    if (!isAbsolute(folder)) return false;
    const found = real(folder);
    return !roots.some((root) => isBelow(found, root));
  });
}

/** The first program of this name in the folders, absolute; never one that is a link into the scanned tree. */
export function findProgram(
  name: string,
  folders: readonly string[],
  tree: readonly string[],
): string | undefined {
  const roots = tree.map(real);
  for (const folder of folders) {
    const file = join(folder, process.platform === 'win32' ? `${name}.exe` : name);
    try {
      if (!statSync(file).isFile()) continue;
      accessSync(file, constants.X_OK);
      const target = realpathSync(file);
      if (!roots.some((root) => isBelow(target, root))) return file;
    } catch {
      // It is not here.
    }
  }
  return undefined;
}

export function isBelow(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
