import { type ScheduleName, schedules } from './schedule.ts';

/** A file for a CI system, and what is left to do by hand. */
export interface CiFile {
  /** From the top of the repository. */
  readonly path: string;
  readonly text: string;
  readonly todo: readonly string[];
}

export const mark = '# memhold schedule';
const reports = '.memhold-reports';

/** What the task needs beside the folder. */
const argumentsOf = (name: ScheduleName, update: boolean) =>
  [`schedule run ${name}`, `--reports ${reports}`, ...(update ? ['--update-dependencies'] : [])].join(' ');

/**
 * A workflow of GitHub Actions: https://docs.github.com/actions/reference/workflow-syntax-for-github-actions. The last
 * reports are kept in its cache, so that a run has something to compare with.
 */
export function githubWorkflow(name: ScheduleName, update: boolean): CiFile {
  const todo = ['commit and push the file: GitHub runs schedules of the default branch only'];
  if (name === 'monthly-review')
    todo.push(
      'for the part of a server: add --url to the command, and MEMHOLD_TOKEN from a secret to its env',
    );
  if (update) todo.push('the branch of updates stays in the job: push it there yourself if you want it');
  return {
    path: `.github/workflows/memhold-${name}.yml`,
    text: `${mark} ${name}
name: memhold ${name}
on:
  schedule:
    - cron: '${schedules[name].cron}'
  workflow_dispatch:
permissions:
  contents: read
jobs:
  ${name}:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    steps:
      - uses: actions/checkout@v5
        with:
          persist-credentials: false
      - uses: actions/setup-node@v5
        with:
          node-version: 24
      - uses: actions/cache/restore@v4
        with:
          path: ${reports}
          key: memhold-${name}-\${{ github.run_id }}
          restore-keys: memhold-${name}-
      - run: npx --yes memhold ${argumentsOf(name, update)}
      - if: always()
        run: cat "$(ls ${reports}/*.md | tail -n 1)" >> "$GITHUB_STEP_SUMMARY"
      - if: always()
        uses: actions/cache/save@v4
        with:
          path: ${reports}
          key: memhold-${name}-\${{ github.run_id }}
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: memhold-${name}
          path: ${reports}
          include-hidden-files: true
`,
    todo,
  };
}

/** A job of GitLab CI: https://docs.gitlab.com/ci/yaml/. Its times are set in the project, not in the file. */
export function gitlabJob(name: ScheduleName, update: boolean): CiFile {
  const path = `.gitlab/memhold-${name}.yml`;
  return {
    path,
    text: `${mark} ${name}
memhold-${name}:
  image: node:24
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule" && $MEMHOLD_SCHEDULE == "${name}"
  cache:
    key: memhold-${name}
    paths: [${reports}]
    when: always
  script:
    - npx --yes memhold ${argumentsOf(name, update)}
  artifacts:
    when: always
    paths: [${reports}]
`,
    todo: [
      `write into .gitlab-ci.yml: include: { local: '${path}' }`,
      `make a pipeline schedule (Build > Pipeline schedules) with the times ${schedules[name].cron} and the variable MEMHOLD_SCHEDULE=${name}`,
    ],
  };
}
