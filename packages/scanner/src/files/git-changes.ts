import { placeOfCommit, placeOfTag } from './description-intake.ts';
import { GitFailure, type GitOptions, gitText, runGit } from './git.ts';
import { listTagged, listTags } from './git-tagged.ts';
import type { Place } from './place.ts';

/** Which states of files are meant. */
export type GitSelection =
  | { readonly kind: 'staged' }
  | { readonly kind: 'range'; readonly range: string }
  | { readonly kind: 'history' };

/** The contents to read, each once, with the first place that it was seen at. */
export interface GitChanges {
  readonly blobs: Map<string, Place>;
  readonly submodules: Place[];
  /** The commits and annotated tags themselves, which have messages. */
  readonly descriptions: Map<string, Place>;
  /** Undefined for staged changes. */
  readonly commits: number | undefined;
  /** The clone lacks older commits. */
  readonly isShallow: boolean;
}

const format = [
  '-r',
  '--raw',
  '-z',
  '--no-abbrev',
  '--no-renames',
  '--no-textconv',
  '--no-ext-diff',
  '--diff-filter=ACMT',
];
// Replaced by nothing that a repository could configure.
export const neutral = ['-c', 'diff.ignoreSubmodules=none', '-c', 'log.showSignature=false'];

/** Lists what a selection brings. Throws GitFailure, also for a range that names nothing. */
export async function listChanges(selection: GitSelection, options: GitOptions): Promise<GitChanges> {
  return selection.kind === 'staged' ? staged(options) : committed(selection, options);
}

const emptyChanges = (commits: number | undefined): GitChanges => ({
  ...{ blobs: new Map(), submodules: [], descriptions: new Map(), commits, isShallow: false },
});

async function staged(options: GitOptions): Promise<GitChanges> {
  const changes = emptyChanges(undefined);
  const reader = changeReader(changes);
  const head = await gitText(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], options).catch(
    () => undefined,
  );
  if (head === undefined) {
    // Before the first commit everything in the index is new; an unknown folder fails here as well.
    const top = (await gitText(['rev-parse', '--show-toplevel'], options)).replace(/\n$/, '');
    await runGit(['ls-files', '-s', '-z'], { ...options, folder: top }, indexReader(changes));
    return changes;
  }
  await runGit([...neutral, 'diff-index', '--cached', ...format, 'HEAD', '--'], options, reader);
  return changes;
}

async function committed(
  selection: Exclude<GitSelection, { kind: 'staged' }>,
  options: GitOptions,
): Promise<GitChanges> {
  const changes = await listCommitted(await listCommits(selection, options), options);
  if (selection.kind === 'history') {
    for (const [id, place] of await listTagged(options))
      if (!changes.blobs.has(id)) changes.blobs.set(id, place);
    for (const id of await listTags(options)) changes.descriptions.set(id, placeOfTag(id));
  }
  const isShallow = (await gitText(['rev-parse', '--is-shallow-repository'], options)).trim() === 'true';
  return { ...changes, isShallow: isShallow && selection.kind === 'history' };
}

/**
 * Lists what these commits bring, each content with the first of them that has it.
 * @param onPath told of every path at which a content is, by its id
 */
export async function listCommitted(
  commits: readonly string[],
  options: GitOptions,
  onPath?: (id: string, path: string) => void,
): Promise<GitChanges> {
  const changes = emptyChanges(commits.length);
  for (const id of commits) changes.descriptions.set(id, placeOfCommit(id));
  if (commits.length === 0) return changes;
  // Of a merge, what neither parent has: the rest came with the commits that it joins.
  const args = [...neutral, 'diff-tree', '--stdin', '--root', '-c', ...format];
  await runGit(args, options, changeReader(changes, onPath), commits);
  return changes;
}

/** Oldest first, so that each content is blamed on the commit that brought it. */
async function listCommits(
  selection: Exclude<GitSelection, { kind: 'staged' }>,
  options: GitOptions,
): Promise<string[]> {
  const which = selection.kind === 'history' ? ['--all', 'HEAD'] : rangeArguments(selection.range);
  const listed = await gitText(['rev-list', '--topo-order', '--reverse', ...which, '--'], options).catch(
    async (error: unknown) => {
      // A repository before its first commit has no HEAD, and an empty history.
      if (selection.kind !== 'history') throw error;
      return gitText(['rev-list', '--topo-order', '--reverse', '--all', '--'], options);
    },
  );
  return listed.split('\n').filter((line) => line !== '');
}

function rangeArguments(range: string): string[] {
  if (!range.includes('..') || /[\0\n]/.test(range)) {
    throw new GitFailure('--range takes two commits, as in main..HEAD');
  }
  // `..` at either end means HEAD; what begins with a dash must not become an option.
  return ['--end-of-options', range];
}

/** Reads `--raw -z` output: commit ids, and per file `:<modes> <ids> <status>` and its path. */
function changeReader(
  changes: GitChanges,
  onPath?: (id: string, path: string) => void,
): (piece: Buffer) => void {
  let commit: string | undefined;
  let pending: { mode: string; id: string } | undefined;
  return tokenReader((token) => {
    if (pending !== undefined) {
      const path = token.toString('utf8');
      add(changes, pending.mode, pending.id, path, commit);
      onPath?.(pending.id, path);
      pending = undefined;
    } else if (token[0] === 58) {
      // A colon for each parent; then the modes and ids of the parents, each followed by the new one.
      const parents = token.findIndex((byte) => byte !== 58);
      const fields = token.toString('latin1', parents).split(' ');
      pending = { mode: fields[parents]!, id: fields[2 * parents + 1]! };
    } else commit = token.toString('latin1').trim();
  });
}

/** Reads `ls-files -s -z`: `<mode> <id> <stage>\t<path>`. */
function indexReader(changes: GitChanges): (piece: Buffer) => void {
  return tokenReader((token) => {
    const tab = token.indexOf(9);
    const [mode, id] = token.toString('latin1', 0, tab).split(' ');
    add(changes, mode!, id!, token.toString('utf8', tab + 1), undefined);
  });
}

function add(
  { blobs, submodules }: GitChanges,
  mode: string,
  id: string,
  path: string,
  commit: string | undefined,
) {
  const place = commit === undefined ? { path } : { path, commit };
  if (mode === '160000') submodules.push(place);
  else if (!/^0+$/.test(id) && !blobs.has(id)) blobs.set(id, place);
}

/** Cuts what git prints with `-z` into its tokens. */
export function tokenReader(onToken: (token: Buffer) => void): (piece: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (piece) => {
    const data = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let start = 0;
    for (let end = data.indexOf(0); end !== -1; end = data.indexOf(0, start)) {
      onToken(data.subarray(start, end));
      start = end + 1;
    }
    rest = Buffer.from(data.subarray(start));
  };
}
