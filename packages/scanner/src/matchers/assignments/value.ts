import {
  BASE64URL,
  DOT,
  isAt,
  isIn,
  LETTER,
  PLUS_SLASH,
  QUOTE,
  runEnd,
  SPACE,
  WORD,
} from '../../characters.ts';

/** A value and how it was written. */
export interface Value {
  readonly start: number;
  readonly end: number;
  readonly isQuoted: boolean;
  /** The only argument of a call or constructor: `new Secret("v")`, `[]byte("v")`. */
  readonly isWrapped: boolean;
}

export const longestValue = 512;
/** Without quotes only tokens are longer; a run with other signs in it is many values, and costs no more than this. */
const longestMixed = 200;
const token = BASE64URL | PLUS_SLASH | DOT;

/** The quoted or bare value at `at`; undefined for calls, indices, templates and what does not end. */
export function valueAt(text: string, at: number): Value | undefined {
  const open = openingQuote(text, at);
  if (open !== -1) return quoted(text, open, false);
  const wrapped = wrapperEnd(text, at);
  if (wrapped !== -1) {
    const inner = openingQuote(text, wrapped);
    return inner === -1 ? undefined : quoted(text, inner, true);
  }
  return bare(text, at);
}

/** Index of the quote that opens a string at `at`, past an escape and a Python prefix; -1 when none does. */
export function openingQuote(text: string, at: number): number {
  let open = at;
  if (isAt(text, open + 1, QUOTE) && /^[rbufL@$]$/i.test(text[open] ?? '')) open++;
  if (text[open] === '\\' && isAt(text, open + 1, QUOTE)) open++;
  return isAt(text, open, QUOTE) ? open : -1;
}

function quoted(text: string, open: number, isWrapped: boolean): Value | undefined {
  const isTriple = text[open + 1] === text[open] && text[open + 2] === text[open];
  const from = isTriple ? open + 3 : open + 1;
  const close = closingQuote(text, from, text.charCodeAt(open), text[open - 1] === '\\');
  if (close === -1) return undefined;
  let [start, end] = [from, close];
  while (start < end && text[start] === ' ') start++;
  while (end > start && text[end - 1] === ' ') end--;
  return start === end ? undefined : { start, end, isQuoted: true, isWrapped };
}

function closingQuote(text: string, from: number, quote: number, isEscaped: boolean): number {
  const limit = Math.min(text.length, from + longestValue);
  for (let at = from; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) return -1;
    if (code === 92) {
      if (isEscaped && text.charCodeAt(at + 1) === quote) return at;
      at++;
    } else if (code === quote) return isEscaped ? -1 : at;
  }
  return -1;
}

const lookups =
  /field$|input$|column$|widget$|schema$|^(?:get|read|load|fetch|find|prompt|ask|input|env|config|require|import|t|i18n|translate|_|param|lookup|var|file|path|query|select|label|getenv|decrypt|hash|exec|sh|run|print|log)/i;

/**
 * The index after `Name(`, `new Name(`, `[]byte(` when the call only gives the value a type; -1 when there is
 * no call, or one that fetches the value from elsewhere by a name (`getenv("…")`, `config.get("…")`).
 */
function wrapperEnd(text: string, at: number): number {
  let from = at;
  if (text.startsWith('new ', from)) from += 4;
  if (text.startsWith('[]', from)) from += 2;
  const end = runEnd(text, from, WORD, from + 40);
  if (end === from || text[end] !== '(') return -1;
  return lookups.test(text.slice(from, end)) ? -1 : end + 1;
}

const bareEnds = '"\'`,;<>(){}[]|&\\';

function bare(text: string, at: number): Value | undefined {
  let end = runEnd(text, at, token, at + longestMixed);
  const isToken = end === at + longestMixed;
  const limit = Math.min(text.length, at + (isToken ? longestValue : longestMixed));
  while (end < limit) {
    const code = text.charCodeAt(end);
    if (!isIn(code, LETTER) && (isIn(code, SPACE) || bareEnds.includes(text[end]!))) break;
    end++;
  }
  // A call, an index, a template or something endless; not a value.
  if (end === limit && limit < text.length) return undefined;
  if (end < limit && '([{'.includes(text[end]!)) return undefined;
  if (text[end] === '<' && text[end + 1] !== '/') return undefined;
  // The rest was left out on purpose.
  if (text.startsWith('...', end - 3) || text[end - 1] === '…') return undefined;
  while (end > at && '.:!?'.includes(text[end - 1]!)) end--;
  return end === at ? undefined : { start: at, end, isQuoted: false, isWrapped: false };
}
