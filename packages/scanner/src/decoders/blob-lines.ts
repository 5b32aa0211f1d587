import type { BlobFormat } from './blob-format.ts';
import { digitAt, noDigit } from './blob-format.ts';

/** Shorter lines are words or fields, not a blob that a tool wrapped at 60, 64 or 76 characters. */
export const shortestWrappedLine = 40;

const indentation = 64;
/** An escaped newline, a real one with its indentation, or both with the quotes of joined string literals around. */
const joint = new RegExp(
  String.raw`(?=["'\`\\+., \t\r\n])(?:\\r)?(?:\\n)?["'\`]?[ \t]{0,8}[+.,\\]?(?:[ \t]{0,8}\r?\n[ \t]{0,${indentation}}[+.]?[ \t]{0,8})?["'\`]?`,
  'y',
);

/**
 * Where the next line of the blob begins whose first line has `lineLength` digits and whose last digit so far
 * stands before `at`; -1 when the blob ends here. A next line that is longer, or that goes on like an assignment or a
 * sentence, is none.
 */
export function nextLine(format: BlobFormat, text: string, at: number, lineLength: number): number {
  if (lineLength < shortestWrappedLine) return -1;
  joint.lastIndex = at;
  const gap = joint.exec(text)?.[0] ?? '';
  if (!gap.includes('\n') && !gap.includes('\\n')) return -1;
  const start = at + gap.length;
  let end = start;
  while (end - start <= lineLength && digitAt(format, text, end) !== noDigit) end++;
  const length = end - start;
  if (length === 0 || length > lineLength) return -1;
  return length === lineLength || endsBlob(text, end) ? start : -1;
}

function endsBlob(text: string, end: number): boolean {
  let after = end;
  while (after < end + 2 && text[after] === '=') after++;
  return after === text.length || '\r\n"\'`\\<,;)]} \t'.includes(text[after]!);
}
