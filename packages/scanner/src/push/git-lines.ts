import { type GitOptions, gitBytes } from '../files/git.ts';

/** The lines that git prints, without empty ones. Throws GitFailure. */
export async function gitLines(
  args: readonly string[],
  options: GitOptions,
  input?: readonly string[],
): Promise<string[]> {
  return (await gitBytes(args, options, input))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/** The first line, or undefined where git says no. */
export async function gitAnswer(args: readonly string[], options: GitOptions): Promise<string | undefined> {
  const [line] = await gitLines(args, options).catch(() => []);
  return line;
}

/** Object ids and types by what was asked for; `missing` where this clone does not have it. */
export async function objectTypes(
  names: readonly string[],
  options: GitOptions,
): Promise<{ id: string; type: string }[]> {
  if (names.length === 0) return [];
  const format = '--batch-check=%(objectname) %(objecttype)';
  const lines = await gitLines(['cat-file', format, '--buffer'], options, names);
  return lines.map((line) => {
    // `<what was asked> missing`: the name may hold spaces.
    const space = line.lastIndexOf(' ');
    return { id: line.slice(0, space), type: line.slice(space + 1) };
  });
}
