import { GitFailure, type GitOptions, gitBytes } from '../files/git.ts';
import { gitLines } from './git-lines.ts';

/** The files of a commit that say what its repository asks for. */
export interface PolicyFiles {
  /** Names of the files in `.memhold/`, as `.memhold/scan.yaml`. */
  readonly names: readonly string[];
  /** Object id of one of them: the same content has the same. */
  idOf(name: string): string | undefined;
  /** A file of the commit; undefined where it has none. Throws GitFailure where it cannot be read. */
  bytes(path: string): Promise<Buffer | undefined>;
  text(path: string): Promise<string | undefined>;
}

/** Absence and damage are told apart: a policy that cannot be read must not count as none. Throws GitFailure. */
export async function filesOf(commit: string, options: GitOptions): Promise<PolicyFiles> {
  const entries = new Map<string, Entry>();
  for (const one of await entriesAt(commit, '.memhold/', options)) entries.set(one.path, one);
  const bytes = async (path: string) => {
    const isListed = /^\.memhold\/[^/]+$/.test(path);
    const entry = isListed ? entries.get(path) : (await entriesAt(commit, path, options))[0];
    if (entry === undefined) return undefined;
    if (entry.type !== 'blob' || entry.mode === '120000')
      throw new GitFailure(`${path} of the default branch is no file`);
    return gitBytes(['cat-file', 'blob', entry.id], options);
  };
  return {
    names: [...entries.keys()],
    idOf: (name) => entries.get(name)?.id,
    bytes,
    text: async (path) => (await bytes(path))?.toString('utf8'),
  };
}

interface Entry {
  readonly mode: string;
  readonly type: string;
  readonly id: string;
  readonly path: string;
}

/** `<mode> <type> <id>\t<path>` (git-ls-tree(1)); a name that git quotes is none that is asked for. */
async function entriesAt(commit: string, path: string, options: GitOptions): Promise<Entry[]> {
  const lines = await gitLines(['ls-tree', '--full-tree', commit, '--', path], options);
  return lines.map((line) => {
    const tab = line.indexOf('\t');
    const [mode = '', type = '', id = ''] = line.slice(0, tab).split(' ');
    return { mode, type, id, path: line.slice(tab + 1) };
  });
}
