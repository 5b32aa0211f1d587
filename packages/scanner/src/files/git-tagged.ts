import { type GitOptions, gitText, runGit } from './git.ts';
import type { Place } from './place.ts';

/**
 * The contents of files that refs lead to without a commit: a tag may name a file or a folder, which no commit has.
 * Throws GitFailure, also for an object that is not there.
 */
export async function listTagged(options: GitOptions): Promise<Map<string, Place>> {
  const format = '%(objecttype) %(*objecttype) %(refname)';
  const refs: string[] = [];
  for (const line of (await gitText(['for-each-ref', `--format=${format}`], options)).split('\n')) {
    const [type, target, ref] = line.split(' ');
    // A tag of a tag is looked into: what it leads to in the end, only newer versions of git say here.
    if (ref !== undefined && (target === '' ? type : target) !== 'commit') refs.push(ref);
  }
  const tagged = new Map<string, Place>();
  if (refs.length === 0) return tagged;
  const paths = new Map<string, string>();
  for (const line of await linesOf(['rev-list', '--objects', '--stdin'], options, refs)) {
    const [id = '', ...path] = line.split(' ');
    paths.set(id, path.join(' '));
  }
  const check = ['cat-file', '--batch-check=%(objecttype) %(objectname)', '--buffer'];
  for (const line of await linesOf(check, options, paths.keys())) {
    const [type, id = ''] = line.split(' ');
    if (type === 'blob') tagged.set(id, { path: paths.get(id) || `object ${id}` });
  }
  return tagged;
}

/** Ids of annotated tags that refs name. Throws GitFailure. */
export async function listTags(options: GitOptions): Promise<string[]> {
  const lines = await linesOf(['for-each-ref', '--format=%(objecttype) %(objectname)'], options, []);
  return lines.flatMap((line) => (line.startsWith('tag ') ? line.slice(4) : []));
}

async function linesOf(
  args: readonly string[],
  options: GitOptions,
  input: Iterable<string>,
): Promise<string[]> {
  const pieces: Buffer[] = [];
  await runGit(args, options, (piece) => pieces.push(piece), input);
  const lines = Buffer.concat(pieces).toString('utf8').split('\n');
  return lines.filter((line) => line !== '');
}
