import {
  ALPHANUMERIC,
  BASE64URL,
  codeAt,
  DASH,
  DIGIT,
  isAt,
  isIn,
  LETTER,
  PLUS_SLASH,
  QUOTE,
  runEnd,
  runStart,
  SPACE,
} from '../../characters.ts';
import { looksRandom } from '../randomness.ts';

/**
 * How a name and its value are joined: `equals` (also `:=`, `?=`, `.=`), `colon`, `arrow` (`=>`, `->`), `compare` (`==`,
 * `!=`), `element` (`<name>v</name>`), `flag` (`--name v`), `call` (`setName("v")`), `comma` (`put("name", "v")`),
 * `pair` (`name: NAME, value: v`), `word` (`ENV NAME v`, `.netrc`, SQL, `name "v"` alone on its line), `prose` (`name is v`).
 */
export type Operator = (typeof operators)[number];
export const operators = [
  ...(['equals', 'colon', 'arrow', 'compare', 'element', 'flag'] as const),
  ...(['call', 'comma', 'pair', 'word', 'prose'] as const),
] as const;

export interface Joint {
  readonly operator: Operator;
  /** Where the value, its quotes included, begins. */
  readonly valueAt: number;
}

/** Farthest that a value may begin behind its name. */
export const longestJoint = 96;

/** Index of the first code unit from `at`, and before `limit`, that is no blank. */
export function skipBlanks(text: string, at: number, limit: number): number {
  let next = at;
  while (next < limit && (text[next] === ' ' || text[next] === '\t')) next++;
  return next;
}

/** Reads what stands between the name `[nameStart, nameEnd)` and its value. */
export function jointAfter(text: string, nameStart: number, nameEnd: number): Joint | undefined {
  if (!mayJoin(text, nameEnd)) return undefined;
  const limit = Math.min(text.length, nameEnd + 24);
  let at = nameEnd;
  if (text[at] === '\\') at++;
  const isQuotedName = isAt(text, at, QUOTE);
  if (isQuotedName) at++;
  if (text[at] === ']') at++;
  // `char password[] = "v"`, `char password[32] = "v"`.
  else if (text[at] === '[') at = afterBounds(text, at);
  at = skipBlanks(text, at, limit);
  const pair = pairAfter(text, nameEnd, isQuotedName);
  if (pair !== undefined) return pair;
  const joint = explicit(text, nameStart, nameEnd, at) ?? implicit(text, nameStart, nameEnd, at);
  if (joint === undefined) return undefined;
  const { operator, valueAt } = joint;
  return { operator, valueAt: skipBlanks(text, valueAt, valueAt + 24) };
}

const joining = new Uint8Array(128);
for (const sign of ' \t\r\n\\"\'`[]:=?+|!>(,') joining[sign.charCodeAt(0)] = 1;

/** Whether anything below could join what stands here: a look at one code unit ends the search for most names. */
export function mayJoin(text: string, nameEnd: number): boolean {
  const code = text.charCodeAt(nameEnd);
  if (code < 128 && joining[code] === 1) return true;
  // `.=` and `..=`, but not the member of an object.
  return text[nameEnd] === '.' && '.='.includes(text[nameEnd + 1] ?? ' ');
}

/** Past the bounds of an array of characters, or `at` itself: an index is a value of its own. */
function afterBounds(text: string, at: number): number {
  const close = runEnd(text, at + 1, DIGIT, at + 5);
  return text[close] === ']' && text[close + 1] === ' ' ? close + 1 : at;
}

function explicit(text: string, nameStart: number, nameEnd: number, at: number): Joint | undefined {
  const next = text[at + 1];
  switch (text[at]) {
    case ':':
      if (next === '=') return { operator: 'equals', valueAt: at + 2 };
      // The default of a shell variable: `${PASSWORD:-v}`.
      if (next === '-' && text[nameStart - 1] === '{') return { operator: 'equals', valueAt: at + 2 };
      return next === ':' ? afterColons(text, at + 2) : afterColon(text, at + 1);
    case '=':
      if (next === '>') return { operator: 'arrow', valueAt: at + 2 };
      if (next === '~') return undefined;
      if (next !== '=') return { operator: 'equals', valueAt: at + 1 };
      return { operator: 'compare', valueAt: at + (text[at + 2] === '=' ? 3 : 2) };
    case '.':
    case '?':
    case '+':
    case '|':
      return compound(text, at);
    case '!':
      if (next !== '=') return undefined;
      return { operator: 'compare', valueAt: at + (text[at + 2] === '=' ? 3 : 2) };
    case '-':
      return next === '>' && at > nameEnd ? { operator: 'arrow', valueAt: at + 2 } : undefined;
    case '>':
      if (text[nameStart - 1] !== '<' || at !== nameEnd) return undefined;
      return { operator: 'element', valueAt: inElement(text, at + 1) };
    case '(':
      return at === nameEnd ? { operator: 'call', valueAt: at + 1 } : undefined;
    case ',':
      return at > nameEnd ? { operator: 'comma', valueAt: at + 1 } : undefined;
    default:
      return undefined;
  }
}

/** `::=` and `:::=` of make. A lone `::` is a path. */
function afterColons(text: string, at: number): Joint | undefined {
  const equals = text[at] === ':' ? at + 1 : at;
  return text[equals] === '=' ? { operator: 'equals', valueAt: equals + 1 } : undefined;
}

/** `.=`, `?=`, `+=`, `??=`, `||=`: PHP, make, shell, JavaScript, Ruby. Of `||` and `??` the literal that stands in. */
function compound(text: string, at: number): Joint | undefined {
  const sign = text[at + 1] === text[at] ? at + 1 : at;
  if (sign > at && '|?'.includes(text[at]!) && text[sign + 1] === ' ') {
    return isAt(text, sign + 2, QUOTE) ? { operator: 'equals', valueAt: sign + 2 } : undefined;
  }
  const isKnown = text[sign + 1] === '=' && text[sign + 2] !== '=' && (sign > at || text[at] !== '|');
  return isKnown ? { operator: 'equals', valueAt: sign + 2 } : undefined;
}

/** Past one line break: a value that stands alone on the line after its element's name. */
function inElement(text: string, at: number): number {
  const line = skipBlanks(text, at, at + 8);
  if (text[line] !== '\n' && text[line] !== '\r') return at;
  const value = runEnd(text, line, SPACE, line + 32);
  return isAt(text, value, ALPHANUMERIC | PLUS_SLASH) ? value : at;
}

const shortestRandomWord = 20;

/** `use the token 9Xb2…`: the next word of a sentence that is none. */
function isRandomWord(text: string, at: number): boolean {
  // Most words end long before: one look ahead spares the run.
  if (!isAt(text, at + shortestRandomWord - 1, BASE64URL)) return false;
  const end = runEnd(text, at, BASE64URL, at + 200);
  if (end - at < shortestRandomWord || text[at - 1] !== ' ') return false;
  return (
    !'=(:./\\['.includes(text[end] ?? ' ') &&
    hasLetterAndDigit(text, at, end) &&
    looksRandom(text.slice(at, end))
  );
}

function hasLetterAndDigit(text: string, start: number, end: number): boolean {
  let [hasLetter, hasDigit] = [false, false];
  for (let at = start; at < end && !(hasLetter && hasDigit); at++) {
    const code = text.charCodeAt(at);
    if (isIn(code, DIGIT)) hasDigit = true;
    else if (isIn(code, LETTER)) hasLetter = true;
  }
  return hasLetter && hasDigit;
}

const described = /^(?:for|of) [^\n.;]{1,44}? is:? (?=["'`])/;

/** Joints without a sign of their own: what stands before the name tells. */
function implicit(text: string, nameStart: number, nameEnd: number, at: number): Joint | undefined {
  if (at === nameEnd) return undefined;
  if (isRandomWord(text, at)) return { operator: 'prose', valueAt: at };
  if (text[at] === 'i' && /^is:? /.test(text.slice(at, at + 4))) {
    return { operator: 'prose', valueAt: at + 2 + Number(text[at + 2] === ':') };
  }
  if (text[at] === 'f' || text[at] === 'o') {
    const head = described.exec(text.slice(at, at + 64));
    if (head !== null) return { operator: 'prose', valueAt: at + head[0].length };
  }
  if (isAt(text, nameStart, DASH)) {
    // PowerShell and Java tools have one dash.
    const isFlag = text[nameStart + 1] === '-' || ' \t\'"`'.includes(text[nameStart - 1] ?? 'x');
    if (isAt(text, at, DASH)) return undefined;
    // OpenSSL says where a password comes from: `-password pass:v`, `env:NAME`.
    return isFlag ? { operator: 'flag', valueAt: text.startsWith('pass:', at) ? at + 5 : at } : undefined;
  }
  const typeEnd = text[at] === 's' || text[at] === 'A' ? afterType(text, at) : -1;
  if (typeEnd !== -1) return { operator: 'equals', valueAt: typeEnd };
  const isQuote = isAt(text, at, QUOTE);
  const wordEnd = skipSpacesBack(text, nameStart);
  const mayBeDeclared = codeAt(text, wordEnd - 1) === 86 && text.startsWith('ENV', wordEnd - 3);
  const isAfterUser = mayBeNetrc(text, nameStart, wordEnd);
  if (!isQuote && !mayBeDeclared && !isAfterUser) return undefined;
  const before = text.slice(Math.max(0, nameStart - 64), nameStart);
  if (isQuote && isStatement(text, before, at)) return { operator: 'word', valueAt: at };
  const isDeclared = mayBeDeclared && /(?:^|[\n\r])[ \t]*ENV[ \t]+$/.test(before);
  const isNetrc = isAfterUser && netrc.test(before);
  // SQL: `CREATE USER u PASSWORD 'v'`, `… WITH ENCRYPTED PASSWORD 'v'`.
  const isSql = text[at] === "'" && /\b(?:user|role|with|encrypted|login)\b[^\n;]{0,48}$/i.test(before);
  return isDeclared || isNetrc || isSql ? { operator: 'word', valueAt: at } : undefined;
}

const netrc = /(?:^|\s)(?:login|user|username|account)[ \t]+\S{1,40}\s+$/;
const typeBetween = /^(?:string|As String)[ \t]*=[ \t]*(?=[^=\s])/;

/** Index after the type and the sign of `var password string = "v"` (Go) and `Dim password As String = "v"`; or -1. */
function afterType(text: string, at: number): number {
  if (!text.startsWith('string', at) && !text.startsWith('As String', at)) return -1;
  const head = typeBetween.exec(text.slice(at, at + 32));
  return head === null ? -1 : at + head[0].length;
}

/**
 * Whether `name "v"` is all of a line, as in Gradle, Ruby, Groovy and Tcl, or the definition of a C macro. In a
 * sentence something stands before or behind it.
 */
function isStatement(text: string, before: string, at: number): boolean {
  if (/(?:^|[\n\r])[ \t]*#[ \t]*define[ \t]+$/.test(before)) return true;
  if (!/(?:^|[\n\r])[ \t]*(?:set[ \t]+)?$/.test(before)) return false;
  const close = text.indexOf(text[at]!, at + 1);
  return (
    close !== -1 && close - at < 64 && /^[ \t]*;?[ \t]*(?:[\n\r]|$)/.test(text.slice(close + 1, close + 9))
  );
}

const typed =
  /^[ \t]*[A-Za-z_&*][\w.<>[\]|?&]{0,30}(?:[ \t]*\|[ \t]*[a-z]{1,12}){0,2}[ \t]*=[ \t]*(?=[^=>\s])/;
const block = /^[ \t]*[|>][+-]?[ \t]*\r?\n[ \t]{1,24}(?=\S)/;
const list = /^[ \t]*\r?\n[ \t]{0,24}-[ \t]{1,4}(?=["']?\w)/;

/** Skips the type in `password: string = "…"` and the head of a YAML block scalar or list. */
function afterColon(text: string, at: number): Joint {
  const pattern = headAt(text, skipBlanks(text, at, at + 72));
  const head = pattern?.exec(text.slice(at, at + 72));
  return { operator: 'colon', valueAt: at + (head?.[0].length ?? 0) };
}

/** Which of the patterns may match where a code unit stands first behind the blanks. */
function headAt(text: string, at: number): RegExp | undefined {
  switch (text[at]) {
    case '|':
    case '>':
      return block;
    case '\r':
    case '\n':
      return list;
    case '_':
    case '&':
    case '*':
      return typed;
    default:
      return isAt(text, at, LETTER) ? typed : undefined;
  }
}

const gap = /^["']?[\s,{]{1,48}["']?(?:value|default)["']?[ \t]{0,4}[:=][ \t]{0,4}/i;

/** `name: DB_PASSWORD, value: v`, also over lines, as in Kubernetes, Terraform, XML settings and Postman. */
function pairAfter(text: string, nameEnd: number, isQuotedName: boolean): Joint | undefined {
  const first = text.charCodeAt(isQuotedName ? nameEnd + 1 : nameEnd);
  const isParted = first === 44 || first === 32 || first === 9 || first === 10 || first === 13;
  if (!isParted || !isBeforePair(text, nameEnd)) return undefined;
  const head = gap.exec(text.slice(nameEnd, nameEnd + 72));
  return head === null ? undefined : { operator: 'pair', valueAt: nameEnd + head[0].length };
}

/** Whether the next word may be `value` or `default`. */
function isBeforePair(text: string, nameEnd: number): boolean {
  const limit = nameEnd + 56;
  let at = nameEnd;
  let code = text.charCodeAt(at);
  while (at < limit && (isIn(code, SPACE | QUOTE) || code === 44 || code === 123))
    code = text.charCodeAt(++at);
  const lower = code | 32;
  return at === limit || lower === 118 || lower === 100 || code > 127;
}

function skipSpacesBack(text: string, from: number): number {
  return runStart(text, from, SPACE, from - 64);
}

/**
 * Whether the word before the last one, which ends at `end`, is as those of `netrc`; spaces beyond ASCII are left to
 * the pattern.
 */
function mayBeNetrc(text: string, nameStart: number, end: number): boolean {
  if (end === nameStart || end === 0) return false;
  if (text.charCodeAt(end - 1) > 127) return true;
  const limit = Math.max(0, nameStart - 64);
  let start = end;
  while (start > limit && !isIn(text.charCodeAt(start - 1), SPACE)) start--;
  const userEnd = skipSpacesBack(text, start);
  switch (codeAt(text, userEnd - 1)) {
    case 110:
      return text.startsWith('login', userEnd - 5);
    case 114:
      return text.startsWith('user', userEnd - 4);
    case 101:
      return text.startsWith('username', userEnd - 8);
    case 116:
      return text.startsWith('account', userEnd - 7);
    default:
      return false;
  }
}

/** Whether a value directly after the name closes the string that opened before it: `label: 'Password:', …`. */
export function closesTheString(text: string, nameStart: number, nameEnd: number, valueAt: number): boolean {
  const opening = text.charCodeAt(nameStart - 1);
  const isInsideString = isIn(opening, QUOTE) && text.charCodeAt(nameEnd) !== opening;
  return isInsideString && text.charCodeAt(valueAt) === opening;
}
