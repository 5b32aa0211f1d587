/**
 * How a token begins: so many letters, then so many digits, counted to the end of both runs. `DE44…` begins
 * with 2 letters, `078-05-1120` with 0 letters and 3 digits. Zero digits means letters before a colon or a dash.
 */
export type Lead = readonly [letters: number, digits: number];

/** More digits than this count as this many. */
export const mostDigits = 20;
const mostLetters = 6;
const width = mostDigits + 1;

/** Owners by lead; undefined when no rule has any, so that the pass is left out. */
export type LeadTable = readonly (readonly number[] | undefined)[];

/** `leads[owner]` lists the leads of one owner. Throws RangeError for a lead that never occurs. */
export function buildLeadTable(leads: readonly (readonly Lead[])[]): LeadTable | undefined {
  if (leads.every((list) => list.length === 0)) return undefined;
  const table: number[][] = [];
  leads.forEach((list, owner) => {
    for (const [letters, digits] of list) {
      const isPossible = letters >= 0 && letters <= mostLetters && digits >= 0 && digits <= mostDigits;
      if (!isPossible || letters + digits === 0)
        throw new RangeError(`no token begins with ${letters}, ${digits}`);
      const index = letters * width + digits;
      table[index] ??= [];
      table[index].push(owner);
    }
  });
  return table;
}

const OTHER = 0;
const DIGIT = 1;
const LETTER = 2;
const ESCAPE = 3;
const kinds = new Uint8Array(128);
for (let code = 48; code <= 57; code++) kinds[code] = DIGIT;
for (let code = 65; code <= 90; code++) kinds[code] = kinds[code + 32] = LETTER;
// An underscore joins a number to a name.
kinds[95] = LETTER;
kinds[92] = kinds[37] = ESCAPE;
function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 ? kinds[code]! : OTHER;
}

/**
 * Visits each token that begins with a lead of the table, from left to right: numbers have no keyword that
 * a prefilter could look for. One step for each code unit, no allocation.
 */
export function visitLeads(
  text: string,
  table: LeadTable,
  visit: (owners: readonly number[], start: number, leadEnd: number) => void,
): void {
  const length = text.length;
  let at = 0;
  while (at < length) {
    const kind = kindAt(text, at);
    if (kind === OTHER || kind === ESCAPE) {
      at = kind === OTHER ? at + 1 : afterEscape(text, at);
      continue;
    }
    const start = at;
    while (kindAt(text, at) === LETTER) at++;
    const letters = at - start;
    const digitsFrom = at;
    while (kindAt(text, at) === DIGIT) at++;
    if (letters <= mostLetters) {
      const digits = Math.min(at - digitsFrom, mostDigits);
      const owners = digits > 0 || isJoint(text.charCodeAt(at)) ? table[letters * width + digits] : undefined;
      if (owners !== undefined) visit(owners, start, at);
    }
    for (let kind = kindAt(text, at); kind === LETTER || kind === DIGIT; kind = kindAt(text, at)) at++;
  }
}

const isJoint = (code: number) => code === 58 || code === 45;

/** End of `\n`, `\x3d`, `\u003d` or `%3D`: their letters are no part of the token that follows. */
function afterEscape(text: string, at: number): number {
  if (text[at] === '%') return isHex(text, at + 1, at + 3) ? at + 3 : at + 1;
  const letter = text[at + 1];
  if (letter === 'n' || letter === 'r' || letter === 't') return at + 2;
  if (letter === 'x' && isHex(text, at + 2, at + 4)) return at + 4;
  return letter === 'u' && isHex(text, at + 2, at + 6) ? at + 6 : at + 1;
}

function isHex(text: string, from: number, to: number): boolean {
  return /^[\da-f]+$/i.test(text.slice(from, to)) && to <= text.length;
}
