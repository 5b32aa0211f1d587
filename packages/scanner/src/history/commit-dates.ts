import { type GitOptions, gitBytes } from '../files/git.ts';
import { neutral } from '../files/git-changes.ts';
import type { Trace } from './trace.ts';

/** The author's time of each commit by its id, ISO 8601 with the author's offset. */
export type CommitDates = ReadonlyMap<string, string>;

/** Of the commits that a report names. Throws GitFailure. */
export async function readCommitDates(traces: readonly Trace[], git: GitOptions): Promise<CommitDates> {
  const ids = new Set(
    traces.flatMap(({ appears, disappears }) => [...appears.map(({ commit }) => commit), ...disappears]),
  );
  if (ids.size === 0) return new Map();
  const args = [...neutral, 'log', '--no-walk=unsorted', '--stdin', '--no-notes', '--format=%H %aI'];
  const lines = (await gitBytes(args, git, ids)).toString('utf8').split('\n');
  return new Map(
    lines
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  );
}
