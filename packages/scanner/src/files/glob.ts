/*
 * Globs as in .gitignore (gitignore(5)): `*` and `?` stay inside one part of a path, `**` spans parts, `[a-z]` is
 * a class. Patterns come from the tree that is scanned, so they are matched in time at most proportional to
 * pattern times path: no regex, and only the last star is ever tried again.
 */
type Token =
  | { readonly kind: 'literal'; readonly character: string }
  | { readonly kind: 'star' }
  | { readonly kind: 'any' }
  | CharacterClass;
interface CharacterClass {
  readonly kind: 'class';
  readonly isNegated: boolean;
  readonly ranges: readonly (readonly [number, number])[];
}

/** One part of the pattern, or `**`. */
type Segment = readonly Token[] | '**';

export type Glob = readonly Segment[];

/** Compiles a pattern with `/` between its parts. Never throws. */
export function compileGlob(pattern: string): Glob {
  return pattern.split('/').map((part) => (part === '**' ? '**' : tokensOf(part)));
}

/** Whether the glob matches all parts of the path; `a/**` is what lies inside a, not a itself. */
export function matchesGlob(glob: Glob, parts: readonly string[]): boolean {
  let at = 0;
  let part = 0;
  let afterStars = -1;
  let retryFrom = 0;
  while (part < parts.length) {
    const segment = glob[at];
    if (segment === '**') {
      afterStars = ++at;
      retryFrom = part;
    } else if (segment !== undefined && matchesSegment(segment, parts[part]!)) {
      at++;
      part++;
    } else if (afterStars !== -1) {
      at = afterStars;
      part = ++retryFrom;
    } else return false;
  }
  return at === glob.length;
}

function matchesSegment(tokens: readonly Token[], name: string): boolean {
  let at = 0;
  let index = 0;
  let afterStar = -1;
  let retryFrom = 0;
  while (index < name.length) {
    const token = tokens[at];
    if (token?.kind === 'star') {
      afterStar = ++at;
      retryFrom = index;
    } else if (token !== undefined && matchesOne(token, name, index)) {
      at++;
      index++;
    } else if (afterStar !== -1) {
      at = afterStar;
      index = ++retryFrom;
    } else return false;
  }
  while (tokens[at]?.kind === 'star') at++;
  return at === tokens.length;
}

function matchesOne(token: Exclude<Token, { kind: 'star' }>, name: string, index: number): boolean {
  if (token.kind === 'literal') return name[index] === token.character;
  if (token.kind === 'any') return true;
  const code = name.charCodeAt(index);
  return token.ranges.some(([from, to]) => code >= from && code <= to) !== token.isNegated;
}

const literal = (character: string): Token => ({ kind: 'literal', character });

function tokensOf(part: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < part.length; at++) {
    const character = part[at]!;
    if (character === '*') {
      if (tokens.at(-1)?.kind !== 'star') tokens.push({ kind: 'star' });
    } else if (character === '?') tokens.push({ kind: 'any' });
    else if (character === '\\' && at + 1 < part.length) tokens.push(literal(part[++at]!));
    else if (character === '[') {
      const { token, end } = classAt(part, at);
      tokens.push(token);
      at = end;
    } else tokens.push(literal(character));
  }
  return tokens;
}

/** A class that is not closed matches nothing, as in git. */
function classAt(part: string, open: number): { token: CharacterClass; end: number } {
  let at = open + 1;
  const isNegated = part[at] === '!' || part[at] === '^';
  if (isNegated) at++;
  const ranges: [number, number][] = [];
  for (const first = at; at < part.length; at++) {
    if (part[at] === ']' && at > first) return { token: { kind: 'class', isNegated, ranges }, end: at };
    if (part[at] === '\\' && at + 1 < part.length) at++;
    const from = part.charCodeAt(at);
    const isRange = part[at + 1] === '-' && at + 2 < part.length && part[at + 2] !== ']';
    if (isRange) at += 2;
    ranges.push([from, part.charCodeAt(at)]);
  }
  return { token: { kind: 'class', isNegated: false, ranges: [] }, end: part.length };
}
