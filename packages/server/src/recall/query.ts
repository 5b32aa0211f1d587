import { absoluteDateTerms } from './dates.ts';
import { RANKING } from './ranking.ts';
import { STOP_WORDS } from './stop-words.ts';
import { termOf, words } from './tokens.ts';

/** What a query asks for. */
export interface Query {
  /** Distinct terms and the weight of each. Empty: the query names nothing to look for. */
  readonly terms: ReadonlyMap<string, number>;
  readonly words: readonly string[];
  /** "What did you suggest …", "summarise …": wants what the assistant said as well. */
  readonly wantsReplies: boolean;
  /** "Could you help me …", "how should I …": standing instructions and preferences apply. */
  readonly wantsAdvice: boolean;
}

const WANTS_REPLIES =
  /\b(?:(?:did|had|have) you|you (?:suggested|recommended|advised|told|said|gave|explained|mentioned|proposed|wrote)|summar(?:y|i[sz]e)|overview|recap)\b/i;
const WANTS_ADVICE =
  /\b(?:(?:can|could|would|will) you|what (?:should|would|could)|how (?:should|would|do|can|could|to)|should i|i need|i want|i'd like|help me|suggest|recommend|advice|tips|ideas)\b/i;
/** A question about what has been, which seeks no advice however politely it is put. */
const LOOKS_BACK =
  /\b(?:did|was|were|had|have (?:i|we|you)|has|summar(?:y|i[sz]e)|overview|recap|order in which|throughout|so far|our (?:chats?|conversations?|discussions?|sessions?))\b/i;

/** Terms of a query beyond this are left out: it may be a whole text, and each term costs. */
const MOST_TERMS = 64;

/** Reads a query. Never throws; a query of stop words only has no terms. */
export function parseQuery(text: string): Query {
  const found = words(text);
  const weights = new Map<string, number>();
  for (const word of found) {
    if (STOP_WORDS.has(word)) continue;
    const term = termOf(word);
    if (weights.has(term) || weights.size < MOST_TERMS) weights.set(term, (weights.get(term) ?? 0) + 1);
  }
  for (const term of absoluteDateTerms(text)) weights.set(term, RANKING.queryDateWeight);
  return {
    terms: weights,
    words: found,
    wantsReplies: WANTS_REPLIES.test(text),
    wantsAdvice: WANTS_ADVICE.test(text) && !LOOKS_BACK.test(text),
  };
}
