import { type GitOptions, runGit } from '../files/git.ts';
import type { Intake } from '../files/intake.ts';

/**
 * Hands the messages of commits and annotated tags to the intake: they leave with the push as files do. Names and
 * addresses of authors are left out, which are in every commit.
 */
export async function readMessages(
  commits: readonly string[],
  tags: readonly string[],
  options: GitOptions,
  intake: Intake,
): Promise<void> {
  for (const [kind, ids] of [
    ['commit', commits],
    ['tag', tags],
  ] as const) {
    if (ids.length === 0) continue;
    const pieces: Buffer[] = [];
    await runGit(['cat-file', '--batch', '--buffer'], options, (piece) => pieces.push(piece), ids);
    for (const { id, content } of objectsIn(Buffer.concat(pieces))) {
      const message = withoutPeople(messageOf(content));
      if (message.length === 0) continue;
      const place = { path: `message of ${kind} ${id.slice(0, 12)}` };
      intake.take(kind === 'commit' ? { ...place, commit: id } : place, message);
    }
  }
}

/** `Signed-off-by: Name <address>` and its like are in thousands of commits and meant to be read. */
function withoutPeople(message: Buffer): Buffer {
  const text = message.toString('latin1');
  return Buffer.from(text.replace(/^[A-Z][A-Za-z]*(?:-[a-z]+)*-by: .*<[^<>\s]*>[ \t]*$/gm, ''), 'latin1');
}

/** Headers end with the first empty line; signatures stand among them, or after the message of a tag. */
function messageOf(content: Buffer): Buffer {
  const end = content.indexOf('\n\n');
  return end === -1 ? content.subarray(content.length) : content.subarray(end + 2);
}

/** Parses `<id> <type> <size>\n<content>\n`. */
function* objectsIn(output: Buffer): Generator<{ id: string; content: Buffer }> {
  for (let at = 0; at < output.length; ) {
    const newline = output.indexOf(10, at);
    const [id, , size] = output.toString('latin1', at, newline).split(' ');
    const start = newline + 1;
    const end = start + Number(size);
    yield { id: id!, content: output.subarray(start, end) };
    at = end + 1;
  }
}
