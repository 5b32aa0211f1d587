import { ALPHANUMERIC, isAt, isIn, JOINT, LETTER, LOWER, UPPER } from '../characters.ts';
import type { Severity } from '../finding.ts';
import type { Lead, Question } from '../leads.ts';
import { sourceOf } from '../pattern-text.ts';
import type { Match, Rule, Verdict } from '../rule.ts';
import { personalDataMappings } from '../rule.ts';
import {
  hasDigit,
  isAlone,
  isNamed,
  isWordNear,
  longestValue,
  mayBeNamed,
  mayBeReported,
} from './context.ts';

/** An identifier of persons, accounts or devices: how it is written, what proves it, and what names it. */
export interface IdentifierKind {
  readonly id: string;
  readonly title: string;
  /** Of a value whose kind is sure. Default `medium`. */
  readonly severity?: Severity;
  /** The page that documents the format. */
  readonly source: string;
  readonly leads?: readonly Lead[];
  /** Sticky; anchored at the start of the token; every quantifier bounded. */
  readonly pattern: RegExp;
  /** No value is longer. */
  readonly longest: number;
  /**
   * Of a value whose token begins with a digit: its letters before, in group 1, of at most 12 code units, the last two
   * a letter of ASCII and a separator.
   */
  readonly opening?: RegExp;
  /** Judges the upper-cased letters and digits, and the value as written. */
  readonly isValid?: (compact: string, written: string) => boolean;
  /** Words that name the value, see `names`. */
  readonly names: RegExp;
  /** Of a kind that is never reported without such words: keywords that find them. It needs no leads. */
  readonly keywords?: readonly string[];
  /**
   * What a value without such words is: `sure` (no other thing looks so), `likely` (medium confidence), `alone`
   * (only on a line of its own, low confidence), or not reported. All but the sure are low severity.
   */
  readonly unnamed?: Unnamed;
  /** The same for digits in one piece, where those with separators are surer. */
  readonly undivided?: Unnamed | 'unreported';
  /** What counts as in one piece, where that is not digits only. */
  readonly plain?: RegExp;
}

type Unnamed = 'sure' | 'likely' | 'alone';

/** The rule of a kind. */
export function identifierRule(kind: IdentifierKind): Rule {
  if (kind.longest > longestValue)
    throw new RangeError(`${kind.id}: no value may be longer than ${longestValue}`);
  const verdict: Verdict = kind.unnamed === 'sure' && kind.isValid !== undefined ? 'proved' : 'plausible';
  return {
    id: kind.id,
    category: 'pii',
    title: kind.title,
    patterns: [sourceOf(kind.pattern)],
    severity: kind.severity ?? 'medium',
    confidence: kind.isValid === undefined ? 'medium' : 'high',
    keywords: kind.keywords ?? [],
    keywordAt: 'word',
    ...(kind.leads !== undefined && { leads: kind.leads.map((lead) => withQuestions(kind, lead)) }),
    maximumLength: longestKeyword + reach + kind.longest,
    match: (text, start, end) =>
      kind.keywords === undefined ? matchKind(kind, text, start) : matchNear(kind, text, start, end),
    validate: () => verdict,
    remediation: {
      steps: [
        'Keep the value only if the purpose needs it; otherwise refer to the person by an internal id.',
        'Where it has to stay, keep it encrypted, with logged access and a date of deletion.',
      ],
      references: [kind.source],
    },
    mappings: personalDataMappings,
  };
}

/** What many kinds ask about the same number. */
function withQuestions(kind: IdentifierKind, [letterCount, digits, only]: Lead): Lead {
  const asks: Question[] = [kind.opening !== undefined && letterCount === 0 ? followsLetter : isApart];
  if (kind.unnamed === 'alone') asks.push(mayBeReported);
  else if (needsName(kind)) asks.push(mayBeNamed);
  return [letterCount, digits, { ...only, asks }];
}

const reach = 48;
const reachBack = 24;
const longestKeyword = 24;

/** The first value after the words, or the last just before them, on their line. */
function matchNear(kind: IdentifierKind, text: string, start: number, end: number): Match | undefined {
  if (isInsideWord(text, start)) return undefined;
  const limit = Math.min(text.length, end + reach);
  const first = Math.max(0, start - reachBack);
  if (!hasDigit(text, first, limit)) return undefined;
  for (let at = end; at < limit && text.charCodeAt(at) !== 10; at++) {
    const match = startsWord(text, at) ? matchKind(kind, text, at) : undefined;
    if (match !== undefined) return match;
  }
  for (let at = start - 1; at >= first && text.charCodeAt(at) !== 10; at--) {
    const match = startsWord(text, at) ? matchKind(kind, text, at) : undefined;
    if (match !== undefined) return match;
  }
  return undefined;
}

/** `nin` of `beginning`, and not that of `userNin`: the names say the same, later and at a higher price. */
const isInsideWord = (text: string, start: number) =>
  isAt(text, start - 1, LETTER) && (isAt(text, start, LOWER) || isAt(text, start - 1, UPPER));

const startsWord = (text: string, at: number) =>
  isAt(text, at, ALPHANUMERIC) && !isAt(text, at - 1, ALPHANUMERIC);

function matchKind(kind: IdentifierKind, text: string, token: number): Match | undefined {
  const { pattern } = kind;
  const start = token - openingLength(kind, text, token);
  if (Number.isNaN(start)) return undefined;
  pattern.lastIndex = token;
  if (!pattern.test(text)) return undefined;
  const end = pattern.lastIndex;
  const written = text.slice(start, end);
  if (end - start > kind.longest || isPartOfMore(text, start, end, written)) return undefined;
  if (kind.unnamed === 'alone' && !isAlone(text, start, end) && !isWordNear(text, start, end))
    return undefined;
  if (kind.undivided === 'unreported' && !mayBeNamed(text, token) && (kind.plain ?? onlyDigits).test(written))
    return undefined;
  const compact = written.replace(/[^0-9A-Za-z]/g, '').toUpperCase();
  if (kind.isValid?.(compact, written) === false) return undefined;
  if (isNamed(text, start, end, kind.names)) return { start, end };
  const unnamed =
    kind.undivided !== undefined && (kind.plain ?? onlyDigits).test(written) ? kind.undivided : kind.unnamed;
  if (unnamed === 'sure') return { start, end };
  if (unnamed === 'likely') return { start, end, confidence: 'medium', severity: 'low' };
  if (unnamed !== 'alone' || !isAlone(text, start, end)) return undefined;
  return { start, end, confidence: 'low', severity: 'low' };
}

/** Every name has a letter. */
const needsName = ({ unnamed, undivided = 'unreported' }: IdentifierKind) =>
  unnamed === undefined && undivided === 'unreported';

const onlyDigits = /^\d+$/;
const longestOpening = 12;

/** Length of the letters before the token; NaN when the kind asks for some and there are none. */
function openingLength({ opening }: IdentifierKind, text: string, token: number): number {
  if (opening === undefined || !isDigit(text.charCodeAt(token))) return 0;
  if (!followsLetter(text, token)) return Number.NaN;
  return opening.exec(text.slice(Math.max(0, token - longestOpening), token))?.[1]?.length ?? Number.NaN;
}

/** Every opening ends in a letter and a separator: most numbers need no string and no pattern. */
const followsLetter = (text: string, token: number) => isAt(text, token - 2, LETTER);

const COMMA = 44;
const isWord = (code: number) => isIn(code, ALPHANUMERIC) || code === 95;
const isDigit = (code: number) => code >= 48 && code <= 57;

/** Whether letters, digits or further groups go on to either side: part of a longer number, name, date or path. */
function isPartOfMore(text: string, start: number, end: number, written: string): boolean {
  if (isWord(text.charCodeAt(end))) return true;
  const next = text[end] ?? '';
  if (next !== '' && '-/:@+='.includes(next) && isWord(text.charCodeAt(end + 1))) return true;
  if ((next === '.' || next === ',') && isDigit(text.charCodeAt(end + 1))) return true;
  if (!isApart(text, start)) return true;
  if (!written.includes(' ')) return false;
  const goesOn = next === ' ' && isDigit(text.charCodeAt(end + 1));
  return goesOn || (text[start - 1] === ' ' && isDigit(text.charCodeAt(start - 2)));
}

/** Whether nothing joins what begins at `start` to a word or a number before it. */
function isApart(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1);
  if (before === COMMA) return !isDigit(text.charCodeAt(start - 2));
  return !isIn(before, JOINT) || !isWord(text.charCodeAt(start - 2));
}
