import { type GitOptions, runGit } from '../files/git.ts';
import { neutral, tokenReader } from '../files/git-changes.ts';
import type { CommitGraph } from './commit-graph.ts';

/** No content: the path is not there on this side. */
export const ABSENT = 0;

/**
 * What each commit changes against its first parent, as numbers, because there are millions of changes in a large
 * history. By them it is known of every commit what its files hold.
 */
export class ChangeLog {
  /** Ids of contents by number; 0 is none. */
  readonly blobs = new Numbering(['']);
  readonly paths = new Numbering();
  /** One entry for each change: number of the commit (rising), of the path, of the content before and after. */
  readonly commit: number[] = [];
  readonly path: number[] = [];
  readonly before: number[] = [];
  readonly after: number[] = [];
  /** Paths of submodules. */
  readonly submodules = new Set<string>();
  /** The first commit that names a content, by the number of the content. */
  readonly firstEntry = new Map<number, number>();

  add(commit: number, path: string, before: string, after: string): void {
    const entry = this.commit.length;
    this.commit.push(commit);
    this.path.push(this.paths.numberOf(path));
    this.before.push(this.blobs.numberOf(before));
    const now = this.blobs.numberOf(after);
    this.after.push(now);
    if (now !== ABSENT && !this.firstEntry.has(now)) this.firstEntry.set(now, entry);
  }
}

/** Different texts, numbered in the order in which they came. */
class Numbering {
  readonly list: string[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(first: readonly string[] = []) {
    for (const text of first) this.numberOf(text);
  }

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.list.length);
    return this.list.push(text) - 1;
  }
}

const format = [
  '--root',
  '-r',
  '--raw',
  '-z',
  '--no-abbrev',
  '--no-renames',
  '--no-textconv',
  '--no-ext-diff',
];
const submodule = '160000';
const none = /^0+$/;

/** Reads what all commits change. Throws GitFailure. */
export async function readChangeLog(
  { ids, parents, numberOf }: CommitGraph,
  options: GitOptions,
  onProgress: (done: number) => void,
): Promise<ChangeLog> {
  const log = new ChangeLog();
  if (ids.length === 0) return log;
  let commit = 0;
  let fields: string[] | undefined;
  const read = tokenReader((token) => {
    if (fields !== undefined) {
      const [from = '', to = '', before = '', after = ''] = fields;
      const path = token.toString('utf8');
      if (to === submodule) log.submodules.add(path);
      const idOf = (mode: string, id: string) => (mode === submodule || none.test(id) ? '' : id);
      log.add(commit, path, idOf(from, before), idOf(to, after));
      fields = undefined;
    } else if (token[0] === 58) fields = token.toString('latin1', 1).split(' ');
    else {
      commit = numberOf.get(token.toString('latin1').trim())!;
      onProgress(commit);
    }
  });
  // `<commit> <parent>` compares with that parent alone (git-diff-tree(1), "--stdin").
  const lines = ids.map((id, i) => (parents[i]![0] === undefined ? id : `${id} ${ids[parents[i]![0]!]}`));
  await runGit([...neutral, 'diff-tree', '--stdin', ...format], options, read, lines);
  return log;
}
