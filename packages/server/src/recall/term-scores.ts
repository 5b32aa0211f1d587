import { idf, saturation } from './bm25.ts';
import { grown } from './grown.ts';
import type { PostingRun, Postings } from './postings.ts';
import type { Query } from './query.ts';
import { RANKING, units } from './ranking.ts';
import type { View } from './view.ts';

/** BM25 scores of one query. The arrays are shared by all queries of a thread: `release` before the next. */
export interface TermScores {
  /** By slot; 0 where nothing matched. */
  readonly score: Float32Array;
  /** By conversation, each taken as one document. */
  readonly sessionScore: Float32Array;
  readonly bestSession: number;
  /** The first `count` entries are the slots with a score. */
  readonly touched: Int32Array;
  readonly count: number;
  readonly best: number;
  /** Room for as many slots as were touched. */
  readonly candidates: Int32Array;
}

/** All zero between queries. One query runs at a time on a thread, so the shards of a thread share them. */
const scratch = {
  frequency: new Int32Array(0),
  score: new Float32Array(0),
  matched: new Int32Array(0),
  touched: new Int32Array(0),
  sessionFrequency: new Int32Array(0),
  sessionScore: new Float32Array(0),
};

/** Scores the memories of a view by the terms of a query, neighbours between peers included. */
export function scoreTerms(query: Query, postings: Postings, view: View): TermScores {
  const slots = view.visible.length;
  scratch.frequency = grown(scratch.frequency, slots);
  scratch.score = grown(scratch.score, slots);
  scratch.matched = grown(scratch.matched, slots);
  scratch.touched = grown(scratch.touched, slots);
  scratch.sessionFrequency = grown(scratch.sessionFrequency, view.sessionNumbers);
  scratch.sessionScore = grown(scratch.sessionScore, view.sessionNumbers);
  let count = 0;
  for (const [term, weight] of query.terms) {
    const id = postings.dictionary.find(term);
    if (id === undefined) continue;
    const matched = gather(postings.run(id), view);
    count = scoreTurns(matched, weight * idf(view.size, matched), view, count);
    scoreSessions(weight, view);
  }
  const { score, touched } = scratch;
  let best = 0;
  for (let at = 0; at < count; at++) if (score[touched[at]!]! > best) best = score[touched[at]!]!;
  const sessionScore = scratch.sessionScore.subarray(0, view.sessionNumbers);
  const bestSession = sessionScore.reduce((most, session) => Math.max(most, session), 0);
  return { score, sessionScore, bestSession, touched, count, best, candidates: scratch.matched };
}

/** Empties the accumulators that `scoreTerms` filled. */
export function release({ score, sessionScore, touched, count }: TermScores): void {
  for (let at = 0; at < count; at++) score[touched[at]!] = 0;
  sessionScore.fill(0);
}

/** Adds up how often each turn of the view has a term, own and borrowed; returns how many have it at all. */
function gather(run: PostingRun, view: View): number {
  const { frequency, matched, sessionFrequency } = scratch;
  const { visible, session: sessionOf, peers, previous, next } = view;
  const { slots, weights, start, end } = run;
  const lends = RANKING.neighbourWeights.map(units);
  let count = 0;
  for (let at = start; at < end; at++) {
    const slot = slots[at]!;
    if (visible[slot] === 0) continue;
    const own = weights[at]! >> 4;
    if (frequency[slot] === 0) matched[count++] = slot;
    frequency[slot]! += own;
    const session = sessionOf[slot]!;
    if (session < 0) continue;
    sessionFrequency[session]! += own;
    const near = weights[at]! & 0xf;
    if (near === 0 || peers[session] === 0) continue;
    let before = slot;
    let after = slot;
    for (let distance = 0; distance < lends.length; distance++) {
      const lent = near * lends[distance]!;
      if (before >= 0) before = previous[before]!;
      if (before >= 0) {
        if (frequency[before] === 0) matched[count++] = before;
        frequency[before]! += lent;
      }
      if (after >= 0) after = next[after]!;
      if (after >= 0) {
        if (frequency[after] === 0) matched[count++] = after;
        frequency[after]! += lent;
      }
    }
  }
  return count;
}

/** Adds one term's part to the scores of the turns that have it, and empties their frequencies. */
function scoreTurns(matched: number, rarity: number, view: View, touchedBefore: number): number {
  const { frequency, matched: slots, touched, score } = scratch;
  const { length } = view;
  const { gain, base, slope } = saturation(view.averageLength);
  const most = rarity * gain;
  let count = touchedBefore;
  for (let at = 0; at < matched; at++) {
    const slot = slots[at]!;
    if (score[slot] === 0) touched[count++] = slot;
    const often = frequency[slot]!;
    score[slot]! += (most * often) / (often + base + slope * length[slot]!);
    frequency[slot] = 0;
  }
  return count;
}

/** The same for whole conversations, which are few enough to walk. */
function scoreSessions(weight: number, view: View): void {
  const { sessionFrequency, sessionScore } = scratch;
  const { sessionNumbers, sessionLength } = view;
  let containing = 0;
  for (let session = 0; session < sessionNumbers; session++) if (sessionFrequency[session]! > 0) containing++;
  if (containing === 0) return;
  const rarity = weight * idf(view.sessions, containing);
  const { gain, base, slope } = saturation(view.averageSessionLength);
  const most = rarity * gain;
  for (let session = 0; session < sessionNumbers; session++) {
    const often = sessionFrequency[session]!;
    if (often === 0) continue;
    sessionScore[session]! += (most * often) / (often + base + slope * sessionLength[session]!);
    sessionFrequency[session] = 0;
  }
}
