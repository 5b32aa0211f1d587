import type { AssignedValue } from '../assignment.ts';
import type { Assignment } from './features.ts';
import { classesOfFacts, entropyClassOf, Facts, features } from './features.ts';
import { operators } from './operator.ts';
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

const weightByName: ReadonlyMap<string, number> = new Map(Object.entries(weights));
const weightOf = (feature: string) => weightByName.get(feature) ?? 0;
const weightAt = Int32Array.from(features, ([feature]) => weightOf(feature));
const places = new Map(Object.keys(weights).map((feature, place) => [feature, place]));

/** The most that the features from one index of the table on can still add, and the entropy after them. */
const reachable = new Int32Array(features.length + 1);
reachable[features.length] = Math.max(
  ...Object.keys(weights).map((feature) => (feature.startsWith('entropy: ') ? weightOf(feature) : 0)),
);
for (let i = features.length - 1; i >= 0; i--) {
  reachable[i] = reachable[i + 1]! + Math.max(0, weightOf(features[i]![0]));
}

const longestShort = 3;
/** What no value of three code units between quotes has; of a word and of digits among letters, one can be. */
const neverInShort = new Set([
  ...['bare', 'environment', 'settings line', 'connection string', 'random'],
  ...['one word', 'letters and digits', 'digits inside'],
]);
const mostOfShort =
  weightOf('length: 1–3') +
  Math.max(...operators.map((operator) => weightOf(`operator: ${operator}`))) +
  Math.max(weightOf('one word'), weightOf('letters and digits') + weightOf('digits inside')) +
  features.reduce((sum, [name], i) => sum + (neverInShort.has(name) ? 0 : Math.max(0, weightAt[i]!)), 0);
const isShortRefuted = mostOfShort < thresholds.doubtful;

/** Whether a value is refuted whatever its name and its surroundings are: the commonest in code is `x = "a"`. */
export const isTooShort = ({ start, end, isQuoted }: AssignedValue): boolean =>
  isShortRefuted && isQuoted && end - start <= longestShort;

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
    const feature = features[i]!;
    if (!feature[1](facts)) continue;
    score += weightAt[i]!;
    held.push(feature[0]);
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
