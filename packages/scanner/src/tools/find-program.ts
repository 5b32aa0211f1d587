import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, relative, sep } from 'node:path';

/**
 * The folders of PATH that programs are taken from. Relative ones and empty ones mean the folder that one stands in, and
 * those below the scanned tree (`node_modules/.bin`, which npm scripts put there) hold what the tree brought: whoever
 * wrote the tree would choose what runs. Of a folder inside a repository the repository is the tree.
 * @param tree folders of the scan, absolute
 */
export function trustedFolders(path: string | undefined, tree: readonly string[]): readonly string[] {
  const roots = tree.map(topOf);
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
  const roots = tree.map(topOf);
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

/** The repository that a folder belongs to, or the folder itself. */
function topOf(folder: string): string {
  const start = real(folder);
  for (let at = start; dirname(at) !== at; at = dirname(at)) if (existsSync(join(at, '.git'))) return at;
  return start;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
