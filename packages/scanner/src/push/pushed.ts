import { GitFailure, type GitOptions } from '../files/git.ts';
import { listCommitted } from '../files/git-changes.ts';
import type { Place } from '../files/place.ts';
import { gitLines, objectTypes } from './git-lines.ts';

/** What a push would send. */
export interface Pushed {
  /** Contents of files by object id, each once, with the first place that has it. */
  readonly blobs: Map<string, Place>;
  /** Every path at which the contents of a place are, by the key of that place. */
  readonly paths: ReadonlyMap<string, readonly string[]>;
  /** Ids of commits, oldest first. */
  readonly commits: readonly string[];
  /** Ids of annotated tags. */
  readonly tags: readonly string[];
  readonly submodules: readonly Place[];
}

export const keyOf = ({ path, commit = '' }: Place) => `${commit}:${path}`;

/**
 * Lists what a push of `tips` sends to a repository that has `has` (object ids): every object that is reachable from the
 * one and not from the other. Commits are looked at one by one, so that what a later one removes is found; what else
 * would be sent (tags, tagged files, contents that come back) is added by its object id.
 * Throws GitFailure, also for an object that this clone lacks.
 */
export async function listPushed(
  tips: readonly string[],
  has: readonly string[],
  options: GitOptions,
): Promise<Pushed> {
  if (tips.length === 0) return { blobs: new Map(), paths: new Map(), commits: [], tags: [], submodules: [] };
  const revisions = [...tips, ...has.map((id) => `^${id}`)];
  const sent = sentObjects(revisions, options);
  // Awaited below: until then a failure of it is nobody's, and must not end the process.
  sent.catch(() => undefined);
  const commits = await gitLines(['rev-list', '--topo-order', '--reverse', '--stdin'], options, revisions);
  const paths = new Map<string, Set<string>>();
  const note = (id: string, path: string) => {
    const known = paths.get(id);
    if (known === undefined) paths.set(id, new Set([path]));
    else known.add(path);
  };
  const { blobs, submodules } = await listCommitted(commits, options, note);
  const tags: string[] = [];
  for (const { id, type, path } of await sent) {
    if (type === 'tag') tags.push(id);
    else if (type === 'blob' && !blobs.has(id)) {
      blobs.set(id, { path: path === '' ? `object ${id}` : path });
      note(id, blobs.get(id)!.path);
    }
  }
  const byPlace = new Map([...blobs].map(([id, place]) => [keyOf(place), [...(paths.get(id) ?? [])]]));
  return { blobs, paths: byPlace, commits, tags, submodules };
}

interface SentObject {
  readonly id: string;
  readonly type: string;
  readonly path: string;
}

/** Every object that would be sent, as `git pack-objects` would list them. */
async function sentObjects(revisions: readonly string[], options: GitOptions): Promise<SentObject[]> {
  const paths = new Map<string, string>();
  for (const line of await gitLines(['rev-list', '--objects', '--stdin'], options, revisions)) {
    const space = line.indexOf(' ');
    if (space === -1) paths.set(line, '');
    else paths.set(line.slice(0, space), line.slice(space + 1));
  }
  return (await objectTypes([...paths.keys()], options)).map(({ id, type }) => {
    if (type === 'missing')
      throw new GitFailure(
        `object ${id} would be sent, but this clone does not have it: git fetch --refetch may bring it`,
      );
    return { id, type, path: paths.get(id) ?? '' };
  });
}
