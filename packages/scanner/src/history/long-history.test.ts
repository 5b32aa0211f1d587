import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { checkJson, ScratchRepository } from '../testing/scratch-repository.ts';
import { makeTokens } from '../testing/tokens.ts';

const isLong = process.env.MEMHOLD_TEST_LONG === '1';
const count = isLong ? 50_000 : 2_000;

/** A history as git-fast-import(1) reads it: a secret comes in the middle, moves, and goes. */
function stream(token: string): string {
  const parts: string[] = [];
  for (let i = 0; i < count; i++) {
    const message = `commit ${i}`;
    const half = i - count / 2;
    const [path, text] =
      half === 0
        ? ['keys/old.env', `GITHUB_TOKEN=${token}\n`]
        : half === 10
          ? ['keys/new.env', `# moved\nGITHUB_TOKEN=${token}\n`]
          : [
              `src/d${(i * 7) % 50}/f${(i * 13) % 2000}.ts`,
              `export const n${i} = ${i};\n`.repeat(1 + (i % 30)),
            ];
    parts.push(
      `commit refs/heads/main\nauthor A <a@dev.test> ${1_700_000_000 + i * 60} +0000\ncommitter A <a@dev.test> ${1_700_000_000 + i * 60} +0000\n`,
      `data ${message.length}\n${message}\n`,
      ...(i === 0 ? ['from refs/heads/main^0\n'] : []),
      `M 100644 inline ${path}\ndata ${text.length}\n${text}\n`,
      ...(half === 10 ? ['D keys/old.env\n'] : []),
      ...(half === 20 ? ['D keys/new.env\n'] : []),
    );
  }
  return parts.join('');
}

test(`a history of ${count} commits`, { timeout: 10 * 60_000 }, async () => {
  const repository = new ScratchRepository();
  const token = makeTokens(407).github();
  const imported = spawnSync('git', ['fast-import', '--quiet', '--force'], {
    cwd: repository.folder,
    env: repository.env,
    input: stream(token),
  });
  expect(imported.stderr.toString()).toBe('');
  const start = performance.now();
  const shown: string[] = [];
  // A clock that runs fast enough to draw every step.
  let now = Date.UTC(2027, 0);
  const { code, out } = await repository.run(['history', 'check', '--json'], [], {
    progress: (text) => void shown.push(text),
    now: () => {
      now += 1000;
      return new Date(now);
    },
  });
  const seconds = (performance.now() - start) / 1000;
  const { secrets, commits } = JSON.parse(out);
  expect([code, commits, secrets.length]).toEqual([1, count + 1, 1]);
  expect(secrets[0].files).toEqual(['keys/old.env', 'keys/new.env']);
  expect([secrets[0].appears.length, secrets[0].disappears.length]).toEqual([1, 1]);
  expect(shown.some((text) => /\] \d+ of \d+ contents scanned$/.test(text))).toBe(true);
  expect(shown.at(-1)).toBe('');
  if (isLong) console.log(`${count} commits in ${seconds.toFixed(1)} s`);
  expect((await checkJson(repository, '--tree')).code).toBe(0);
  repository.remove();
});
