import { DASH, isIn, LETTER, QUOTE, runEnd, SPACE } from '../characters.ts';

/** The value of an assignment and how it was written. */
export interface AssignedValue {
  readonly start: number;
  readonly end: number;
  readonly isQuoted: boolean;
}

const longestGap = 24;
const longestValue = 200;
const blank = (text: string, at: number, limit: number) => {
  let next = at;
  while (next < limit && (text[next] === ' ' || text[next] === '\t')) next++;
  return next;
};

/**
 * The value assigned to the name that ends at `nameEnd`: `name = v`, `"name": v`, `name := v`, `name => v`,
 * `<name>v</name>`, `--name v`, `["name"] = v`, `name is v`, also inside an escaped string. The operator is on
 * the line of the name, and so is the value: what follows on the next line is the next assignment.
 */
export function assignedValue(text: string, nameStart: number, nameEnd: number): AssignedValue | undefined {
  const limit = Math.min(text.length, nameEnd + longestGap);
  let at = nameEnd;
  if (text[at] === '\\') at++;
  if (isIn(text.charCodeAt(at), QUOTE)) at++;
  if (text[at] === ']') at++;
  at = blank(text, at, limit);
  const operatorEnd = afterOperator(text, nameStart, nameEnd, at);
  if (operatorEnd === -1) return undefined;
  const value = blank(text, operatorEnd, operatorEnd + 8);
  // In `label: 'Password:', other: 'x'` the quote after the colon closes the one before the name.
  const opening = text.charCodeAt(nameStart - 1);
  const isInsideString = isIn(opening, QUOTE) && text.charCodeAt(nameEnd) !== opening;
  if (isInsideString && text.charCodeAt(value) === opening) return undefined;
  return valueAt(text, value);
}

function afterOperator(text: string, nameStart: number, nameEnd: number, at: number): number {
  const next = text[at + 1];
  switch (text[at]) {
    case ':':
      if (next === '=') return at + 2;
      return next === ':' ? -1 : afterType(text, at + 1);
    case '=':
      if (next === '>') return at + 2;
      return next === '=' || next === '~' ? -1 : at + 1;
    case '>':
      return text[nameStart - 1] === '<' && at === nameEnd ? at + 1 : -1;
    case 'i':
      return at > nameEnd && /^is:? /.test(text.slice(at, at + 4))
        ? at + 2 + Number(text[at + 2] === ':')
        : -1;
    default: {
      const isFlag = isIn(text.charCodeAt(nameStart), DASH) && text[nameStart + 1] === '-';
      return isFlag && at > nameEnd ? at : -1;
    }
  }
}

/** Skips the type in `password: string = "…"`. */
function afterType(text: string, at: number): number {
  const from = blank(text, at, at + 2);
  const typeEnd = runEnd(text, from, LETTER, from + 20);
  const equals = blank(text, typeEnd, typeEnd + 2);
  const isTyped = typeEnd > from && equals > typeEnd && text[equals] === '=' && text[equals + 1] !== '=';
  return isTyped ? equals + 1 : at;
}

function valueAt(text: string, at: number): AssignedValue | undefined {
  let open = at;
  // Prefixes of Python strings; an f-string is judged by its braces later.
  if (/^[rbuf]$/i.test(text[open] ?? '') && isIn(text.charCodeAt(open + 1), QUOTE)) open++;
  const isEscaped = text[open] === '\\' && isIn(text.charCodeAt(open + 1), QUOTE);
  if (isEscaped) open++;
  if (isIn(text.charCodeAt(open), QUOTE)) {
    const end = closingQuote(text, open, isEscaped);
    return end === -1 ? undefined : { start: open + 1, end, isQuoted: true };
  }
  return bareValue(text, at);
}

function closingQuote(text: string, open: number, isEscaped: boolean): number {
  const quote = text.charCodeAt(open);
  const limit = Math.min(text.length, open + 1 + longestValue);
  for (let at = open + 1; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) return -1;
    if (code === 92) {
      if (isEscaped && text.charCodeAt(at + 1) === quote) return at;
      at++;
    } else if (code === quote) return isEscaped ? -1 : at;
  }
  return -1;
}

const bareEnds = '"\'`,;<>(){}[]|&\\';

function bareValue(text: string, at: number): AssignedValue | undefined {
  const limit = Math.min(text.length, at + longestValue);
  let end = at;
  while (end < limit) {
    const code = text.charCodeAt(end);
    if (!isIn(code, LETTER) && (isIn(code, SPACE) || bareEnds.includes(text[end]!))) break;
    end++;
  }
  // A call, an index, a template or something endless; not a value.
  if (end === limit && limit < text.length) return undefined;
  if (end < limit && '([{'.includes(text[end]!)) return undefined;
  while (end > at && '.:!?'.includes(text[end - 1]!)) end--;
  return end === at ? undefined : { start: at, end, isQuoted: false };
}
