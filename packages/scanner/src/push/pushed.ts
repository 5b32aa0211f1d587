import { GitFailure, type GitOptions, runGit } from '../files/git.ts';
import { listCommitted } from '../files/git-changes.ts';
import type { Place } from '../files/place.ts';
import type { RefUpdate } from './ref-updates.ts';

/** Where a push goes, as git tells its hook: a name of a remote, or its address where it has no name here. */
export interface Destination {
  readonly remote: string;
  readonly url: string;
}

/** What a push would send. */
export interface Pushed {
  /** Contents of files by object id, each once, with the commit that brought it. */
  readonly blobs: Map<string, Place>;
  /** Ids of commits, oldest first. */
  readonly commits: readonly string[];
  /** Ids of annotated tags. */
  readonly tags: readonly string[];
  readonly submodules: readonly Place[];
}

/**
 * Lists what these updates send and the remote does not have: every object that is reachable from what is pushed and
 * from nothing that this clone knows of the remote. Commits are looked at one by one, so that what a later one
 * removes is found; what else would be sent (tags, tagged files, contents that come back) is added by its object id.
 * Throws GitFailure, also for an object that this clone lacks.
 */
export async function listPushed(
  updates: readonly RefUpdate[],
  destination: Destination,
  options: GitOptions,
): Promise<Pushed> {
  const sent = updates.flatMap(({ localId }) => (localId === undefined ? [] : [localId]));
  return sent.length === 0
    ? { blobs: new Map(), commits: [], tags: [], submodules: [] }
    : list(sent, updates, destination, options);
}

/**
 * What any push from here could send: everything that a branch, a tag or HEAD holds and the remote does not. For a
 * hook that was told of no refs, because git had none to send or because something in between swallowed them.
 */
export async function listUnpushed(destination: Destination, options: GitOptions): Promise<Pushed> {
  const refs = await refsBelow(['refs/heads/', 'refs/tags/'], options);
  const head = await gitLines(['rev-parse', '--verify', '--quiet', 'HEAD'], options).catch(() => []);
  return list([...refs, ...head], [], destination, options);
}

async function list(
  sent: readonly string[],
  updates: readonly RefUpdate[],
  destination: Destination,
  options: GitOptions,
): Promise<Pushed> {
  const revisions = [...sent, ...(await knownToRemote(updates, destination, options))];
  const commits = await gitLines(['rev-list', '--topo-order', '--reverse', '--stdin'], options, revisions);
  const { blobs, submodules } = await listCommitted(commits, options);
  const tags: string[] = [];
  for (const { id, type, path } of await objects(revisions, options)) {
    if (type === 'tag') tags.push(id);
    else if (type === 'blob' && !blobs.has(id)) blobs.set(id, { path: path === '' ? `object ${id}` : path });
  }
  return { blobs, commits, tags, submodules };
}

interface SentObject {
  readonly id: string;
  readonly type: string;
  readonly path: string;
}

/** Every object that would be sent, as `git pack-objects` would list them. */
async function objects(revisions: readonly string[], options: GitOptions): Promise<SentObject[]> {
  const paths = new Map<string, string>();
  for (const line of await gitLines(['rev-list', '--objects', '--stdin'], options, revisions)) {
    const space = line.indexOf(' ');
    if (space === -1) paths.set(line, '');
    else paths.set(line.slice(0, space), line.slice(space + 1));
  }
  const found = await typesOf([...paths.keys()], options);
  return [...found].map(([id, type]) => {
    if (type === 'missing')
      throw new GitFailure(`object ${id} would be sent, but this clone does not have it`);
    return { id, type, path: paths.get(id) ?? '' };
  });
}

/** What the remote has as far as this clone knows, as arguments that leave it out. */
async function knownToRemote(
  updates: readonly RefUpdate[],
  destination: Destination,
  options: GitOptions,
): Promise<string[]> {
  const names = await namesOf(destination, options);
  const tracked = await refsBelow(
    names.map((name) => `refs/remotes/${name}/`),
    options,
  );
  const told = [...new Set(updates.flatMap(({ remoteId }) => remoteId ?? []))];
  const types = await typesOf(told, options);
  // What the remote has need not be here: somebody else pushed it.
  const present = told.filter((id) => types.get(id) === 'commit' || types.get(id) === 'tag');
  return [...tracked, ...present].map((id) => `^${id}`);
}

/** The remotes of this clone that the push goes to: by name, or by address where only that was given. */
export async function namesOf({ remote, url }: Destination, options: GitOptions): Promise<string[]> {
  const names = await gitLines(['remote'], options);
  if (names.includes(remote)) return [remote];
  const found: string[] = [];
  for (const name of names) {
    const addresses = await gitLines(['remote', 'get-url', '--push', '--all', '--', name], options);
    if (addresses.includes(url)) found.push(name);
  }
  return found;
}

/** Object ids of the refs whose names begin so. Compared here: a name may hold what is a pattern to git. */
async function refsBelow(prefixes: readonly string[], options: GitOptions): Promise<string[]> {
  if (prefixes.length === 0) return [];
  const lines = await gitLines(['for-each-ref', '--format=%(objectname) %(refname)'], options);
  return lines.flatMap((line) => {
    const space = line.indexOf(' ');
    const name = line.slice(space + 1);
    return prefixes.some((prefix) => name.startsWith(prefix)) ? line.slice(0, space) : [];
  });
}

/** Object types by id; `missing` where this clone does not have it. */
async function typesOf(ids: readonly string[], options: GitOptions): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const format = '--batch-check=%(objectname) %(objecttype)';
  const lines = await gitLines(['cat-file', format, '--buffer'], options, ids);
  return new Map(lines.map((line) => line.split(' ') as [string, string]));
}

export async function gitLines(
  args: readonly string[],
  options: GitOptions,
  input?: readonly string[],
): Promise<string[]> {
  const pieces: Buffer[] = [];
  await runGit(args, options, (piece) => pieces.push(piece), input);
  return Buffer.concat(pieces)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}
