import { printable } from '../reports/presentable.ts';
import type { Repository } from './repository.ts';
import { rewriteSteps } from './rewrite-steps.ts';
import { shellWord } from './shell-words.ts';
import { forgetStep, type Means, type Step } from './step.ts';
import type { Sighting, Trace } from './trace.ts';

/** How far a secret has come decides how it goes. */
export type Situation =
  /** In no commit. */
  | 'not-committed'
  /** Only in the newest commit of this branch, which nobody has. */
  | 'last-commit'
  /** In commits of this branch that nobody has. */
  | 'unpushed-commits'
  /** In several refs, or pushed. */
  | 'rewrite'
  /** Nothing leads to it any more. */
  | 'unreachable';

export interface CleanUp {
  readonly situation: Situation;
  readonly steps: readonly Step[];
}

/** How the secrets of these traces go out of the repository: for all of them at once. */
export function planCleanUp(repository: Repository, traces: readonly Trace[], means: Means): CleanUp {
  const situation = situationOf(repository, traces);
  const again = { text: 'See that nothing is left:', commands: [`${means.check} --all-objects`] };
  const steps: Step[] = [];
  if (!means.isAtTop && repository.top !== undefined)
    steps.push({
      text: 'Go to the top of the work tree:',
      commands: ['cd "$(git rev-parse --show-toplevel)"'],
    });
  if (situation === 'not-committed') return { situation, steps: notCommittedSteps(means) };
  if (situation === 'last-commit') steps.push(amendStep(traces));
  if (situation === 'unpushed-commits') steps.push(...rebaseSteps(repository, traces));
  if (situation === 'rewrite')
    steps.push(...inTreeSteps(traces, means), ...rewriteSteps(repository, traces, means));
  else steps.push(forgetStep);
  return { situation, steps: [...steps, again] };
}

const longestRebase = 20;

function situationOf(repository: Repository, traces: readonly Trace[]): Situation {
  const holding = traces.flatMap(({ refs }) => refs);
  if (holding.length === 0) return traces.some(({ isLoose }) => isLoose) ? 'unreachable' : 'not-committed';
  const { graph, head, branch } = repository;
  const isOwn = ({ name, kind, target }: (typeof holding)[number]['ref']) =>
    name === branch || (kind === 'worktree' && target === graph.ids[head ?? -1]);
  const isPlain = traces.every(({ isInName, isLoose }) => !isInName && !isLoose);
  if (head === undefined || !isPlain || !holding.every(({ ref }) => isOwn(ref))) return 'rewrite';
  const touched = touchedCommits(traces).map((id) => graph.numberOf.get(id)!);
  if (touched.every((commit) => commit === head)) return 'last-commit';
  const oldest = Math.min(...touched);
  // A merge cannot be replayed as it was; nor does a long list of stops help anybody.
  const isStraight = graph.parents.slice(oldest, head + 1).every((of) => of.length <= 1);
  return isStraight && touched.length <= longestRebase ? 'unpushed-commits' : 'rewrite';
}

const touchedCommits = (traces: readonly Trace[]) => [
  ...new Set(traces.flatMap(({ written, appears }) => [...written, ...appears].map(({ commit }) => commit))),
];

function notCommittedSteps({ inTree, allObjects, check }: Means): Step[] {
  if (inTree.length === 0) return [];
  const loose = allObjects
    ? ''
    : ` What nothing leads to, as after git commit --amend, was not looked at: ${check} --all-objects.`;
  const text = `No commit${allObjects ? '' : ' of a branch, a tag or the stash'} has it.${loose} Before the next one, take the value out (${placesOf(inTree)}), or have .gitignore name the file.`;
  return [{ text, commands: [] }];
}

/** What git knows of it is committed clean, or rewriting would take the newest versions of the files as well. */
function inTreeSteps(traces: readonly Trace[], { inTree }: Means): Step[] {
  const known = new Set(traces.flatMap(({ paths }) => paths));
  const files = inTree.map(({ path }) => path).filter((path) => known.has(path));
  if (files.length === 0) return [];
  return [
    {
      text: `Take the value out of the work tree (${placesOf(inTree)}), read it from the environment or a secret store, and commit:`,
      commands: [addCommand(files), "git commit -m 'Take a secret out'"],
    },
  ];
}

function amendStep(traces: readonly Trace[]): Step {
  const written = traces.flatMap((trace) => trace.written);
  const isSaid = traces.some(({ appears }) => appears.some(({ path }) => path === undefined));
  const where = written.length === 0 ? 'the message' : placesOf(written);
  return {
    text: `Only the newest commit has it, and nobody else has that commit. Take the value out of ${where}${isSaid && written.length > 0 ? ' and the message' : ''}, then:`,
    commands: [
      ...(written.length === 0 ? [] : [addCommand(written.map(({ path }) => path!))]),
      `git commit --amend${isSaid ? '' : ' --no-edit'}`,
    ],
  };
}

function rebaseSteps({ graph }: Repository, traces: readonly Trace[]): Step[] {
  const inOrder = (ids: readonly string[]) =>
    [...new Set(ids)].sort((a, b) => graph.numberOf.get(a)! - graph.numberOf.get(b)!);
  const written = traces.flatMap((trace) => trace.written);
  const said = traces.flatMap(({ appears }) => appears.filter(({ path }) => path === undefined));
  const edit = inOrder(written.map(({ commit }) => commit));
  const reword = inOrder(said.map(({ commit }) => commit));
  const oldest = inOrder([...edit, ...reword])[0]!;
  const isFirst = graph.parents[graph.numberOf.get(oldest)!]!.length === 0;
  const short = (ids: readonly string[]) => ids.map((id) => id.slice(0, 12)).join(', ');
  const marks = [
    ...(edit.length > 0 ? [`${short(edit)} "edit"`] : []),
    ...(reword.length > 0 ? [`${short(reword)} "reword"`] : []),
  ];
  return [
    {
      text: `Nobody else has these commits. Commit or put aside what is uncommitted, then rewrite them; in the list mark ${marks.join(', ')}:`,
      commands: [isFirst ? 'git rebase -i --root' : `git rebase -i ${oldest.slice(0, 12)}^`],
    },
    ...(edit.length === 0
      ? []
      : [
          {
            text: `At each stop take the value out (${placesOf(written)}), then:`,
            commands: [
              addCommand(written.map(({ path }) => path!)),
              'git commit --amend --no-edit --allow-empty',
              'git rebase --continue',
            ],
          },
        ]),
  ];
}

const mostPlaces = 8;

function placesOf(places: readonly (Pick<Sighting, 'line'> & { path: string | undefined })[]): string {
  const shown = [...new Set(places.map(({ path, line }) => `${printable(path ?? '')}:${line}`))];
  const more = shown.length > mostPlaces ? `, and ${shown.length - mostPlaces} more` : '';
  return shown.slice(0, mostPlaces).join(', ') + more;
}

/** Names that cannot be shown are staged by what git knows already. */
function addCommand(paths: readonly string[]): string {
  const words = [...new Set(paths)].map(shellWord);
  const isShown = words.length <= 2 * mostPlaces && !words.includes(undefined);
  // Of a name with wildcards only itself is meant (gitglossary(7), "pathspec").
  return isShown ? `git --literal-pathspecs add -A -- ${words.join(' ')}` : 'git add -u';
}
