/** A JSON value. Properties that are undefined are left out, as JSON.stringify does. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** Deepest nesting of arrays and objects that is written or read. */
export const MAX_DEPTH = 64;

// Besides what JSON must escape: DEL and the C1 controls (0x9b starts an ANSI sequence), line separators,
// marks that reorder or hide text, and the byte order mark. A line of the log shows on any terminal as what
// it is.
const UNSAFE = /[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** A JSON string literal on one line; lone surrogates become U+FFFD. */
export function canonicalString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text.toWellFormed()).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * JSON with one spelling for each value: no whitespace, keys sorted by UTF-16 code units, numbers as
 * ECMAScript prints them (RFC 8785 §3.2); it differs from RFC 8785 in escaping more characters in strings
 * and in replacing lone surrogates instead of failing.
 * Throws TypeError for what JSON cannot hold (NaN, infinities, functions, bigints) and for nesting deeper
 * than MAX_DEPTH.
 */
export function canonicalJson(value: Json): string {
  return write(value, 0);
}

function write(value: Json, depth: number): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`JSON cannot hold the number ${value}`);
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth >= MAX_DEPTH) throw new TypeError(`nested deeper than ${MAX_DEPTH} levels`);
      return Array.isArray(value) ? writeArray(value, depth) : writeObject(value as JsonObject, depth);
    default:
      throw new TypeError(`JSON cannot hold a ${typeof value}`);
  }
}

type JsonObject = { readonly [key: string]: Json | undefined };

function writeArray(items: readonly Json[], depth: number): string {
  let text = '';
  for (const item of items) text += `${text === '' ? '' : ','}${write(item, depth + 1)}`;
  return `[${text}]`;
}

function writeObject(object: JsonObject, depth: number): string {
  const keys = Object.keys(object);
  if (!areOrdered(keys)) {
    // Keys are replaced before they are sorted: the order must be that of the names which are written.
    if (!keys.every((key) => key.isWellFormed())) return writeObject(withWellFormedKeys(object), depth);
    keys.sort();
  }
  let text = '';
  for (const key of keys) {
    const value = object[key];
    if (value === undefined) continue;
    text += `${text === '' ? '' : ','}${canonicalString(key)}:${write(value, depth + 1)}`;
  }
  return `{${text}}`;
}

/** Whether these are well-formed and sorted, as most are. */
function areOrdered(keys: readonly string[]): boolean {
  for (let i = 0; i < keys.length; i++) {
    if (!keys[i]!.isWellFormed() || (i > 0 && keys[i - 1]! > keys[i]!)) return false;
  }
  return true;
}

const withWellFormedKeys = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key.toWellFormed(), value]));
