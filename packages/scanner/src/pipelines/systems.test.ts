import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidEvent } from './event.ts';
import { type Environment, pipelineIn } from './systems.ts';

const [a, b, none] = ['a'.repeat(40), 'b'.repeat(40), '0'.repeat(40)];
const repository = { default_branch: 'main' };
const read = (env: Environment, event?: unknown) => pipelineIn(env, () => event);
const github = (name: string, event: unknown) =>
  read({ GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: '/e' }, event);

describe('what a build system says of the commits', () => {
  it.each<[string, Environment, object]>([
    [
      'GitLab, of a branch',
      {
        GITLAB_CI: 'true',
        CI_COMMIT_SHA: b,
        CI_COMMIT_BEFORE_SHA: a,
        CI_COMMIT_BRANCH: 'x',
        CI_DEFAULT_BRANCH: 'main',
      },
      { head: b, before: a, ref: 'refs/heads/x', defaultBranch: 'main' },
    ],
    [
      'GitLab, of a merge request, also of merged results',
      {
        ...{ GITLAB_CI: 'true', CI_COMMIT_SHA: none, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: b },
        ...{ CI_COMMIT_BEFORE_SHA: none, CI_MERGE_REQUEST_DIFF_BASE_SHA: a, CI_MERGE_REQUEST_IID: '7' },
        ...{ CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'develop' },
      },
      { head: b, before: a, target: 'develop', ref: undefined },
    ],
    [
      'Azure, of a pull request',
      {
        ...{ TF_BUILD: 'True', BUILD_SOURCEVERSION: none, SYSTEM_PULLREQUEST_SOURCECOMMITID: b },
        ...{ SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main', BUILD_SOURCEBRANCH: 'refs/pull/1/merge' },
      },
      { head: b, target: 'main', ref: undefined },
    ],
    [
      'Azure, of a branch',
      { TF_BUILD: 'True', BUILD_SOURCEVERSION: b, BUILD_SOURCEBRANCH: 'refs/heads/x' },
      { head: b, ref: 'refs/heads/x' },
    ],
    [
      'Bitbucket',
      {
        BITBUCKET_BUILD_NUMBER: '3',
        BITBUCKET_COMMIT: b,
        BITBUCKET_PR_ID: '1',
        BITBUCKET_PR_DESTINATION_BRANCH: 'main',
      },
      { head: b, target: 'main', ref: undefined },
    ],
    [
      'Buildkite, whose base is empty without a pull request',
      {
        ...{
          BUILDKITE: 'true',
          BUILDKITE_COMMIT: b,
          BUILDKITE_BRANCH: 'x',
          BUILDKITE_PULL_REQUEST_BASE_BRANCH: '',
        },
        BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'trunk',
      },
      { head: b, target: undefined, ref: 'refs/heads/x', defaultBranch: 'trunk' },
    ],
    ['CircleCI', { CIRCLECI: 'true', CIRCLE_SHA1: b, CIRCLE_BRANCH: 'x' }, { head: b, ref: 'refs/heads/x' }],
    [
      'Jenkins, since the last build that succeeded',
      {
        ...{ JENKINS_URL: 'https://j.test', GIT_COMMIT: b, GIT_BRANCH: 'origin/x' },
        ...{ GIT_PREVIOUS_COMMIT: b, GIT_PREVIOUS_SUCCESSFUL_COMMIT: a },
      },
      { head: b, before: a, ref: 'refs/heads/x' },
    ],
    [
      'Jenkins, of a change request',
      {
        JENKINS_URL: 'https://j.test',
        GIT_COMMIT: b,
        CHANGE_TARGET: 'main',
        GIT_PREVIOUS_SUCCESSFUL_COMMIT: a,
      },
      { head: b, before: undefined, target: 'main', ref: undefined },
    ],
  ])('%s', (_, env, expected) => {
    expect(read(env)).toMatchObject(expected);
  });

  it('GitHub, of a push, a pull request and a merge queue', () => {
    expect(github('push', { repository, before: a, after: b, ref: 'refs/heads/x' })).toMatchObject({
      ...{ head: b, before: a, ref: 'refs/heads/x', defaultBranch: 'main' },
    });
    const pull_request = { base: { sha: a, ref: 'develop' }, head: { sha: b, ref: 'x' } };
    for (const name of ['pull_request', 'pull_request_target'])
      expect(github(name, { repository, pull_request })).toMatchObject({
        head: b,
        before: a,
        target: 'develop',
      });
    const merge_group = { base_sha: a, head_sha: b };
    expect(github('merge_group', { repository, merge_group })).toMatchObject({ head: b, before: a });
  });

  it('is nothing outside of one', () => {
    expect(read({ CI: 'true', GITHUB_ACTIONS: '', GITLAB_CI: 'false' })).toBeUndefined();
  });

  it('is refused where it is not what is documented', () => {
    expect(() => github('schedule', { repository })).toThrow(InvalidEvent);
    expect(() => github('push', { repository, after: b })).toThrow('before is missing');
    expect(() => read({ GITLAB_CI: 'true' })).toThrow('CI_COMMIT_SHA is not set');
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('push', 'pull_request', 'merge_group', ''), (event, name) => {
        expect(() => github(name, JSON.parse(event))).toThrow(InvalidEvent);
      }),
    );
  });
});
