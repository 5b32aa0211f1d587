import { RANKING, WEIGHT_UNITS } from './ranking.ts';

/** Inverse document frequency, in the form that never turns negative (Lucene's). */
export function idf(documents: number, containing: number): number {
  return Math.log(1 + (documents - containing + 0.5) / (containing + 0.5));
}

/**
 * BM25's saturation for documents of an average length: the part of a term that occurs `f` (in `WEIGHT_UNITS`)
 * in a document of a length (same unit as the average) is `gain × f / (f + base + slope × length)`. Constants
 * and not a function of f, because the loop that uses them is the hottest of a search.
 * Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
 */
export function saturation(averageLength: number): { gain: number; base: number; slope: number } {
  const { k1, b } = RANKING;
  return { gain: k1 + 1, base: WEIGHT_UNITS * k1 * (1 - b), slope: (WEIGHT_UNITS * k1 * b) / averageLength };
}
