import { InvalidEvent, record, text } from './event.ts';

/** What a build system says of the commits that a pipeline is for. Names come from whoever pushed: they are no paths yet. */
export interface Pipeline {
  /** As messages name it. */
  readonly system: string;
  /** The newest commit. */
  readonly head: string;
  /** The commit that was there before; undefined where the system does not say, or nothing was. */
  readonly before?: string | undefined;
  /** The branch that the commits are to be merged into. */
  readonly target?: string | undefined;
  /** The ref that the commits were pushed to; undefined where they are only proposed. */
  readonly ref?: string | undefined;
  readonly defaultBranch?: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

interface System {
  readonly name: string;
  /** The variable that only this system sets. */
  readonly sign: string;
  /** Throws InvalidEvent. @param event reads the event that the system describes in a file */
  read(env: Environment, event: (file: string) => unknown): Omit<Pipeline, 'system'>;
}

/** A variable that is there and not empty: systems set what they do not know to nothing. */
const given = (value: string | undefined) => (value === undefined || value === '' ? undefined : value);

function needed(env: Environment, name: string): string {
  const value = given(env[name]);
  if (value === undefined) throw new InvalidEvent(`${name} is not set`);
  return value;
}

const branchOf = (ref: string | undefined) => given(ref)?.replace(/^refs\/heads\//, '');
const refOf = (branch: string | undefined) => {
  const name = given(branch);
  return name === undefined ? undefined : `refs/heads/${name}`;
};

const systems: readonly System[] = [
  {
    // docs.github.com/en/actions/reference/variables-reference, /webhooks/webhook-events-and-payloads
    name: 'GitHub',
    sign: 'GITHUB_ACTIONS',
    read(env, event) {
      const kind = needed(env, 'GITHUB_EVENT_NAME');
      const payload = record(event(needed(env, 'GITHUB_EVENT_PATH')), 'the event');
      const { default_branch } = record(payload.repository, 'repository');
      const defaultBranch = text(default_branch, 'repository.default_branch');
      if (kind === 'push') {
        const { before, after, ref } = payload;
        return {
          head: text(after, 'after'),
          before: text(before, 'before'),
          ref: text(ref, 'ref'),
          defaultBranch,
        };
      }
      if (kind === 'pull_request' || kind === 'pull_request_target') {
        const { base, head } = record(payload.pull_request, 'pull_request');
        const { sha, ref } = record(base, 'pull_request.base');
        const from = record(head, 'pull_request.head');
        const names = {
          before: text(sha, 'pull_request.base.sha'),
          target: text(ref, 'pull_request.base.ref'),
        };
        return { head: text(from.sha, 'pull_request.head.sha'), ...names, defaultBranch };
      }
      if (kind === 'merge_group') {
        const { base_sha, head_sha } = record(payload.merge_group, 'merge_group');
        return { head: text(head_sha, 'head_sha'), before: text(base_sha, 'base_sha'), defaultBranch };
      }
      throw new InvalidEvent(`an event of ${kind} is about no commits`);
    },
  },
  {
    // docs.gitlab.com/ci/variables/predefined_variables
    name: 'GitLab',
    sign: 'GITLAB_CI',
    read: (env) => ({
      // Of a pipeline for merged results CI_COMMIT_SHA is a merge that nobody wrote.
      head: given(env.CI_MERGE_REQUEST_SOURCE_BRANCH_SHA) ?? needed(env, 'CI_COMMIT_SHA'),
      before: given(env.CI_MERGE_REQUEST_DIFF_BASE_SHA) ?? given(env.CI_COMMIT_BEFORE_SHA),
      target: given(env.CI_MERGE_REQUEST_TARGET_BRANCH_NAME),
      ref: given(env.CI_MERGE_REQUEST_IID) === undefined ? refOf(env.CI_COMMIT_BRANCH) : undefined,
      defaultBranch: given(env.CI_DEFAULT_BRANCH),
    }),
  },
  {
    // learn.microsoft.com/azure/devops/pipelines/build/variables
    name: 'Azure Pipelines',
    sign: 'TF_BUILD',
    read: (env) => ({
      head: given(env.SYSTEM_PULLREQUEST_SOURCECOMMITID) ?? needed(env, 'BUILD_SOURCEVERSION'),
      target: branchOf(env.SYSTEM_PULLREQUEST_TARGETBRANCH),
      ref:
        given(env.SYSTEM_PULLREQUEST_TARGETBRANCH) === undefined ? given(env.BUILD_SOURCEBRANCH) : undefined,
    }),
  },
  {
    // support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets
    name: 'Bitbucket',
    sign: 'BITBUCKET_BUILD_NUMBER',
    read: (env) => ({
      head: needed(env, 'BITBUCKET_COMMIT'),
      target: given(env.BITBUCKET_PR_DESTINATION_BRANCH),
      ref: given(env.BITBUCKET_PR_ID) === undefined ? refOf(env.BITBUCKET_BRANCH) : undefined,
    }),
  },
  {
    // buildkite.com/docs/pipelines/configure/environment-variables
    name: 'Buildkite',
    sign: 'BUILDKITE',
    read: (env) => ({
      head: needed(env, 'BUILDKITE_COMMIT'),
      target: given(env.BUILDKITE_PULL_REQUEST_BASE_BRANCH),
      ref:
        given(env.BUILDKITE_PULL_REQUEST_BASE_BRANCH) === undefined ? refOf(env.BUILDKITE_BRANCH) : undefined,
      defaultBranch: given(env.BUILDKITE_PIPELINE_DEFAULT_BRANCH),
    }),
  },
  {
    // circleci.com/docs/reference/variables: what was there before is a pipeline value, and no variable.
    name: 'CircleCI',
    sign: 'CIRCLECI',
    read: (env) => ({ head: needed(env, 'CIRCLE_SHA1'), ref: refOf(env.CIRCLE_BRANCH) }),
  },
  {
    // plugins.jenkins.io/git, "Environment Variables"; plugins.jenkins.io/branch-api
    name: 'Jenkins',
    sign: 'JENKINS_URL',
    read(env) {
      const target = given(env.CHANGE_TARGET);
      // What a build that failed had seen is to be seen again.
      const before = target === undefined ? given(env.GIT_PREVIOUS_SUCCESSFUL_COMMIT) : undefined;
      const branch = given(env.BRANCH_NAME) ?? given(env.GIT_BRANCH)?.replace(/^origin\//, '');
      return {
        head: needed(env, 'GIT_COMMIT'),
        before,
        target,
        ref: target === undefined ? refOf(branch) : undefined,
      };
    },
  },
];

/** The build system that runs this; undefined for none that is known. Throws InvalidEvent. */
export function pipelineIn(env: Environment, event: (file: string) => unknown): Pipeline | undefined {
  const system = systems.find(({ sign }) => given(env[sign]) !== undefined && env[sign] !== 'false');
  return system && { system: system.name, ...system.read(env, event) };
}

/** For messages. */
export const knownSystems = systems.map(({ name }) => name).join(', ');
