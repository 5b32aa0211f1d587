import type { GitOptions } from '../files/git.ts';
import { sameAddress } from './address.ts';
import { gitAnswer, gitLines, objectTypes } from './git-lines.ts';
import type { RefUpdate } from './ref-updates.ts';

/** Where a push goes, as git tells its hook: a name of a remote, or its address where it has no name here. */
export interface Destination {
  readonly remote: string;
  readonly url: string;
}

/** What this clone knows of the repository that is pushed to. */
export interface RemoteView {
  /** Ids of what it has, to be left out. */
  readonly has: readonly string[];
  /** The commit of its default branch; undefined where this clone knows none. */
  readonly defaultCommit: string | undefined;
  /** Commits whose policy is to be held against the push where the default branch is not known: the strictest counts. */
  readonly candidates: readonly string[];
}

interface Ref {
  readonly name: string;
  readonly id: string;
}

/**
 * What this clone knows of the destination. Remote-tracking refs count only where they were fetched from the repository
 * that is pushed to: with an address of its own for pushes, or several, what one has says nothing of the other.
 * Throws GitFailure.
 */
export async function viewOf(
  destination: Destination,
  updates: readonly RefUpdate[],
  options: GitOptions,
): Promise<RemoteView> {
  const told = [...new Set(updates.flatMap(({ remoteId }) => remoteId ?? []))];
  const [remotes, refs, types] = await Promise.all([
    gitLines(['remote'], options),
    allRefs(options),
    objectTypes(told, options),
  ]);
  const tracking = refs.filter(({ name }) => name.startsWith('refs/remotes/'));
  const of = new Map(remotes.map((remote) => [remote, refsOf(remote, remotes, tracking)]));
  const matching: string[] = [];
  for (const remote of remotes) if (await isFetchedFrom(remote, destination, options)) matching.push(remote);
  const here = types.filter(({ type }) => type === 'commit' || type === 'tag');
  const defaults = await Promise.all(matching.map((remote) => defaultBranch(remote, options)));
  const defaultCommit = defaults.find((id) => id !== undefined);
  const looked = matching.length > 0 ? matching : remotes;
  return {
    // What the remote has need not be here: somebody else pushed it.
    has: [...matching.flatMap((remote) => of.get(remote)!), ...here].map(({ id }) => id),
    defaultCommit,
    candidates:
      defaultCommit === undefined ? looked.flatMap((remote) => of.get(remote)!.map(({ id }) => id)) : [],
  };
}

/** What the repository that is pushed to knows of itself, before it takes the push. Throws GitFailure. */
export async function viewOfOwn(options: GitOptions): Promise<RemoteView> {
  const refs = await allRefs(options);
  const defaultCommit = await gitAnswer(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], options);
  const has = [...new Set(refs.map(({ id }) => id))];
  return { has, defaultCommit, candidates: defaultCommit === undefined ? has : [] };
}

/** Every ref of this clone but those of remotes and the stash: what a push could be told to send. */
export async function localTips(options: GitOptions): Promise<string[]> {
  const refs = await allRefs(options);
  const head = await gitAnswer(['rev-parse', '--verify', '--quiet', 'HEAD'], options);
  const local = refs.filter(({ name }) => !name.startsWith('refs/remotes/') && name !== 'refs/stash');
  return [...local.map(({ id }) => id), ...(head === undefined ? [] : [head])];
}

/** Compared here and not by git: a name may hold what is a pattern to it. */
async function allRefs(options: GitOptions): Promise<Ref[]> {
  const lines = await gitLines(['for-each-ref', '--format=%(objectname) %(refname)'], options);
  return lines.map((line) => {
    const space = line.indexOf(' ');
    return { id: line.slice(0, space), name: line.slice(space + 1) };
  });
}

/** Of `team` and `team/private`, the refs of the second are not the first one's. */
function refsOf(remote: string, remotes: readonly string[], tracking: readonly Ref[]): Ref[] {
  const longer = remotes.filter((one) => one.startsWith(`${remote}/`));
  const isBelow = (name: string, one: string) => name.startsWith(`refs/remotes/${one}/`);
  return tracking.filter(({ name }) => isBelow(name, remote) && !longer.some((one) => isBelow(name, one)));
}

async function isFetchedFrom(remote: string, { url }: Destination, options: GitOptions): Promise<boolean> {
  const [fetched, pushed] = await Promise.all([
    gitAnswer(['remote', 'get-url', '--', remote], options),
    gitLines(['remote', 'get-url', '--push', '--all', '--', remote], options).catch(() => []),
  ]);
  const same = (one: string) => sameAddress(one, options.folder) === sameAddress(url, options.folder);
  // With several addresses for pushes git moves the tracking refs after the first.
  return fetched !== undefined && same(fetched) && pushed.length === 1;
}

/**
 * Where the remote's HEAD leads. Only a symbolic ref counts: else it is a branch of that name, which anybody who may push can
 * make; so they can one of the usual names, and where both are there, neither counts.
 */
async function defaultBranch(remote: string, options: GitOptions): Promise<string | undefined> {
  const below = `refs/remotes/${remote}/`;
  const commitAt = (ref: string) =>
    gitAnswer(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], options);
  const head = await gitAnswer(['symbolic-ref', '--quiet', `${below}HEAD`], options);
  const named = head?.startsWith(below) ? await commitAt(head) : undefined;
  if (named !== undefined) return named;
  const [main, master] = await Promise.all([commitAt(`${below}main`), commitAt(`${below}master`)]);
  return main === undefined || master === undefined ? (main ?? master) : undefined;
}
