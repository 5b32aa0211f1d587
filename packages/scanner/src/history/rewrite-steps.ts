import { pushSteps } from './push-steps.ts';
import type { Repository } from './repository.ts';
import { shellWord } from './shell-words.ts';
import { forgetStep, type Means, type Step } from './step.ts';
import type { Trace } from './trace.ts';

/** More would make a command that no shell takes. */
const mostIds = 100;
/** Also before the one command that asks nothing itself: whoever pastes all lines sees too late that one failed. */
const nothingOpen = 'git --no-pager diff --exit-code --stat HEAD';
const newMessage = 'Message removed: it held a secret';

/**
 * Rewrites all refs, by the ids of what holds a secret: no command names the secret, nor a file of the tree. Versions of
 * files that hold it go, others of the same file stay.
 */
export function rewriteSteps(repository: Repository, traces: readonly Trace[], means: Means): Step[] {
  const blobs = [...new Set(traces.flatMap((trace) => trace.blobs))];
  const messages = [
    ...new Set(
      traces.flatMap(({ appears }) =>
        appears.flatMap(({ commit, path }) => (path === undefined ? [commit] : [])),
      ),
    ),
  ];
  const needsIds = blobs.length > 0;
  const ids =
    blobs.length <= mostIds
      ? `printf '%s\\n' ${blobs.join(' ')} > "$ids"`
      : `${means.check} --blob-ids > "$ids" || test $? = 1`;
  const isClean = repository.top === undefined ? '' : `${nothingOpen} && `;
  const tool = means.hasFilterRepo
    ? filterRepo(isClean, needsIds, messages)
    : filterBranch(needsIds, messages);
  return [
    ...(repository.top === undefined
      ? []
      : [
          { text: 'Nothing may be uncommitted, or it is lost; this shows what is:', commands: [nothingOpen] },
        ]),
    ...detachedSteps(repository, traces),
    ...stashSteps(traces),
    ...refSteps(repository, traces),
    ...(needsIds || messages.length > 0
      ? [
          {
            text: `Rewrite every commit that has it, in all branches and tags: versions of files that hold it go${messages.length > 0 ? ', and messages are replaced' : ''}; signatures of rewritten commits are lost:`,
            commands: [
              ...(needsIds ? ['ids=$(mktemp)', ids] : []),
              ...tool,
              ...(needsIds ? ['rm "$ids"'] : []),
            ],
          },
        ]
      : []),
    ...(traces.some(({ isInName }) => isInName)
      ? [
          {
            text: 'The name of a file or a ref holds it, and is not shown here: rename the file in every commit (git filter-repo --path-rename), or the ref (git branch -m, git tag), then run the check again.',
            commands: [],
          },
        ]
      : []),
    forgetStep,
    ...pushSteps(repository, traces),
  ];
}

/** Of this clone alone: without `--partial` it would make branches of the remote's, and drop the remote. */
function filterRepo(isClean: string, needsIds: boolean, messages: readonly string[]): string[] {
  const tuple = messages.map((id) => `b"${id}"`).join(', ');
  return [
    [
      `${isClean}git filter-repo --force --partial`,
      ...(needsIds ? ['--strip-blobs-with-ids "$ids"'] : []),
      ...(messages.length > 0
        ? [`--commit-callback 'if commit.original_id in (${tuple},): commit.message = b"${newMessage}\\n"'`]
        : []),
    ].join(' '),
  ];
}

/**
 * What git itself has for it; then the refs that it keeps for undoing go. Commits that it leaves empty stay: it would take
 * others that always were empty as well, and of what is stashed the part that makes it a stash.
 */
function filterBranch(needsIds: boolean, messages: readonly string[]): string[] {
  const remove = `git ls-files -s | awk 'NR == FNR { bad[$1]; next } $2 in bad { sub(/^[0-7]+/, "0"); print }' "$ids" - | git update-index --index-info`;
  const reword = `case $GIT_COMMIT in ${messages.join('|')}) echo "${newMessage}" ;; *) cat ;; esac`;
  return [
    ...(needsIds ? ['export ids'] : []),
    [
      'FILTER_BRANCH_SQUELCH_WARNING=1 git filter-branch --force',
      ...(needsIds ? [`--index-filter '${remove.replaceAll("'", "'\\''")}'`] : []),
      ...(messages.length > 0 ? [`--msg-filter '${reword}'`] : []),
      '--tag-name-filter cat -- --all',
    ].join(' '),
    "git for-each-ref --format='delete %(refname)' refs/original | git update-ref --stdin",
  ];
}

/** What is on no branch is not rewritten. */
function detachedSteps({ branch, head, graph }: Repository, traces: readonly Trace[]): Step[] {
  const isHeld = traces.some(({ refs }) =>
    refs.some(({ ref }) => ref.kind === 'worktree' && ref.target === graph.ids[head ?? -1]),
  );
  if (branch !== undefined || !isHeld) return [];
  return [
    {
      text: 'HEAD is on no branch: put it on one, to be rewritten with the others:',
      commands: ['git switch --quiet --create rewritten'],
    },
  ];
}

/** The last first, because the others move up. */
function stashSteps(traces: readonly Trace[]): Step[] {
  const names = new Set(
    traces.flatMap(({ refs }) => refs.flatMap(({ ref }) => (ref.kind === 'stash' ? [ref.name] : []))),
  );
  if (names.size === 0) return [];
  const number = (name: string) => Number(/\d+/.exec(name)![0]);
  const last = [...names].sort((a, b) => number(b) - number(a));
  return [
    {
      text: 'Drop what is stashed with it, or upon a commit that has it (git stash branch saves the rest of an entry first):',
      commands: last.map((name) => `git stash drop --quiet '${name}'`),
    },
  ];
}

/** Refs that name it without a commit, or whose own text holds it: they go, and can be made anew. */
function refSteps({ loose }: Repository, traces: readonly Trace[]): Step[] {
  const blobs = new Set(traces.flatMap((trace) => trace.blobs));
  const direct = [...loose].flatMap(([id, { refs }]) => (blobs.has(id) ? refs : []));
  const names = new Set([...direct, ...traces.flatMap(({ tags }) => tags)]);
  if (names.size === 0) return [];
  const commands = [...names].flatMap((name) => {
    const word = shellWord(name);
    return word === undefined ? [] : [`git update-ref -d ${word}`];
  });
  const hidden = names.size - commands.length;
  return [
    {
      text: `Delete the tags and refs that hold it themselves${hidden > 0 ? ` (${hidden} with names that cannot be shown: git for-each-ref)` : ''}:`,
      commands,
    },
  ];
}
