import type { Assignment } from './features.ts';
import { classesOfFacts, entropyClassOf, Facts, features } from './features.ts';
import { thresholds, weights } from './weights.ts';

export interface Judgement {
  readonly likelihood: 'likely' | 'doubtful';
  /** A word, or words, that a person chose: worth a warning, hardly ever a key to anything. */
  readonly isWordy: boolean;
  /** A UUID is more often an identifier than a secret. */
  readonly isUuid: boolean;
  /** The features that spoke most for a secret, strongest first, of equals as in the table of weights. */
  readonly reasons: readonly string[];
}

const mostReasons = 5;
const wordy = new Set([
  'one word',
  'word list',
  'weak word',
  'names a secret',
  'glued words',
  'described',
  'camel case',
]);

const weightOf = (feature: string) => weights[feature] ?? 0;
const places = new Map(Object.keys(weights).map((feature, place) => [feature, place]));

/** The most that the features from one index of the table on can still add, and the entropy after them. */
const reachable = new Int32Array(features.length + 1);
reachable[features.length] = Math.max(
  ...Object.keys(weights).map((feature) => (feature.startsWith('entropy: ') ? weightOf(feature) : 0)),
);
for (let i = features.length - 1; i >= 0; i--) {
  reachable[i] = reachable[i + 1]! + Math.max(0, weightOf(features[i]![0]));
}

/**
 * Whether the assigned value is likely the secret itself, and no placeholder, template, reference, location,
 * name, number or word: a linear score over the features that hold. Undefined when it is not. Most values are not,
 * and of them only as many features are worked out as it takes to know.
 */
export function judgeAssignment(assignment: Assignment): Judgement | undefined {
  const facts = new Facts(assignment);
  const held = classesOfFacts(facts);
  let score = held.reduce((sum, feature) => sum + weightOf(feature), 0);
  for (let i = 0; i < features.length; i++) {
    if (score + reachable[i]! < thresholds.doubtful) return undefined;
    const [feature, holds] = features[i]!;
    if (!holds(facts)) continue;
    score += weightOf(feature);
    held.push(feature);
  }
  const entropy = entropyClassOf(facts);
  score += weightOf(entropy);
  if (score < thresholds.doubtful) return undefined;
  held.push(entropy);
  const isUuid = held.includes('uuid');
  return {
    likelihood: score >= thresholds.likely && !isUuid ? 'likely' : 'doubtful',
    isUuid,
    isWordy: held.some((feature) => wordy.has(feature)) && !facts.isRandom,
    reasons: reasonsOf(held),
  };
}

function reasonsOf(held: readonly string[]): string[] {
  return held
    .filter((feature) => weightOf(feature) > 0)
    .sort((a, b) => weightOf(b) - weightOf(a) || places.get(a)! - places.get(b)!)
    .slice(0, mostReasons);
}
