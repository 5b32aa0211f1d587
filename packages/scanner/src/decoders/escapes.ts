import { BASE64URL, EQUALS, PLUS_SLASH, runEnd, runStart } from '../characters.ts';
import type { EncodedRun, Origins } from './encoded-run.ts';
import type { Escape, EscapeKind } from './escape.ts';
import { isEscapeMark, mostBackslashes, readEscape } from './escape.ts';

/** What a value may hold beside its escapes. */
const TOKEN_CHARACTERS = BASE64URL | PLUS_SLASH | EQUALS;
/** Escapes with no more between them are of one text. */
const longestGap = 48;
/** So many escapes of ASCII, or one within a token that is so long: fewer hide no credential. */
const fewestEscapes = 3;
const shortestToken = 20;

/** What every escape begins with. `&lt;`, `&gt;` and `&amp;` alone do not count: pages are full of them. */
const beginnings = ['%', '\\u', '\\x', '&#', '&quot;'];

/** Texts with escapes, together with the tokens around them, from left to right. */
export function findEscapes(text: string): EncodedRun[] {
  const found: EncodedRun[] = [];
  const next = beginnings.map((beginning) => indexFrom(text, beginning, 0));
  const into: Escape = { codePoint: 0, end: 0, kind: 'percent-encoding' };
  let group: Group | undefined;
  let free = 0;
  for (;;) {
    const at = least(next);
    if (at === Number.POSITIVE_INFINITY) break;
    const start = Math.max(withBackslashes(text, at), free);
    const stretch = readStretch(text, start, into);
    free = stretch.end;
    const from = Math.max(free, at + 1);
    for (let i = 0; i < next.length; i++) {
      if (next[i]! < from) next[i] = indexFrom(text, beginnings[i]!, from);
    }
    if (stretch.end === start) continue;
    if (group !== undefined && isOneText(text, group.end, start)) {
      group = { start: group.start, end: stretch.end, ascii: group.ascii + stretch.ascii };
      continue;
    }
    if (group !== undefined) close(text, group, found);
    group = { start, ...stretch };
  }
  if (group !== undefined) close(text, group, found);
  return found;
}

interface Group {
  readonly start: number;
  readonly end: number;
  /** How many escapes of ASCII: the others hide no credential. */
  readonly ascii: number;
}

/** The escapes that follow each other without anything between; the end is the start when there is none. */
function readStretch(text: string, start: number, into: Escape): { end: number; ascii: number } {
  let [end, ascii] = [start, 0];
  while (readEscape(text, end, into)) {
    end = into.end;
    if (into.codePoint < 128) ascii++;
  }
  return { end, ascii };
}

function isOneText(text: string, end: number, start: number): boolean {
  return start - end <= longestGap || runEnd(text, end, TOKEN_CHARACTERS, start) === start;
}

function close(text: string, group: Group, found: EncodedRun[]): void {
  if (group.ascii === 0) return;
  const start = runStart(text, group.start, TOKEN_CHARACTERS, found.at(-1)?.end ?? 0);
  const end = runEnd(text, group.end, TOKEN_CHARACTERS, text.length);
  if (group.ascii >= fewestEscapes || end - start >= shortestToken) found.push(runOf(text, start, end));
}

function withBackslashes(text: string, at: number): number {
  if (text[at] !== '\\') return at;
  let start = at;
  while (start > at - mostBackslashes + 1 && text[start - 1] === '\\') start--;
  return start;
}

function least(values: readonly number[]): number {
  let found = Number.POSITIVE_INFINITY;
  for (const value of values) if (value < found) found = value;
  return found;
}

function indexFrom(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at === -1 ? Number.POSITIVE_INFINITY : at;
}

function runOf(text: string, start: number, end: number): EncodedRun {
  const kinds = new Set<EscapeKind>();
  const decoded = decode(text, start, end, (kind) => kinds.add(kind));
  return {
    start,
    end,
    encoding: kinds.size === 1 ? kinds.values().next().value! : [...kinds].sort().join(' and '),
    decoded,
    origins: () => originsOf(text, start, end, decoded.length),
  };
}

function decode(text: string, start: number, end: number, see: (kind: EscapeKind) => void): string {
  const into: Escape = { codePoint: 0, end: 0, kind: 'percent-encoding' };
  let decoded = '';
  let copied = start;
  for (let at = start; at < end; ) {
    if (!isEscapeMark(text.charCodeAt(at)) || !readEscape(text, at, into)) {
      at++;
      continue;
    }
    decoded += text.slice(copied, at) + String.fromCodePoint(into.codePoint);
    see(into.kind);
    at = copied = into.end;
  }
  return decoded + text.slice(copied, end);
}

function originsOf(text: string, start: number, end: number, length: number): Origins {
  const into: Escape = { codePoint: 0, end: 0, kind: 'percent-encoding' };
  const starts = new Uint32Array(length);
  const ends = new Uint32Array(length);
  let unit = 0;
  for (let at = start; at < end; ) {
    const isEscape = isEscapeMark(text.charCodeAt(at)) && readEscape(text, at, into);
    const next = isEscape ? into.end : at + 1;
    const units = isEscape && into.codePoint > 0xffff ? 2 : 1;
    starts.fill(at, unit, unit + units);
    ends.fill(next, unit, unit + units);
    unit += units;
    at = next;
  }
  return { starts, ends };
}
