import { shownAddress } from '../push/address.ts';
import type { Ref } from './commit-graph.ts';
import { branchOf } from './pushed-where.ts';
import type { Repository } from './repository.ts';
import { shellWord } from './shell-words.ts';
import type { Step } from './step.ts';
import type { Trace } from './trace.ts';

/** What has to be done where the secret was pushed, and what nobody here can do or know. */
export function pushSteps(repository: Repository, traces: readonly Trace[]): Step[] {
  const { remotes } = repository;
  if (remotes.length === 0) return [];
  const holding = new Map(traces.flatMap(({ refs }) => refs.map(({ ref }) => [ref.name, ref] as const)));
  const refs = [...holding.values()];
  const deleted = new Set(deletedRefs(repository, traces));
  const pushes = refs.flatMap((ref) => (ref.kind === 'remote' ? [pushOfBranch(repository, ref)] : []));
  const tags = refs
    .filter(({ kind }) => kind === 'tag')
    .flatMap((ref) => pushesOfTag(repository, ref, deleted));
  const steps: Step[] = [];
  const add = (text: string, commands: readonly (string | undefined)[]) => {
    if (commands.length === 0) return;
    const shown = commands.flatMap((command) => command ?? []);
    const hidden = commands.length - shown.length;
    const note = hidden > 0 ? ` (and ${hidden} whose names cannot be shown: git for-each-ref)` : '';
    steps.push({ text: `${text}${note}:`, commands: shown });
  };
  add(
    'Put the rewritten branches in the place of those that were pushed; refused where somebody pushed since',
    pushes,
  );
  add('Tags, where they were pushed, which no clone knows; refused where they were not', tags);
  if (pushes.length + tags.length > 0) steps.push({ text: afterwards(remotes), commands: [] });
  return steps;
}

function pushOfBranch(repository: Repository, ref: Ref): string | undefined {
  const parts = branchOf(ref, repository.remotes);
  if (parts === undefined) return undefined;
  const { remote, branch } = parts;
  const target = `refs/heads/${branch}`;
  const local = repository.refs.find(({ name }) => name === target);
  // A branch of the same name that goes on from the remote's is what will be pushed; else the remote's own, rewritten.
  const source = local !== undefined && isAncestor(repository, ref.target, local.target) ? target : ref.name;
  return push(remote, `${target}:${ref.id}`, source === target ? target : `${source}:${target}`);
}

function pushesOfTag({ remotes }: Repository, { name, id }: Ref, deleted: ReadonlySet<string>) {
  return remotes.map((remote) => push(remote.name, `${name}:${id}`, deleted.has(name) ? `:${name}` : name));
}

function push(remote: string, lease: string, refspec: string): string | undefined {
  const words = [shellWord(lease), shellWord(remote), shellWord(refspec)];
  if (words.includes(undefined)) return undefined;
  return `git push --force-with-lease=${words[0]} -- ${words[1]} ${words[2]}`;
}

function deletedRefs({ loose }: Repository, traces: readonly Trace[]): string[] {
  const blobs = new Set(traces.flatMap((trace) => trace.blobs));
  return [
    ...traces.flatMap(({ tags }) => tags),
    ...[...loose].flatMap(([id, { refs }]) => (blobs.has(id) ? refs : [])),
  ];
}

function isAncestor({ graph }: Repository, older: string, newer: string): boolean {
  const [goal, start] = [graph.numberOf.get(older), graph.numberOf.get(newer)];
  if (goal === undefined || start === undefined) return false;
  const open = [start];
  const seen = new Set(open);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === goal) return true;
    for (const parent of graph.parents[at]!) {
      // Parents have lower numbers: below the goal it cannot be found.
      if (parent < goal || seen.has(parent)) continue;
      seen.add(parent);
      open.push(parent);
    }
  }
  return false;
}

function afterwards(remotes: Repository['remotes']): string {
  const host = (name: string) => remotes.some(({ url }) => shownAddress(url).includes(name));
  const own = host('github.com')
    ? 'GitHub keeps what pull requests and caches name: ask its support to purge it (https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository).'
    : host('gitlab.com')
      ? 'GitLab keeps what merge requests and caches name: remove it there as well (https://docs.gitlab.com/user/project/repository/repository_size/).'
      : 'The host may keep what pull requests and caches name: ask whoever runs it to purge it.';
  return `Tell everybody who has a clone or a fork: to clone anew, or to rebase onto the rewritten branches and never merge the old ones back. ${own} What was read before is not called back: replace the secret.`;
}
