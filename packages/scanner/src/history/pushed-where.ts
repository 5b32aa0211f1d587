import type { Ref } from './commit-graph.ts';
import type { Repository } from './repository.ts';
import type { Trace } from './trace.ts';

/** Whether a secret has left, as far as this clone can know. */
export interface PushedWhere {
  /** `no`: nothing that this clone knows of; `unknown`: tags hold it, and no clone knows which tags were pushed. */
  readonly verdict: 'yes' | 'no' | 'unknown';
  /** Remote-tracking refs that lead to it. */
  readonly refs: readonly string[];
}

export function pushedWhere({ remotes }: Repository, { refs }: Trace): PushedWhere {
  const remote = refs.filter(({ ref }) => ref.kind === 'remote').map(({ ref }) => ref.name);
  const hasTag = refs.some(({ ref }) => ref.kind === 'tag') && remotes.length > 0;
  return { verdict: remote.length > 0 ? 'yes' : hasTag ? 'unknown' : 'no', refs: remote };
}

/** The remote of a remote-tracking ref, and its branch there; of `team` and `team/private` the longer name counts. */
export function branchOf(
  { name }: Pick<Ref, 'name'>,
  remotes: Repository['remotes'],
): { remote: string; branch: string } | undefined {
  const rest = name.slice('refs/remotes/'.length);
  const names = remotes.map((remote) => remote.name).sort((a, b) => b.length - a.length);
  const remote = names.find((one) => rest.startsWith(`${one}/`));
  return remote === undefined ? undefined : { remote, branch: rest.slice(remote.length + 1) };
}
