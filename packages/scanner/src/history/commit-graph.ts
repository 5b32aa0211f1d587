import type { GitOptions } from '../files/git.ts';
import { gitLines, objectTypes } from '../push/git-lines.ts';

export type RefKind = 'branch' | 'tag' | 'remote' | 'stash' | 'worktree' | 'other';

/** Something that keeps commits: a ref, an entry of the stash, the HEAD of a work tree. */
export interface Ref {
  /** As git takes it: `refs/heads/main`, `stash@{1}`. */
  readonly name: string;
  readonly kind: RefKind;
  /** Of what it names: an annotated tag, for instance. */
  readonly id: string;
  /** What it leads to in the end, and of what type that is. */
  readonly target: string;
  readonly type: string;
}

/** Commits by number: parents come before their children. */
export interface CommitGraph {
  readonly ids: readonly string[];
  /** Those that this clone has, the first parent first. */
  readonly parents: readonly (readonly number[])[];
  readonly numberOf: ReadonlyMap<string, number>;
}

/** Every ref, every entry of the stash, and HEAD of every work tree. Throws GitFailure. */
export async function listRefs(options: GitOptions): Promise<Ref[]> {
  const named: { name: string; kind: RefKind; id: string }[] = [];
  for (const line of await gitLines(
    ['for-each-ref', '--format=%(objectname) %(refname) %(symref)'],
    options,
  )) {
    const [id = '', name = '', symbolic] = line.split(' ');
    // What a symbolic ref leads to is listed itself; the entries of the stash come below, this one among them.
    if (symbolic === '' && name !== 'refs/stash') named.push({ name, kind: kindOf(name), id });
  }
  const stash = await gitLines(['rev-list', '--walk-reflogs', 'refs/stash', '--'], options).catch(() => []);
  stash.forEach((id, i) => {
    named.push({ name: `stash@{${i}}`, kind: 'stash', id });
  });
  for (const id of await detachedHeads(options)) named.push({ name: 'HEAD', kind: 'worktree', id });
  const peeled = await objectTypes(
    named.map(({ id }) => `${id}^{}`),
    options,
  );
  return named.map((one, i) => ({ ...one, target: peeled[i]!.id.replace('^{}', ''), type: peeled[i]!.type }));
}

/** Commits that work trees are on without a branch. */
async function detachedHeads(options: GitOptions): Promise<Set<string>> {
  const heads = new Set<string>();
  let id: string | undefined;
  for (const line of await gitLines(['worktree', 'list', '--porcelain'], options).catch(() => [])) {
    id = /^HEAD ([\da-f]{40,64})$/.exec(line)?.[1] ?? id;
    if (line === 'detached' && id !== undefined) heads.add(id);
  }
  return heads;
}

function kindOf(name: string): RefKind {
  if (name.startsWith('refs/heads/')) return 'branch';
  if (name.startsWith('refs/tags/')) return 'tag';
  return name.startsWith('refs/remotes/') ? 'remote' : 'other';
}

/** The commits that these lead to, and their ancestors. Throws GitFailure. */
export async function readCommitGraph(tips: Iterable<string>, options: GitOptions): Promise<CommitGraph> {
  const start = [...new Set(tips)];
  const args = ['rev-list', '--topo-order', '--reverse', '--parents', '--stdin'];
  // Without a revision on its input git says how it is used.
  const lines = start.length === 0 ? [] : await gitLines(args, options, start);
  const ids: string[] = [];
  const parents: number[][] = [];
  const numberOf = new Map<string, number>();
  for (const line of lines) {
    const [id = '', ...of] = line.split(' ');
    numberOf.set(id, ids.length);
    ids.push(id);
    parents.push(of.flatMap((parent) => numberOf.get(parent) ?? []));
  }
  return { ids, parents, numberOf };
}

/** Commits, contents and tags of the object store, whatever leads to them. Throws GitFailure. */
export async function listAllObjects(
  options: GitOptions,
): Promise<{ commits: string[]; blobs: string[]; tags: string[] }> {
  const format = '--batch-check=%(objecttype) %(objectname)';
  const found = { commits: [] as string[], blobs: [] as string[], tags: [] as string[] };
  const lists: Record<string, string[]> = { commit: found.commits, blob: found.blobs, tag: found.tags };
  for (const line of await gitLines(['cat-file', '--batch-all-objects', '--unordered', format], options)) {
    const [type = '', id = ''] = line.split(' ');
    lists[type]?.push(id);
  }
  return found;
}
