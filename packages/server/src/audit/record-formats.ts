import type { RecordFormat } from './record-file.ts';

const NEWLINE = 0x0a;
const BRACE = 0x7b;
const NUL = 0x00;

/** JSON objects, each on a line of its own. */
export const LINES: RecordFormat = {
  separator: '',
  lastEnd(tail, isWhole) {
    let end = tail.lastIndexOf(NEWLINE) + 1;
    if (end === 0 && !isWhole) return 'more';
    // A power cut leaves zeros where the disk had given room and not yet bytes; in JSON there are none.
    while (end > 0) {
      const start = end < 2 ? 0 : tail.lastIndexOf(NEWLINE, end - 2) + 1;
      if (start === 0 && !isWhole) return 'more';
      if (!tail.subarray(start, end).includes(NUL)) break;
      end = start;
    }
    const next = tail[end];
    return next === undefined || next === BRACE || next === NUL ? end : 'foreign';
  },
};

/** What the name of every log of this service begins with, and so every one of its notes. */
export const NOTE_BEGINS = 'memhold.invalid/log/';
const SIGNATURE = Buffer.from('\u2014 ');

/** Signed notes (C2SP signed-note) with a blank line between them. A note ends with its signature lines. */
export const NOTES: RecordFormat = {
  separator: '\n',
  lastEnd(tail, isWhole) {
    const end = lastSignatureEnd(tail);
    if (end === 0 && !isWhole) return 'foreign';
    return isBeginning(tail.subarray(end), end === 0) ? end : 'foreign';
  },
};

function lastSignatureEnd(tail: Buffer): number {
  let end = tail.lastIndexOf(NEWLINE) + 1;
  while (end > 0) {
    const start = end < 2 ? 0 : tail.lastIndexOf(NEWLINE, end - 2) + 1;
    const line = tail.subarray(start, end);
    if (line.subarray(0, SIGNATURE.length).equals(SIGNATURE) && !line.includes(NUL)) return end;
    end = start;
  }
  return 0;
}

/** Whether this is the beginning of one more note, however short, or the zeros of a power cut. */
function isBeginning(rest: Buffer, isFirst: boolean): boolean {
  const note = !isFirst && rest[0] === NEWLINE ? rest.subarray(1) : rest;
  if (note.length === 0 || note[0] === NUL) return true;
  const begins = Buffer.from(NOTE_BEGINS).subarray(0, note.length);
  return note.subarray(0, begins.length).equals(begins);
}

/** The notes in the end of a file, oldest first; a first one that is not whole is left out. */
export function notesIn(tail: string): string[] {
  const notes: string[] = [];
  let note = '';
  for (const line of tail.split(/(?<=\n)/)) {
    // After a signature a blank line separates; inside a note it stands before the first signature.
    if (line === '\n' && note === '') continue;
    if (note !== '' && isSigned(note) && !line.startsWith('\u2014 ')) {
      notes.push(note);
      note = line === '\n' ? '' : line;
    } else note += line;
  }
  if (note !== '') notes.push(note);
  return notes;
}

const isSigned = (note: string) => /\n\u2014 [^\n]+\n$/.test(note);
