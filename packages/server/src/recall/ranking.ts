/**
 * Every constant of the ranking, with its reason. Gains are points of recall@10 on development conversations
 * between two people (L) and between a user and an assistant (B), measured by leaving the ingredient out.
 * What gained nothing on top of these is not here: speaker terms, bigrams, coverage of the query, smoothing inside
 * a conversation, length of a turn, cues for "when", a heavier preceding question, lighter question words.
 */
export const RANKING = {
  /** BM25 saturation and length normalisation, the values of the literature; others gained nothing. */
  k1: 1.2,
  b: 0.75,

  /** Terms after the first 60 of a memory count less: long replies mention everything (+1.6 B). */
  fullWeightTerms: 60,
  lateTermWeight: 0.3,
  /** Terms of the days that a memory tells of; they add nothing to its length. */
  dateWeight: 0.5,
  /** The same terms where a query names a date; not more, because many memories share a day (+1.8 L). */
  queryDateWeight: 0.5,

  /**
   * What turns before and after lend, by distance, between peers: people leave out what was just said (+11 L).
   * In chats with an assistant this costs 5 B, because every reply repeats its question.
   */
  neighbourWeights: [0.4, 0.2, 0.1, 0.05],
  /** Only the beginning of a turn is lent. */
  lentTerms: 20,

  /** The priors below are added to scores that are relative to the best. Turns of the one speaker who is named (+4 L). */
  namedSpeaker: 0.4,
  /** Turns of the conversation that matches best as a whole (+1.6 L, +1.1 B). */
  session: 0.15,
  /** Between peers, a turn that ends by asking (+.7 L), and one that speaks of oneself (+1.4 L). */
  askingPeer: -0.1,
  firstPerson: 0.15,
  /** Number of first-person words at which half of that prior is reached. */
  firstPersonHalf: 1,
  /**
   * Everything but the replies of an assistant, unless the query asks for them: what the user said is what is to
   * be remembered (+9 B).
   */
  notReply: 0.8,
  /** "Always …", "I prefer …" by the user, when the query seeks advice (+3 B). */
  instruction: 0.3,

  /**
   * Turns below this part of the best BM25 score are dropped while enough others are above: no priors would
   * lift them into an answer, and they are most of what a query touches (no loss at .1).
   */
  candidateFloor: 0.1,
};

/** Weights are kept in twentieths, so that sums are exact and the order of changes leaves no trace in them. */
export const WEIGHT_UNITS = 20;

export const units = (weight: number) => Math.round(weight * WEIGHT_UNITS);
