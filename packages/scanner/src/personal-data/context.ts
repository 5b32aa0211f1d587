const reachBefore = 48;
const reachAfter = 24;
const isLineEnd = (code: number) => code === 10 || code === 13;

/** Whether words that name the value stand near it on its own line: up to 48 code units before, 24 after. */
export function isNamed(text: string, start: number, end: number, names: RegExp): boolean {
  if (around.start !== start || around.end !== end || around.text !== text) {
    around.start = start;
    around.end = end;
    around.before = splitNames(text.slice(lineStart(text, start, reachBefore), start));
    around.after = splitNames(text.slice(end, lineEnd(text, end, reachAfter)));
  }
  // Also where it is equal: two copies of a text are compared letter by letter, one with itself is not.
  around.text = text;
  return (
    (around.before !== '' && names.test(around.before)) || (around.after !== '' && names.test(around.after))
  );
}

/** The words around the value that was asked about last: many kinds ask, one after the other. */
const around = { text: '', start: -1, end: -1, before: '', after: '' };

/** Whether there is a letter where `isNamed` looks: a cheap question before a check digit is worked out. */
export function isWordNear(text: string, start: number, end: number): boolean {
  for (let at = start - 1; at >= start - reachBefore && at >= 0; at--) {
    const code = text.charCodeAt(at);
    if (isLineEnd(code)) break;
    if (isLetter(code)) return true;
  }
  for (let at = end; at < end + reachAfter && at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isLineEnd(code)) break;
    if (isLetter(code)) return true;
  }
  return false;
}

/** No value of `mayBeNamed` and `mayBeReported` is longer. */
export const longestValue = 64;

/**
 * False where no value that begins at `start` has a letter near it as in `isWordNear`: nothing names it. Many kinds
 * ask about the same number, one after the other: the last answer is kept.
 */
export function mayBeNamed(text: string, start: number): boolean {
  if (asked.text !== text) {
    asked.start = -1;
    asked.clearFrom = asked.clearTo = 0;
  }
  asked.text = text;
  if (asked.start !== start) {
    asked.start = start;
    asked.isLetterNear = isLetterNear(text, start);
    asked.isAlone = undefined;
  }
  return asked.isLetterNear;
}

/** False where `mayBeNamed` is, and no value that begins at `start` can be alone as in `isAlone`. */
export function mayBeReported(text: string, start: number): boolean {
  if (mayBeNamed(text, start)) return true;
  asked.isAlone ??= isAloneBefore(text, start);
  return asked.isAlone;
}

/** `clearFrom` to `clearTo` is known to hold no letter and no line end: numbers stand near each other. */
const asked: {
  text: string;
  start: number;
  clearFrom: number;
  clearTo: number;
  isLetterNear: boolean;
  isAlone: boolean | undefined;
} = { text: '', start: -1, clearFrom: 0, clearTo: 0, isLetterNear: false, isAlone: false };

function isLetterNear(text: string, start: number): boolean {
  const { clearFrom, clearTo } = asked;
  const first = Math.max(0, start - reachBefore);
  let from = start;
  while (from > first) {
    if (from > clearFrom && from <= clearTo) {
      from = clearFrom;
      continue;
    }
    const code = text.charCodeAt(from - 1);
    if (isLetter(code)) return true;
    if (isLineEnd(code)) break;
    from--;
  }
  const limit = Math.min(text.length, start + longestValue + reachAfter);
  let to = start;
  while (to < limit) {
    if (to >= clearFrom && to < clearTo) {
      to = clearTo;
      continue;
    }
    const code = text.charCodeAt(to);
    if (isLetter(code)) return true;
    if (isLineEnd(code)) break;
    to++;
  }
  asked.clearFrom = from;
  asked.clearTo = to;
  return false;
}

const isLetter = (code: number) => ((code | 32) - 97 < 26 ? (code | 32) >= 97 : code > 127);

function lineStart(text: string, at: number, reach: number): number {
  const limit = Math.max(0, at - reach);
  let start = at;
  while (start > limit && !isLineEnd(text.charCodeAt(start - 1))) start--;
  return start;
}

function lineEnd(text: string, at: number, reach: number): number {
  const limit = Math.min(text.length, at + reach);
  let end = at;
  while (end < limit && !isLineEnd(text.charCodeAt(end))) end++;
  return end;
}

/** `patientSsn_2` as `patient Ssn 2`, so that names of code read like prose. */
function splitNames(words: string): string {
  return words.replace(/([a-z]{2})([A-Z])/g, '$1 $2').replace(/[_-]/g, ' ');
}

const letter = '[a-zà-ÿ]';

/**
 * A pattern for such words, each from the beginning of a word. A space matches any gap of up to two code
 * units, because names of code are split into words; `\p{L}` stands for a letter of Western Europe.
 */
export function names(...words: readonly string[]): RegExp {
  const alternatives = words.map((word) => word.replaceAll('\\p{L}', letter).replaceAll(' ', '[\\s.:]{0,2}'));
  return new RegExp(`(?<!${letter})(?:${alternatives.join('|')})`, 'i');
}

const reachOfLine = 24;
const borders = new Uint8Array(128);
for (const sign of ' \t"\'`,;()[]{}<>*.-') borders[sign.charCodeAt(0)] = 1;
const BULLET = 0x2022;
const isBorder = (code: number) => (code < 128 ? borders[code] === 1 : code === BULLET);
const isDigit = (code: number) => code >= 48 && code <= 57;

/**
 * Whether the value is all that its line holds, but for quotes, brackets, bullets and commas, and no column of
 * numbers goes on above or below: that is a table, whose head may be far away.
 */
export function isAlone(text: string, start: number, end: number): boolean {
  if (!isAloneBefore(text, start)) return false;
  let to = end;
  while (to - end < reachOfLine && to < text.length && isBorder(text.charCodeAt(to))) to++;
  if (to < text.length && !isLineEnd(text.charCodeAt(to))) return false;
  return !hasDigitBelow(text, to);
}

/** Whether nothing stands before the value on its line, and no column above. */
function isAloneBefore(text: string, start: number): boolean {
  let from = start;
  while (start - from < reachOfLine && from > 0 && isBorder(text.charCodeAt(from - 1))) from--;
  if (from > 0 && !isLineEnd(text.charCodeAt(from - 1))) return false;
  const aboveEnd = text.startsWith('\r\n', from - 2) ? from - 2 : from - 1;
  return !hasDigit(text, lineStart(text, aboveEnd, reachOfColumn), aboveEnd);
}

const reachOfColumn = 12;

function hasDigitBelow(text: string, lineBreak: number): boolean {
  const start = lineBreak + (text.startsWith('\r\n', lineBreak) ? 2 : 1);
  return hasDigit(text, start, lineEnd(text, start, reachOfColumn));
}

/** Whether any of the code units is a digit: what decides most windows without one. */
export function hasDigit(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (isDigit(text.charCodeAt(at))) return true;
  return false;
}
