/**
 * The lines that one change takes away and puts in, without those around them, and `…` for what else stands on its first
 * and last line: all of a file may be one line, and what others wrote there may be secret.
 */
export function lineDiff(path: string, before: string | undefined, after: string | undefined): string {
  const old = linesOf(before);
  const next = linesOf(after);
  let start = 0;
  while (start < old.length && start < next.length && old[start] === next[start]) start++;
  let end = 0;
  while (
    end < old.length - start &&
    end < next.length - start &&
    old[old.length - 1 - end] === next[next.length - 1 - end]
  )
    end++;
  const gone = old.slice(start, old.length - end);
  const come = next.slice(start, next.length - end);
  hideShared(gone, come);
  const range = (lines: readonly string[]) => `${lines.length === 0 ? start : start + 1},${lines.length}`;
  return [
    `--- ${before === undefined ? '/dev/null' : path}`,
    `+++ ${after === undefined ? '/dev/null' : path}`,
    `@@ -${range(gone)} +${range(come)} @@`,
    ...gone.map((line) => `-${line}`),
    ...come.map((line) => `+${line}`),
  ].join('\n');
}

/** Only where lines are taken away: new ones hold nothing of others. */
function hideShared(gone: string[], come: string[]): void {
  if (gone.length === 0 || come.length === 0) return;
  const first = shared(gone[0]!, come[0]!);
  const [cut, cutCome] = [gone.at(-1)!, come.at(-1)!].map(reversed) as [string, string];
  const room = Math.min(
    gone.length === 1 ? cut.length - first : cut.length,
    come.length === 1 ? cutCome.length - first : cutCome.length,
  );
  const last = Math.min(shared(cut, cutCome), room);
  for (const lines of [gone, come]) {
    const at = lines.length - 1;
    lines[at] = hiddenEnd(lines[at]!, lines[at]!.length - last);
    lines[0] = hiddenStart(lines[0]!, first);
  }
}

function shared(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

const reversed = (text: string) => text.split('').reverse().join('');

/** A string that begins before the place is shown whole, or not at all. */
const stringAround = (line: string, at: number): [number, number] => {
  for (const { index, 0: found } of line.matchAll(/"(?:[^"\\]|\\.)*"?/g))
    if (index < at && at < index + found.length) return [index, index + found.length];
  return [at, at];
};

function hiddenStart(line: string, to: number): string {
  const [end] = stringAround(line, to);
  const indent = /^\s*/.exec(line)![0];
  return /\w/.test(line.slice(0, end)) ? `${indent}…${line.slice(end)}` : line;
}

function hiddenEnd(line: string, from: number): string {
  const [, start] = stringAround(line, from);
  return /\w/.test(line.slice(start)) ? `${line.slice(0, start)}…` : line;
}

const linesOf = (text = '') => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/));
