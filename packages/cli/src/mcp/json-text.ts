import { JsonTextError, type Member, read, skip, type Value } from './json-places.ts';

/*
 * Edits of a JSON text (comments allowed) that leave every other byte as it is: the text is read once for where its parts
 * lie, and nothing is printed anew.
 */

/**
 * The value of `path` in the text; undefined where there is none.
 * @throws JsonTextError
 */
export function valueAt(text: string, path: readonly string[]): unknown {
  let value: Value | undefined = read(text);
  for (const name of path) value = memberOf(value, name)?.value;
  return value && parsed(withoutComments(text.slice(value.start, value.end)));
}

/** The parser's own message would quote the file, which may hold secrets. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new JsonTextError('it holds something that is no JSON');
  }
}

/**
 * The text with `value` at `path`: as a new last member of its object, or in the place of what stands there.
 * Objects on the way are made. An empty text becomes an object.
 * @throws JsonTextError when the text is no JSON, or something on the way is no object
 */
export function withValue(text: string, path: readonly string[], value: object): string {
  if (text.trim() === '') return `${JSON.stringify(nested(path, value), null, 2)}\n`;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  let place = read(text);
  for (const [depth, name] of path.entries()) {
    if (!place.members) throw new JsonTextError(`"${path.slice(0, depth).join('.')}" is no object`);
    const found = memberOf(place, name);
    const rest = path.slice(depth + 1);
    if (found && rest.length > 0) {
      place = found.value;
      continue;
    }
    const indent = indentOf(text, place, depth);
    const written = JSON.stringify(nested(rest, value), null, indent.step).replaceAll(
      '\n',
      eol + indent.member,
    );
    if (found) return splice(text, found.value.start, found.value.end, written);
    return inserted(text, place, `${JSON.stringify(name)}: ${written}`, indent, eol);
  }
  throw new JsonTextError('there is no path');
}

/** The text without the member at `path`, and without what was between it and its neighbour. */
export function withoutValue(text: string, path: readonly string[]): string {
  let place: Value | undefined = read(text);
  for (const name of path.slice(0, -1)) place = memberOf(place, name)?.value;
  const members = place?.members ?? [];
  const at = members.findIndex(({ name }) => name === path.at(-1));
  const found = members[at];
  if (!place || !found) return text;
  const before = members[at - 1];
  const after = members[at + 1];
  if (after) {
    // Up to the next one, but not over a comment that belongs to it.
    const comma = text.indexOf(',', skip(text, found.end)) + 1;
    const blank = /^[ \t]*(?:\r?\n[ \t]*)?/.exec(text.slice(comma))![0].length;
    return splice(text, found.start, comma + blank, '');
  }
  const end = text[skip(text, found.end)] === ',' ? skip(text, found.end) + 1 : found.end;
  if (before) return withoutLast(text, before, found, end);
  // The only one: the braces close up, unless something is said between them.
  const inside = text.slice(place.start + 1, found.start) + text.slice(end, place.end - 1);
  if (inside.trim() === '') return splice(text, place.start + 1, place.end - 1, '');
  return splice(text, found.start, end, '');
}

/** Without the last of several members, whose own comma ends it or not; the comma before it goes where it had none. */
function withoutLast(text: string, before: Member, found: Member, end: number): string {
  const comma = skip(text, before.end);
  const without = (start: number) => {
    const left = splice(text, start, end, '');
    return end === found.end ? splice(left, comma, comma + 1, '') : left;
  };
  const short = without(text.slice(0, found.start).trimEnd().length);
  // The line's end before it may be what ends a comment.
  return isReadable(short) ? short : without(found.start);
}

function isReadable(text: string): boolean {
  try {
    read(text);
    return true;
  } catch {
    return false;
  }
}

const splice = (text: string, start: number, end: number, put: string) =>
  text.slice(0, start) + put + text.slice(end);

const nested = (path: readonly string[], value: object): object =>
  path.reduceRight((inner, name) => ({ [name]: inner }), value);

function memberOf(value: Value | undefined, name: string): Member | undefined {
  const found = (value?.members ?? []).filter((member) => member.name === name);
  if (found.length > 1) throw new JsonTextError(`"${name}" stands there twice`);
  return found[0];
}

interface Indent {
  /** Of a member of the object, and of its closing brace. */
  member: string;
  close: string;
  step: string;
}

/** As the object's own members are, else as its line is. */
function indentOf(text: string, place: Value, depth: number): Indent {
  const lineOf = (at: number) => /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', at - 1) + 1, at))![0];
  const close = lineOf(place.start);
  const first = place.members?.[0];
  const own = first && text.slice(place.start, first.start).includes('\n') ? lineOf(first.start) : undefined;
  const step = own?.startsWith(close) && own.length > close.length ? own.slice(close.length) : '';
  const fallback = close.includes('\t') || /\n\t/.test(text) ? '\t' : '  ';
  const used =
    step ||
    (depth > 0 && close.length > 0 && close.length % depth === 0
      ? close.slice(0, close.length / depth)
      : fallback);
  return { member: own ?? close + used, close, step: used };
}

function inserted(text: string, place: Value, written: string, indent: Indent, eol: string): string {
  const last = place.members!.at(-1);
  if (!last) {
    const open = place.start + 1;
    const inside = text.slice(open, place.end - 1);
    const put = eol + indent.member + written;
    if (inside.trim() === '') return splice(text, open, place.end - 1, put + eol + indent.close);
    return splice(text, open, open, put);
  }
  const comma = skip(text, last.end);
  const hasComma = text[comma] === ',';
  const lines = text.slice(place.start, place.end).includes('\n');
  const between = lines ? eol + indent.member : ' ';
  if (hasComma) return splice(text, comma + 1, comma + 1, `${between}${written},`);
  return splice(text, last.end, last.end, `,${between}${written}`);
}

/** For one value that was read before: comments and last commas become nothing, strings stay. */
function withoutComments(text: string): string {
  return text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\r\n]*|\/\*[\s\S]*?\*\//g, (_all, string = '') => string)
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_all, string = '') => string);
}
