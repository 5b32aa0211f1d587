/*
 * Where the parts of a JSON text lie, comments and commas at ends included (JSONC, as editors write their settings).
 */

/** Where a member of an object lies: from its name to the end of its value. */
export interface Member {
  name: string;
  start: number;
  end: number;
  value: Value;
}
export interface Value {
  start: number;
  end: number;
  /** Undefined where the value is no object. */
  members?: Member[];
}

/** A text that is no JSON, or one that cannot be edited without a guess. */
export class JsonTextError extends Error {
  readonly code = 'json_unreadable';
}

/** Past white space, comments and a byte order mark. */
export function skip(text: string, from: number): number {
  const blank = /(?:[\s\ufeff]|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*/y;
  blank.lastIndex = from;
  blank.exec(text);
  return blank.lastIndex;
}

const STRING = /"(?:[^"\\\u0000-\u001f]|\\.)*"/y;
const OTHER = /-?\d[\d.eE+-]*|true|false|null/y;
const DEEPEST = 200;

/** Reads the whole text. @throws JsonTextError unless it is one object */
export function read(text: string): Value {
  const value = readValue(text, skip(text, 0), 0);
  const end = skip(text, value.end);
  if (end !== text.length) throw unreadable(text, end);
  if (!value.members) throw new JsonTextError('the file holds no object');
  return value;
}

function readValue(text: string, start: number, depth: number): Value {
  if (depth > DEEPEST) throw new JsonTextError('the file is nested too deeply');
  const open = text[start];
  if (open !== '{' && open !== '[') {
    const end = match(text, start, STRING) ?? match(text, start, OTHER);
    if (end === undefined) throw unreadable(text, start);
    return { start, end };
  }
  const members: Member[] = [];
  const close = open === '{' ? '}' : ']';
  let at = skip(text, start + 1);
  while (text[at] !== close) {
    const from = at;
    let name = '';
    if (open === '{') {
      const end = match(text, at, STRING);
      if (end === undefined) throw unreadable(text, at);
      name = parsedName(text, at, end);
      at = skip(text, end);
      if (text[at] !== ':') throw unreadable(text, at);
      at = skip(text, at + 1);
    }
    const value = readValue(text, at, depth + 1);
    members.push({ name, start: from, end: value.end, value });
    at = skip(text, value.end);
    if (text[at] === ',') at = skip(text, at + 1);
    else if (text[at] !== close) throw unreadable(text, at);
  }
  return { start, end: at + 1, ...(open === '{' && { members }) };
}

function parsedName(text: string, start: number, end: number): string {
  try {
    return JSON.parse(text.slice(start, end));
  } catch {
    throw unreadable(text, start);
  }
}

function match(text: string, at: number, pattern: RegExp): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function unreadable(text: string, at: number): JsonTextError {
  const line = text.slice(0, at).split('\n').length;
  return new JsonTextError(`line ${line} cannot be read as JSON`);
}
