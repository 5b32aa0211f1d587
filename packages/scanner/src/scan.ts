import { startsToken, startsWord } from './characters.ts';
import { addDecoded } from './decoders/decoded-candidates.ts';
import type { Category, Confidence, Finding, Severity } from './finding.ts';
import { preview } from './finding.ts';
import { fingerprint, publicSalt } from './fingerprint.ts';
import { buildLeadTable, leadMarks, visitLead } from './lead-table.ts';
import { resolveOverlaps } from './overlap.ts';
import { buildPrefilter, chainedStep } from './prefilter.ts';
import type { Match, Rule } from './rule.ts';
import { rules } from './rules.ts';

export interface ScanOptions {
  /** Salt of the fingerprints. The default is public: see `fingerprint.ts`. */
  readonly salt?: string;
  /** No more findings are described, each of which takes room and a hash: the gravest are. Default: all. */
  readonly mostFindings?: number;
}

export type Scanner = (text: string, options?: ScanOptions) => Finding[];

/**
 * Finds secrets and personal data. Pure and linear in the length of the text; never throws on any string.
 * Findings are sorted by start; of two where one lies inside the other, the one of higher precedence stays
 * (`comparePrecedence`), and partial overlaps are both reported.
 */
export const scan: Scanner = (text, options) => {
  scanner ??= createScanner(rules);
  return scanner(text, options);
};
/** Made with the first text: a process that scans nothing builds nothing. */
let scanner: Scanner | undefined;

interface Candidate {
  readonly rule: Rule;
  readonly category: Category;
  readonly start: number;
  readonly end: number;
  readonly publicPrefix: number;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly validated: boolean;
  readonly isGeneric: boolean;
  readonly isOwn: boolean;
  readonly reasons?: readonly string[];
}

export interface ScannerOptions {
  /** Rules of the user's own take the place of no built-in one. Default: of those that are not graver. */
  readonly ownOnlyAdd?: boolean;
}

/** A scanner of these rules only. Builds the automaton once (some ten milliseconds); keep and reuse the result. */
export function createScanner(
  ruleList: readonly Rule[],
  { ownOnlyAdd = false }: ScannerOptions = {},
): Scanner {
  const matches = ruleList.map((rule) => rule.match);
  const leadTable = buildLeadTable(ruleList.map((rule) => rule.leads ?? []));
  const prefilter = buildPrefilter(
    ruleList.map((rule) => rule.keywords),
    leadTable === undefined ? '' : leadMarks,
    (owner, keyword) => placeOf(ruleList[owner]!, keyword),
  );

  function candidates(text: string): Candidate[] {
    // Here, not around: what is read for each character is read from registers then.
    const { classOf, firstLate, next, shift, firstChained, firstAccepting, resume } = prefilter;
    const { outputs, outputsOf } = prefilter;
    const byKeyword = new Attempts(ruleList, matches, text);
    const byLead = new Attempts(ruleList, matches, text);
    const visit = (owner: number, start: number, leadEnd: number) => byLead.at(owner, start, leadEnd);
    const length = text.length;
    let state = 0;
    let leadEnd = 0;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      const klass = code < 128 ? classOf[code]! : 0;
      if (klass >= firstLate && at >= leadEnd) leadEnd = visitLead(text, at, leadTable!, visit);
      if (state < firstChained) {
        state = next[(state << shift) + klass]!;
        if (state < firstChained) continue;
      } else state = chainedStep(prefilter, state, klass);
      if (state < firstAccepting) continue;
      const accepted = state - firstAccepting;
      state = resume[accepted]!;
      const end = outputsOf[accepted + 1]!;
      for (let i = outputsOf[accepted]!; i < end; i += 3) {
        const start = at + 1 - outputs[i + 1]!;
        if (stands(text, start, outputs[i + 2]!)) byKeyword.at(outputs[i]!, start, at + 1);
      }
    }
    return [...byKeyword.found, ...byLead.found];
  }

  return (text, options = {}) => {
    const found = addDecoded(text, candidates(text), candidates);
    if (found.length === 0) return [];
    const kept = gravest(resolveOverlaps(found, ownOnlyAdd), options.mostFindings);
    return describe(kept, text, options.salt ?? publicSalt);
  };
}

const ANYWHERE = -1;
const WORD = -2;

/** Where the keyword stands: at such a place in its token, or one of these. */
function placeOf({ keywordAt }: Rule, keyword: string): number {
  const place = keywordAt instanceof Map ? keywordAt.get(keyword) : keywordAt;
  return place === 'word' ? WORD : (place ?? ANYWHERE);
}

function stands(text: string, start: number, place: number): boolean {
  if (place >= 0) return startsToken(text, start - place);
  return place === ANYWHERE || startsWord(text, start);
}

const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** At most so many, of which none that is left out is graver, in the order in which they came. */
function gravest(sorted: readonly Candidate[], most = Number.POSITIVE_INFINITY): readonly Candidate[] {
  if (sorted.length <= most) return sorted;
  const ranked = severities.flatMap((severity) => sorted.filter((one) => one.severity === severity));
  const kept = new Set(ranked.slice(0, most));
  return sorted.filter((one) => kept.has(one));
}

/** What the rules find in one text, each from left to right. */
class Attempts {
  readonly found: Candidate[] = [];
  readonly #rules: readonly Rule[];
  readonly #matches: readonly Rule['match'][];
  readonly #text: string;
  /** Where each rule's last match ended: what begins inside a match is part of it, and costs nothing more. */
  #matchedUntil: Int32Array | undefined;

  constructor(rules: readonly Rule[], matches: readonly Rule['match'][], text: string) {
    this.#rules = rules;
    this.#matches = matches;
    this.#text = text;
  }

  at(owner: number, start: number, end: number): void {
    if (this.#matchedUntil !== undefined && start < this.#matchedUntil[owner]!) return;
    const match = this.#matches[owner]!(this.#text, start, end);
    if (match === undefined) return;
    const rule = this.#rules[owner]!;
    const candidate = judge(rule, match, this.#text);
    if (candidate === undefined) return;
    this.#matchedUntil ??= new Int32Array(this.#rules.length);
    this.#matchedUntil[owner] = match.end;
    this.found.push(candidate);
  }
}

function judge(rule: Rule, match: Match, text: string): Candidate | undefined {
  const verdict = rule.validate?.(text.slice(match.start, match.end)) ?? 'plausible';
  if (verdict === 'refuted') return undefined;
  const isMasked = verdict === 'masked';
  const confidence = isMasked ? 'low' : (match.confidence ?? rule.confidence);
  return {
    rule,
    category: rule.category,
    start: match.start,
    end: match.end,
    publicPrefix: match.publicPrefix ?? 0,
    severity: isMasked ? 'low' : (match.severity ?? rule.severity),
    confidence: verdict === 'doubtful' && confidence === 'high' ? 'medium' : confidence,
    validated: verdict === 'proved',
    isGeneric: rule.isGeneric ?? false,
    isOwn: rule.isOwn ?? false,
    ...(match.reasons === undefined ? {} : { reasons: match.reasons }),
  };
}

/** Adds positions, previews and fingerprints; candidates come sorted by start, so lines are counted once. */
function describe(sorted: readonly Candidate[], text: string, salt: string): Finding[] {
  let line = 1;
  let lineStart = 0;
  let newline = text.indexOf('\n');
  return sorted.map(({ rule, start, end, publicPrefix, isGeneric: _, isOwn: __, ...rest }) => {
    while (newline !== -1 && newline < start) {
      line++;
      lineStart = newline + 1;
      newline = text.indexOf('\n', lineStart);
    }
    return {
      ruleId: rule.id,
      ...rest,
      title: rule.title,
      start,
      end,
      line,
      column: start - lineStart + 1,
      preview: preview(text.slice(start, start + publicPrefix), end - start),
      fingerprint: fingerprint(rule.id, salt, text, start, end),
    };
  });
}
