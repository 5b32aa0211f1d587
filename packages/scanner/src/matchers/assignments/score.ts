import type { Assignment } from './features.ts';
import { featuresOf } from './features.ts';
import { thresholds, weights } from './weights.ts';

export interface Judgement {
  readonly likelihood: 'likely' | 'doubtful';
  /** A word, or words, that a person chose: worth a warning, hardly ever a key to anything. */
  readonly isWordy: boolean;
  /** A UUID is more often an identifier than a secret. */
  readonly isUuid: boolean;
  /** The features that spoke most for a secret, strongest first. */
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

/**
 * Whether the assigned value is likely the secret itself, and no placeholder, template, reference, location,
 * name, number or word: a linear score over the features that hold. Undefined when it is not.
 */
export function judgeAssignment(assignment: Assignment): Judgement | undefined {
  const features = featuresOf(assignment);
  const isUuid = features.includes('uuid');
  const score = features.reduce((sum, feature) => sum + (weights[feature] ?? 0), 0);
  if (score < thresholds.doubtful) return undefined;
  const reasons = features
    .filter((feature) => (weights[feature] ?? 0) > 0)
    .sort((a, b) => weights[b]! - weights[a]!)
    .slice(0, mostReasons);
  const isWordy = features.some((feature) => wordy.has(feature)) && !features.includes('random');
  return {
    likelihood: score >= thresholds.likely && !isUuid ? 'likely' : 'doubtful',
    isUuid,
    isWordy,
    reasons,
  };
}
