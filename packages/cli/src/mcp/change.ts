import type { Context } from '../context.ts';
import { oneLine } from '../failure.ts';
import { type ConfigFile, replaceConfig } from './config-file.ts';
import { lineDiff } from './diff.ts';

/** The exit code of a change that was shown and not made. */
const NOT_DONE = 1;

/**
 * Shows a change of a host's file, asks, and makes it.
 * @param before runs right before the file is written
 * @returns whether it was made; if not, the exit code says so
 */
export async function change(
  context: Context,
  file: ConfigFile,
  next: string | undefined,
  { yes, before }: { yes: boolean; before(): unknown },
): Promise<boolean> {
  for (const line of lineDiff(file.path, file.text, next).split('\n')) context.out(harmless(line));
  if (!yes && !(await agreed(context))) {
    context.exitCode = NOT_DONE;
    return false;
  }
  before();
  replaceConfig(file, next);
  return true;
}

async function agreed({ ask, err }: Context): Promise<boolean> {
  if (!ask) {
    err('Nothing was changed: add --yes to make this change.');
    return false;
  }
  const answer = await ask('Make this change? [y/N] ');
  if (/^y(?:es)?$/i.test(answer.trim())) return true;
  err('Nothing was changed.');
  return false;
}

/** What a file holds may be meant for a terminal's control; its indentation is wanted. */
const harmless = (line: string) => `${/^[-+@ \t]*/.exec(line)![0]}${oneLine(line.replace(/^[-+@ \t]*/, ''))}`;
