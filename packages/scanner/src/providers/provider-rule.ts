import { ALPHANUMERIC, isIn } from '../characters.ts';
import type { KeywordPlace, Match, Rule, Verdict } from '../rule.ts';
import { credentialMappings, revokeAndRotate } from '../rule.ts';
import { boundsOf } from './alphabets.ts';
import { matchNamed, namedWindow } from './named-format.ts';
import { patternsOf } from './pattern-of-format.ts';
import { judgePrefix, matchPrefix } from './prefix-format.ts';
import type { Format, ProviderRow } from './row.ts';
import { matchShape } from './shape-format.ts';

/** The rule of a row: each keyword tries the formats that begin with it, in their order. */
export function ruleOf(row: ProviderRow): Rule {
  const formatsOf = new Map<string, Format[]>();
  for (const format of row.formats) {
    for (const keyword of new Set(keywordsOf(format))) {
      const formats = formatsOf.get(keyword);
      if (formats === undefined) formatsOf.set(keyword, [format]);
      else formats.push(format);
    }
  }
  // Mostly the length alone tells which keyword it is: no string is made for the many that come to nothing.
  const ofLength: (readonly Format[] | undefined)[] = [];
  for (const [{ length }, formats] of formatsOf) {
    const known = ofLength[length];
    // The writings of one noun (`acme_key`, `acme-key`) have the same formats.
    const isSame = known?.length === formats.length && known.every((format, i) => format === formats[i]);
    ofLength[length] = length in ofLength && !isSame ? undefined : formats;
  }
  const formatsAt = (text: string, start: number, end: number) =>
    ofLength[end - start] ?? formatsOf.get(text.slice(start, end).toLowerCase()) ?? [];
  return {
    id: row.id,
    category: 'secret',
    title: row.title,
    get patterns() {
      return row.formats.flatMap(patternsOf);
    },
    severity: row.severity,
    confidence: 'high',
    keywords: [...formatsOf.keys()],
    keywordAt: placesOf(formatsOf),
    maximumLength: Math.max(...row.formats.map(reachOf)),
    match(text, start, end) {
      const formats = formatsAt(text, start, end);
      for (let i = 0; i < formats.length; i++) {
        const match = matchFormat(text, start, end, formats[i]!);
        if (match !== undefined) return match;
      }
      return undefined;
    },
    validate: (value) => judge(value, row.formats),
    remediation: revokeAndRotate(row.revoke, [row.source]),
    mappings: credentialMappings,
  };
}

/** Where keywords stand, those whose formats agree on it. */
function placesOf(formatsOf: ReadonlyMap<string, readonly Format[]>): ReadonlyMap<string, KeywordPlace> {
  const places = new Map<string, KeywordPlace>();
  for (const [keyword, [first, ...others]] of formatsOf) {
    const place = placeIn(first!);
    if (place !== undefined && others.every((other) => placeIn(other) === place)) places.set(keyword, place);
  }
  return places;
}

function placeIn(format: Format): KeywordPlace | undefined {
  if (format.kind === 'prefix') return 0;
  if (format.kind === 'named') return 'word';
  if (format.before === undefined) return isIn(format.keyword.charCodeAt(0), ALPHANUMERIC) ? 0 : undefined;
  return typeof format.before.length === 'number' ? format.before.length : undefined;
}

/** Lower-case keywords of a format. A noun of several words is also written with other separators or none. */
export function keywordsOf(format: Format): string[] {
  switch (format.kind) {
    case 'prefix':
      return format.prefixes.map((prefix) => prefix.toLowerCase());
    case 'shape':
      return [format.keyword.toLowerCase()];
    case 'named':
      return format.nouns.flatMap((noun) => {
        const words = noun.toLowerCase().split(/[ _-]/);
        return words.length === 1 ? words : ['_', '-', ' ', ''].map((separator) => words.join(separator));
      });
  }
}

function matchFormat(text: string, start: number, end: number, format: Format): Match | undefined {
  switch (format.kind) {
    case 'prefix': {
      const match = matchPrefix(text, start, end, format);
      const isRefuted =
        match !== undefined && judgePrefix(text.slice(start, match.end), format) === 'refuted';
      return isRefuted ? undefined : match;
    }
    case 'named':
      return matchNamed(text, start, end, format);
    case 'shape':
      return matchShape(text, start, format);
  }
}

function judge(value: string, formats: readonly Format[]): Verdict {
  for (const format of formats) {
    const verdict = format.kind === 'prefix' ? judgePrefix(value, format) : undefined;
    if (verdict !== undefined) return verdict;
  }
  return 'plausible';
}

/** The farthest end of a match from the start of its keyword. */
function reachOf(format: Format): number {
  if (format.kind === 'shape') {
    const before =
      format.before === undefined ? 0 : boundsOf(format.before.alphabet, format.before.length)[1];
    return before + format.maximumLength;
  }
  const [, maximum] = boundsOf(format.alphabet, format.length);
  if (format.kind === 'prefix') {
    return longest(format.prefixes) + maximum + (format.suffix?.length ?? 0);
  }
  return longest(format.nouns) + 2 * namedWindow + maximum;
}

const longest = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length));
