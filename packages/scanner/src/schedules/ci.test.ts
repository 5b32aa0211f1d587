import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { fakeProgram } from '../testing/fake-program.ts';
import { githubWorkflow, gitlabJob } from './ci.ts';
import { installSchedule, uninstallSchedule } from './install.ts';
import { scheduleNames, schedules } from './schedule.ts';

/** Runs the lines of a job with an npx that takes down what it was asked, and writes a report. */
function ran(script: string): { asked: string; summary: string } {
  const root = mkdtempSync(join(tmpdir(), 'ci-'));
  try {
    const npx = `echo "$*" > '${root}/asked'; mkdir -p .memhold-reports; echo '# the report' > .memhold-reports/1.md; exit 1`;
    const env = {
      PATH: `${fakeProgram(join(root, 'bin'), 'npx', npx)}:/usr/bin:/bin`,
      GITHUB_STEP_SUMMARY: join(root, 'summary'),
    };
    mkdirSync(join(root, 'work'));
    writeFileSync(env.GITHUB_STEP_SUMMARY, '');
    execFileSync('bash', ['-c', script], { cwd: join(root, 'work'), env });
    return {
      asked: readFileSync(join(root, 'asked'), 'utf8').trim(),
      summary: readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8'),
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

it.each(scheduleNames)('%s is a workflow that may read, runs in time, and shows its report', (name) => {
  const { path, text } = githubWorkflow(name, name === 'weekly-dependencies');
  const workflow = parse(text);
  expect(path).toBe(`.github/workflows/memhold-${name}.yml`);
  expect(workflow.permissions).toEqual({ contents: 'read' });
  expect(workflow.on.schedule).toEqual([{ cron: schedules[name].cron }]);
  const { steps } = workflow.jobs[name];
  const lines = steps.flatMap(({ run }: { run?: string }) => run ?? []);
  const { asked, summary } = ran(lines.join(' || true\n'));
  const update = name === 'weekly-dependencies' ? ' --update-dependencies' : '';
  expect(asked).toBe(`--yes memhold schedule run ${name} --reports .memhold-reports${update}`);
  expect(summary).toBe('# the report\n');
  // What the run before left is there, and what this one leaves is kept even if it found something.
  expect(steps.some(({ uses }: { uses?: string }) => uses?.startsWith('actions/cache/restore@'))).toBe(true);
  const kept = steps.find(({ uses }: { uses?: string }) => uses?.startsWith('actions/cache/save@'));
  expect(kept.if).toBe('always()');
});

it.each(scheduleNames)('%s is a job of GitLab that runs in its own schedule only', (name) => {
  const { path, text, todo } = gitlabJob(name, false);
  const job = parse(text)[`memhold-${name}`];
  expect(job.rules).toEqual([{ if: `$CI_PIPELINE_SOURCE == "schedule" && $MEMHOLD_SCHEDULE == "${name}"` }]);
  expect(ran(`${job.script.join('\n')} || true`).asked).toBe(
    `--yes memhold schedule run ${name} --reports .memhold-reports`,
  );
  expect([job.artifacts.when, job.cache.when]).toEqual(['always', 'always']);
  expect(todo.join()).toContain(path);
});

it.skipIf(process.platform === 'win32').each(['.github', '.github/workflows'])(
  'changes nothing outside of the repository where %s is a link of it',
  async (link) => {
    const root = mkdtempSync(join(tmpdir(), 'ci-'));
    try {
      const [folder, outside] = [join(root, 'work'), join(root, 'outside')];
      const workflows = join(outside, link === '.github' ? 'workflows' : '');
      for (const one of [folder, workflows, dirname(join(folder, link))]) mkdirSync(one, { recursive: true });
      symlinkSync(outside, join(folder, link));
      const env = { HOME: join(root, 'home') };
      const program = { node: process.execPath, script: 'memhold.js' };
      const about = { timer: 'github', spread: 0, options: [], now: new Date() } as const;
      const order = { name: 'daily-scan', folder, program, ...about } as const;
      await expect(installSchedule(order, env)).rejects.toThrow(/symbolic link/);
      expect(readdirSync(workflows)).toEqual([]);
      const other = join(workflows, 'memhold-daily-scan.yml');
      writeFileSync(other, githubWorkflow('daily-scan', false).text);
      expect(await uninstallSchedule('daily-scan', folder, env)).toBe(false);
      expect(readdirSync(workflows)).toHaveLength(1);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
);
