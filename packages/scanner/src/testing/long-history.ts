import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

const person = (i: number) => `Ann <ann@dev.test> ${1_600_000_000 + i * 60} +0000`;

/** Makes a bare repository whose branch `main` has so many commits, each with a change of one file. */
export async function makeLongHistory(folder: string, commits: number): Promise<void> {
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', folder], { env });
  const child = spawn('git', ['fast-import', '--quiet'], {
    cwd: folder,
    env,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(child, 'close');
  let batch = '';
  for (let i = 1; i <= commits; i++) {
    const [message, content] = [`change ${i}\n`, `export const value = ${i};\n`];
    batch += [
      `commit refs/heads/main\nmark :${i}\ncommitter ${person(i)}`,
      `data ${message.length}\n${message}${i > 1 ? `from :${i - 1}` : ''}`,
      `M 100644 inline src/${i % 40}/part${i % 500}.ts`,
      `data ${content.length}\n${content}\n`,
    ].join('\n');
    if (batch.length < 1_000_000) continue;
    if (!child.stdin.write(batch)) await once(child.stdin, 'drain');
    batch = '';
  }
  child.stdin.end(batch);
  const [code] = await ended;
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
}
