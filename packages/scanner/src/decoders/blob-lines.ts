import type { BlobFormat } from './blob-format.ts';
import { digitAt, noDigit } from './blob-format.ts';
import { looksRandom } from './blob-look.ts';

/** Shorter lines are words or fields, not a blob that a tool wrapped at 60, 64 or 76 characters. */
export const shortestWrappedLine = 40;
/** With more than a line break between them, values of one length may as well be a list. */
const shortestMarkedLine = 56;

const quote = '["\'`]';
const newline = String.raw`(?:\r\n|\n|\r)`;
/** Marks of quotes, comments, lists, tables and numbered lines. Those that are digits too have a blank after them. */
const mark = String.raw`(?:[>#*|%;!]{1,4}|(?:--?|\/{2,3}|\/\*{1,2}|[0-9]{1,6})(?=[ \t])|[0-9]{1,6}[.):|\]])[ \t]{0,8}`;
/** `text += "`, `text .= "`, `lines.push("`. */
const adding = String.raw`[A-Za-z_$][\w.$]{0,40}(?:[ \t]{0,4}[+.]=[ \t]{0,4}|\()(?=${quote})`;
const head = String.raw`[ \t]{0,64}(?:[+.](?=[ \t"'\`])[ \t]{0,8})?((?:${mark}){0,3}(?:${adding})?)${quote}?`;
const tail = String.raw`${quote}?[ \t]{0,8}(?:[+.,;\\|&*)]{1,3}(?:[ \t]_)?|<br[ \t]?\/?>)?[ \t]{0,8}`;
/**
 * What may stand between two lines of a blob: an escaped line break, a real one, both or two, what ends a line and
 * what begins the next. Every part is optional and bounded, so that a match costs the same everywhere.
 */
const joint = new RegExp(
  String.raw`(?:(?:\\{1,8}r)?\\{1,8}n${head}){0,2}${tail}(?:${newline}${head}(${newline}${head})?)?`,
  'y',
);

/**
 * Where the next line of the blob begins whose first line has `lineLength` digits, whose line so far begins at
 * `lineStart` and whose last digit so far stands before `at`; -1 when the blob ends here. A next line that is longer,
 * or that goes on like an assignment or a sentence, is none.
 */
export function nextLine(
  format: BlobFormat,
  text: string,
  lineStart: number,
  at: number,
  lineLength: number,
): number {
  if (lineLength < shortestWrappedLine) return -1;
  joint.lastIndex = at;
  const match = joint.exec(text);
  if (match === null || match[0] === '') return -1;
  const gap = match[0];
  const isBroken = /[\r\n]|\\n/.test(gap);
  if (!isBroken && !/^[ \t]{1,2}$/.test(gap)) return -1;
  const isPlain = isBroken && !match[1] && !match[2] && match[3] === undefined;
  if (!isPlain && lineLength < shortestMarkedLine) return -1;
  const start = afterPatchMark(text, lineStart, at + gap.length);
  let end = start;
  while (end - start <= lineLength && digitAt(format, text, end) !== noDigit) end++;
  const length = end - start;
  if (length === 0 || length > lineLength) return -1;
  return length === lineLength || isLastLine(text, start, end, isPlain) ? start : -1;
}

/** The `+` or `-` that begins each line of a patch is no digit. */
function afterPatchMark(text: string, lineStart: number, start: number): number {
  const before = text[lineStart - 1];
  const isMark = (before === '+' || before === '-') && text[start] === before && text[start - 1] === '\n';
  return isMark ? start + 1 : start;
}

/** An assignment, a call, a member, a longer word. */
const goesOn = /[ \t]{0,8}(?:[:(]|\+?=)|\.?\w/y;
const word = /^(?:[A-Z]?[a-z]+|[0-9]+)$/;

/**
 * Whether the digits end a blob: anything may follow those that look like one, or are padded like one. Those that may be a word or a name end one where
 * nothing follows that goes on with it, and after marks or a blank not even there.
 */
function isLastLine(text: string, start: number, end: number, isPlain: boolean): boolean {
  const digits = text.slice(start, end);
  if (looksRandom(digits)) return true;
  let after = end;
  while (after < end + 2 && text[after] === '=') after++;
  if (after > end && (after - start) % 4 === 0) return true;
  goesOn.lastIndex = after;
  if (goesOn.test(text)) return false;
  return isPlain || after > end || !word.test(digits);
}
