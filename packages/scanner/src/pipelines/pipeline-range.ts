import { UsageError } from '../command/request.ts';
import { GitFailure, type GitOptions } from '../files/git.ts';
import { gitAnswer, gitLines } from '../push/git-lines.ts';
import type { RefUpdate } from '../push/ref-updates.ts';
import type { RemoteView } from '../push/remotes.ts';
import { InvalidEvent, readEvent } from './event.ts';
import { knownSystems, type Pipeline, pipelineIn } from './systems.ts';

/** What a pipeline is to judge. */
export interface PipelineRange {
  readonly update: RefUpdate & { readonly localId: string };
  readonly view: RemoteView;
}

const idPattern = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const isNone = (id: string) => /^0+$/.test(id);

/**
 * The commits that a pipeline is for, and the commit whose policy counts: the default branch's, as it was before them. What
 * cannot be told stops it, with the one command that mends it. Throws UsageError, GitFailure.
 * @param range given by hand, in place of what the system says
 */
export async function pipelineRange(options: GitOptions, range: string | undefined): Promise<PipelineRange> {
  if ((await gitLines(['rev-parse', '--is-shallow-repository'], options))[0] === 'true')
    throw new UsageError('this clone is shallow, older commits are not here: git fetch --unshallow');
  const remote = await remoteOf(options);
  const pipeline = range === undefined ? systemIn(options) : await givenByHand(range, options);
  const { head, target, ref } = pipeline;
  // An annotated tag is sent with the commits that it names.
  const localId = (await commitOf(head, options)) && (await objectOf(head, 'object', options));
  if (localId === undefined)
    throw new UsageError(`${shown(head)} is not in this clone: git fetch ${remote} ${shown(head)}`);
  const defaultBranch = pipeline.defaultBranch ?? (await defaultBranchOf(remote, options));
  const isOfDefault = ref === `refs/heads/${defaultBranch}`;
  const before = await commitBefore(pipeline, remote, defaultBranch, isOfDefault, options);
  // Of a push to the default branch, that branch has the commits already, and its new policy with them.
  const defaultCommit = isOfDefault ? before : await tipOf(remote, defaultBranch, options);
  return {
    update: {
      localRef: 'HEAD',
      localId,
      remoteRef: ref ?? (target === undefined ? 'HEAD' : `refs/heads/${target}`),
      remoteId: before,
    },
    view: {
      has: before === undefined ? [] : [before],
      defaultCommit,
      // Where nobody says what the default branch was before, what it asks for counts, and nothing that it allows.
      candidates: defaultCommit === undefined ? [localId] : [],
    },
  };
}

function systemIn({ env }: GitOptions): Pipeline {
  const byHand = 'say which commits: memhold scan --ci --range <before>..<after>';
  try {
    const pipeline = pipelineIn(env, readEvent);
    if (pipeline !== undefined) return pipeline;
  } catch (error) {
    if (!(error instanceof InvalidEvent)) throw error;
    throw new UsageError(`the build system does not say what was pushed (${error.message}): ${byHand}`);
  }
  throw new UsageError(`this is no build system that is known (${knownSystems}): ${byHand}`);
}

async function givenByHand(range: string, options: GitOptions): Promise<Pipeline> {
  const [, before, head = ''] = /^(.+?)\.\.([^.].*)?$/.exec(range) ?? [];
  if (before === undefined) throw new UsageError('--range takes two commits, as in main..HEAD');
  const id = async (name: string) => (await commitOf(name, options)) ?? name;
  return { system: '--range', before: await id(before), head: await id(head || 'HEAD') };
}

/** The commit that the range begins after; undefined where everything is new. */
async function commitBefore(
  { system, before, target, ref }: Pipeline,
  remote: string,
  defaultBranch: string,
  isOfDefault: boolean,
  options: GitOptions,
): Promise<string | undefined> {
  if (before !== undefined && !isNone(before)) {
    const id = await commitOf(before, options);
    if (id !== undefined) return id;
    throw new UsageError(
      `the commit that was there before, ${shown(before)}, is not in this clone: git fetch ${remote} ${shown(before)}`,
    );
  }
  if (target !== undefined) return tipOf(remote, target, options);
  if (!isOfDefault) return tipOf(remote, defaultBranch, options);
  // The default branch itself, for the first time: nothing was there.
  if (before !== undefined) return undefined;
  throw new UsageError(
    `${system} does not say what ${ref} was before: memhold scan --ci --range <before>..<after>`,
  );
}

async function remoteOf(options: GitOptions): Promise<string> {
  const remotes = await gitLines(['remote'], options);
  const remote = remotes.includes('origin') ? 'origin' : remotes[0];
  if (remote === undefined || remote.startsWith('-'))
    throw new UsageError(
      'this clone has no remote, and so no default branch: git remote add origin <address>',
    );
  return remote;
}

async function defaultBranchOf(remote: string, options: GitOptions): Promise<string> {
  const head = await gitAnswer(['symbolic-ref', '--quiet', `refs/remotes/${remote}/HEAD`], options);
  const prefix = `refs/remotes/${remote}/`;
  if (head?.startsWith(prefix)) return head.slice(prefix.length);
  throw new UsageError(
    `the default branch of ${remote} is not known here: git remote set-head ${remote} --auto`,
  );
}

async function tipOf(remote: string, branch: string, options: GitOptions): Promise<string> {
  // Names come from whoever pushed, and this one may stand in a command below.
  if (!/^[\w][\w./+@-]*$/.test(branch))
    throw new UsageError('the name of the branch is not plain: name the commits with --range');
  const id = await commitOf(`refs/remotes/${remote}/${branch}`, options);
  if (id !== undefined) return id;
  throw new UsageError(
    `the branch ${branch} of ${remote} is not in this clone: git fetch ${remote} +refs/heads/${branch}:refs/remotes/${remote}/${branch}`,
  );
}

const commitOf = (name: string, options: GitOptions) => objectOf(name, 'commit', options);

/** An id that is not here is none: asking for its type makes git look (gitrevisions(7)). */
async function objectOf(
  name: string,
  type: 'commit' | 'object',
  options: GitOptions,
): Promise<string | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{${type}}`];
  return (await gitAnswerOf(args, options)).find((line) => idPattern.test(line));
}

async function gitAnswerOf(args: readonly string[], options: GitOptions): Promise<string[]> {
  try {
    return await gitLines(args, options);
  } catch (error) {
    if (error instanceof GitFailure) return [];
    throw error;
  }
}

/** An id as the build system gave it; anything else is not repeated. */
const shown = (id: string) => (idPattern.test(id) ? id : '<commit>');
