import { ASSISTANT, type Columns } from './columns.ts';
import { CUE } from './cues.ts';
import type { Postings } from './postings.ts';
import type { Query } from './query.ts';
import { RANKING } from './ranking.ts';
import { release, scoreTerms, type TermScores } from './term-scores.ts';
import type { Scored, TopK } from './top-k.ts';
import type { View } from './view.ts';

/**
 * The best memories of a view for a query, by slot, best first. Scores are meaningful only against each
 * other; that of the best is above 0. `eligible` decides which memories may be answered; the others still take
 * part as neighbours. The cost grows with the memories touched, not with the shard.
 */
export function rank(
  query: Query,
  postings: Postings,
  columns: Columns,
  view: View,
  best: TopK,
  eligible: ((slot: number) => boolean) | undefined,
): Scored[] {
  view.settle();
  const found = scoreTerms(query, postings, view);
  try {
    let count = choose(found, found.best * RANKING.candidateFloor, eligible);
    if (count < best.limit) count = choose(found, 0, eligible);
    const { candidates, score } = found;
    let most = 0;
    for (let at = 0; at < count; at++) most = Math.max(most, score[candidates[at]!]!);
    const prior = priors(query, columns, view, found);
    for (let at = 0; at < count; at++) {
      const slot = candidates[at]!;
      best.push(score[slot]! / most + prior(slot), slot);
    }
  } finally {
    // The accumulators serve other subjects next: what is left in them would leak into their ranking.
    release(found);
  }
  return best.sorted();
}

/** Puts the touched turns that score at least `floor` and may be answered into `candidates`; returns their number. */
function choose(found: TermScores, floor: number, eligible: ((slot: number) => boolean) | undefined): number {
  const { score, touched, candidates } = found;
  let count = 0;
  for (let at = 0; at < found.count; at++) {
    const slot = touched[at]!;
    if (score[slot]! >= floor && (!eligible || eligible(slot))) candidates[count++] = slot;
  }
  return count;
}

/** What speaks for a turn beside its terms, on the scale where the best match by terms is 1. */
function priors(query: Query, columns: Columns, view: View, found: TermScores): (slot: number) => number {
  const { traits, firstPerson, speaker } = columns;
  const { session, peers } = view;
  const { sessionScore } = found;
  const bestSession = found.bestSession || 1;
  const named = namedSpeaker(query, columns, view);
  const notReply = query.wantsReplies ? 0 : RANKING.notReply;
  return (slot) => {
    const trait = traits[slot]!;
    const thread = session[slot]!;
    let prior = speaker[slot] === named ? RANKING.namedSpeaker : 0;
    if (thread >= 0) prior += (RANKING.session * sessionScore[thread]!) / bestSession;
    if (thread >= 0 && peers[thread] === 1) {
      const first = firstPerson[slot]!;
      if (trait & CUE.asks) prior += RANKING.askingPeer;
      prior += (RANKING.firstPerson * first) / (first + RANKING.firstPersonHalf);
      return prior + notReply;
    }
    // A name outside of any conversation may be a person's, whatever role the client gave to the second speaker.
    if (trait & ASSISTANT && (thread >= 0 || speaker[slot]! < 0)) return prior;
    if (query.wantsAdvice && trait & CUE.instructs) prior += RANKING.instruction;
    return prior + notReply;
  };
}

/** The number of the only speaker in view whom the query names; −2, which nobody has, for none or several. */
export function namedSpeaker(query: Query, columns: Columns, view: View): number {
  const named = columns.speakersNamed(query.words).filter((speaker) => view.hears(speaker));
  return named.length === 1 ? named[0]! : -2;
}
