import { lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { GitFailure, type GitOptions, gitBytes } from '../files/git.ts';
import { gitAnswer, gitLines } from '../push/git-lines.ts';
import { type ChangeLog, readChangeLog } from './change-log.ts';
import { type CommitGraph, listAllObjects, listRefs, type Ref, readCommitGraph } from './commit-graph.ts';

/** What a repository holds, and what leads to it. */
export interface Repository {
  /** The work tree, absolute; undefined in a bare repository. */
  readonly top: string | undefined;
  /** Where git is to be run: the work tree, or the repository itself. */
  readonly git: GitOptions;
  readonly refs: readonly Ref[];
  /** The branch that HEAD is on, as a ref; undefined where it is on none. */
  readonly branch: string | undefined;
  /** Number of the commit that HEAD is on. */
  readonly head: number | undefined;
  readonly graph: CommitGraph;
  readonly log: ChangeLog;
  /** Contents that no commit has, with what leads to them: names of refs, or nothing. */
  readonly loose: ReadonlyMap<string, { readonly path: string; readonly refs: readonly string[] }>;
  /** Ids of annotated tags, with the refs that name them. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
  /** What keeps the history from being whole, in words. */
  readonly gaps: readonly string[];
  readonly remotes: readonly { readonly name: string; readonly url: string }[];
  /** When this clone last fetched; undefined where it never did since it was made. */
  readonly lastFetch: Date | undefined;
}

interface Reading {
  readonly allObjects: boolean;
  onProgress(done: number, total: number): void;
}

/** Reads what all refs lead to; with `allObjects` also what only reflogs, or nothing, leads to. Throws GitFailure. */
export async function readRepository(start: GitOptions, reading: Reading): Promise<Repository> {
  const [isBare, common] = await gitLines(['rev-parse', '--is-bare-repository', '--git-common-dir'], start);
  const gitFolder = resolve(start.folder, common ?? '.git');
  // What git prints ends with one line break; the name of a folder may too.
  const top =
    isBare === 'true'
      ? undefined
      : (await gitBytes(['rev-parse', '--show-toplevel'], start)).toString('utf8').slice(0, -1);
  const git = { ...start, folder: top ?? start.folder };
  const refs = await listRefs(git);
  const missing = refs.find(({ type }) => type === 'missing');
  if (missing !== undefined)
    throw new GitFailure(`${missing.name} leads to an object that is not here: git fsck shows more`);
  const all = reading.allObjects ? await listAllObjects(git) : undefined;
  const tips = refs.filter(({ type }) => type === 'commit').map(({ target }) => target);
  const graph = await readCommitGraph(all === undefined ? tips : [...tips, ...all.commits], git);
  const log = await readChangeLog(graph, git, (done) => reading.onProgress(done, graph.ids.length));
  const head = await gitAnswer(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], git);
  const tags = new Map<string, string[]>((all?.tags ?? []).map((id) => [id, []]));
  for (const { id, target, name } of refs) if (id !== target) tags.set(id, [...(tags.get(id) ?? []), name]);
  return {
    top,
    git,
    refs,
    branch: await gitAnswer(['symbolic-ref', '--quiet', 'HEAD'], git),
    head: head === undefined ? undefined : graph.numberOf.get(head),
    graph,
    log,
    loose: await looseContents(refs, all?.blobs ?? [], log, git),
    tags,
    gaps: await gapsOf(git),
    remotes: await remotesOf(git),
    lastFetch: lstatSync(join(gitFolder, 'FETCH_HEAD'), { throwIfNoEntry: false })?.mtime,
  };
}

const mostOdd = 200;

/** What refs name that are no commits, and contents that nothing names. */
async function looseContents(
  refs: readonly Ref[],
  blobs: readonly string[],
  log: ChangeLog,
  git: GitOptions,
) {
  const loose = new Map<string, { path: string; refs: string[] }>();
  const add = (id: string, path: string, ref?: string) => {
    const known = loose.get(id) ?? { path, refs: [] };
    if (ref !== undefined) known.refs.push(ref);
    loose.set(id, known);
  };
  const odd = refs.filter(({ type }) => type !== 'commit');
  if (odd.length > mostOdd)
    throw new GitFailure(`more than ${mostOdd} refs name files or folders in place of commits`);
  for (const { name, type, target } of odd) {
    if (type === 'blob') add(target, name, name);
    else {
      const listed = (await gitBytes(['ls-tree', '-r', '-z', '--full-tree', target], git)).toString('utf8');
      for (const [, id, path] of listed.matchAll(/ blob ([\da-f]+)\t([^\0]*)\0/g)) add(id!, path!, name);
    }
  }
  const inCommits = new Set(log.blobs.list);
  for (const id of blobs) if (!inCommits.has(id) && !loose.has(id)) add(id, `object ${id}`);
  return loose;
}

async function gapsOf(git: GitOptions): Promise<string[]> {
  const gaps: string[] = [];
  if ((await gitAnswer(['rev-parse', '--is-shallow-repository'], git)) === 'true')
    gaps.push('a shallow clone: older commits are not here. Bring them: git fetch --unshallow');
  const partial = await gitLines(['config', '--get-regexp', '^remote\\..*\\.promisor$'], git).catch(() => []);
  if (partial.length > 0)
    gaps.push('a partial clone: contents may not be here. Bring them: git fetch --refetch --no-filter');
  return gaps;
}

async function remotesOf(git: GitOptions): Promise<{ name: string; url: string }[]> {
  const remotes: { name: string; url: string }[] = [];
  for (const name of await gitLines(['remote'], git))
    remotes.push({ name, url: (await gitAnswer(['remote', 'get-url', '--', name], git)) ?? '' });
  return remotes;
}
