/*
 * Weights of the features of `features.ts`, in quarters of a logit; a feature that is missing weighs nothing.
 * Learned by logistic regression from about 4,200 labelled assignments of five source trees, then rounded. Four
 * trees with secrets are too few to learn everything, so each feature has a prior, and those that refute by
 * themselves (placeholders, templates, references to code, types, hashes) are set, not learned. On lines that name a
 * secret or not, all rules together reach recall .81 at precision .91 with each tree left out of the learning in
 * turn, .90 at .92 with these weights; assignments alone, learned without priors, .62 at .83 on a tree left out.
 */
export const weights: Readonly<Record<string, number>> = {
  // Name and operator.
  'noun: key': -1,
  'operator: equals': 1,
  'operator: colon': 1,
  'operator: compare': -1,
  'operator: comma': -5,
  environment: 13,
  'settings line': 6,
  'connection string': 5,
  'user before': 1,
  comment: -3,
  // Looks like a secret.
  random: 6,
  'digits inside': 3,
  'letters and digits': 2,
  switches: 2,
  symbol: 1,
  'length: 8–11': 2,
  'length: 12–19': 3,
  'length: 20–31': 2,
  'length: 32+': 2,
  'entropy: 2.6–3.2': 3,
  wrapped: 2,
  'one word': 2,
  bare: 2,
  // Stands for something else.
  template: -40,
  'stand-in': -24,
  literal: -40,
  type: -40,
  'member access': -40,
  'pointer or variable': -24,
  location: -40,
  'file name': -24,
  'name again': -40,
  expression: -6,
  statement: -6,
  'key, bare word': -12,
  prose: -40,
  'compared with a weak word': -16,
  uuid: -8,
  'password hash': -40,
  'short number': -40,
  // Weak or descriptive.
  'weak word': -2,
  'names a secret': -3,
  'glued words': -6,
  described: -5,
  'word list': -7,
  'camel case': -6,
  constant: -7,
  numeric: -3,
  'versioned word': -2,
  sequence: -2,
  'key, not random': -8,
  'weak, not random': -40,
  'length: 1–3': -16,
  'length: 4–5': -2,
};

/** The sum from which an assignment is reported, and from which it is reported with medium confidence. */
export const thresholds = { doubtful: -2, likely: 4 } as const;
