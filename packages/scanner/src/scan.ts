import type { Confidence, Finding, Severity } from './finding.ts';
import { preview } from './finding.ts';
import { fingerprint, publicSalt } from './fingerprint.ts';
import { buildLeadTable, visitLeads } from './leads.ts';
import { resolveOverlaps } from './overlap.ts';
import { buildPrefilter } from './prefilter.ts';
import type { Match, Rule } from './rule.ts';
import { rules } from './rules.ts';

export interface ScanOptions {
  /** Salt of the fingerprints. The default is public: see `fingerprint.ts`. */
  readonly salt?: string;
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
  readonly start: number;
  readonly end: number;
  readonly publicPrefix: number;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly validated: boolean;
  readonly isGeneric: boolean;
  readonly reasons?: readonly string[];
}

/** A scanner of these rules only. Builds the automaton once (some ten milliseconds); keep and reuse the result. */
export function createScanner(ruleList: readonly Rule[]): Scanner {
  const { classOf, next, firstAccepting, classCount, outputs } = buildPrefilter(
    ruleList.map((rule) => rule.keywords),
  );
  const leadTable = buildLeadTable(ruleList.map((rule) => rule.leads ?? []));

  function candidates(text: string): Candidate[] {
    const found: Candidate[] = [];
    // Where each rule's last match ended: keywords inside a match are part of it, and cost nothing more.
    let matchedUntil: Int32Array | undefined;
    const length = text.length;
    let state = 0;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      state = next[state + (code < 128 ? classOf[code]! : 0)]!;
      if (state < firstAccepting) continue;
      const output = outputs[(state - firstAccepting) / classCount]!;
      for (let i = 0; i < output.length; i += 2) {
        const owner = output[i]!;
        const start = at + 1 - output[i + 1]!;
        tryRule(owner, start, at + 1);
      }
    }
    if (leadTable === undefined) return found;
    // Keywords of a rule may lie after its numbers: each pass has its own bounds.
    matchedUntil = undefined;
    visitLeads(text, leadTable, (owners, start, leadEnd) => {
      for (const owner of owners) tryRule(owner, start, leadEnd);
    });
    return found;

    function tryRule(owner: number, start: number, end: number): void {
      matchedUntil ??= new Int32Array(ruleList.length);
      if (start < matchedUntil[owner]!) return;
      const rule = ruleList[owner]!;
      const match = rule.match(text, start, end);
      if (match === undefined) return;
      const candidate = judge(rule, match, text);
      if (candidate === undefined) return;
      matchedUntil[owner] = match.end;
      found.push(candidate);
    }
  }

  return (text, options = {}) => {
    const found = candidates(text);
    if (found.length === 0) return [];
    return describe(resolveOverlaps(found), text, options.salt ?? publicSalt);
  };
}

function judge(rule: Rule, match: Match, text: string): Candidate | undefined {
  const verdict = rule.validate?.(text.slice(match.start, match.end)) ?? 'plausible';
  if (verdict === 'refuted') return undefined;
  const isMasked = verdict === 'masked';
  const confidence = isMasked ? 'low' : (match.confidence ?? rule.confidence);
  return {
    rule,
    start: match.start,
    end: match.end,
    publicPrefix: match.publicPrefix ?? 0,
    severity: isMasked ? 'low' : (match.severity ?? rule.severity),
    confidence: verdict === 'doubtful' && confidence === 'high' ? 'medium' : confidence,
    validated: verdict === 'proved',
    isGeneric: rule.isGeneric ?? false,
    ...(match.reasons === undefined ? {} : { reasons: match.reasons }),
  };
}

/** Adds positions, previews and fingerprints; candidates come sorted by start, so lines are counted once. */
function describe(sorted: readonly Candidate[], text: string, salt: string): Finding[] {
  let line = 1;
  let lineStart = 0;
  let newline = text.indexOf('\n');
  return sorted.map(({ rule, start, end, publicPrefix, isGeneric: _, ...rest }) => {
    while (newline !== -1 && newline < start) {
      line++;
      lineStart = newline + 1;
      newline = text.indexOf('\n', lineStart);
    }
    return {
      ruleId: rule.id,
      category: rule.category,
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
