import type { Confidence, Severity } from '../finding.ts';
import { UnreadableReport } from './json-shape.ts';

const severityOfWord: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  error: 'high',
  important: 'high',
  medium: 'medium',
  moderate: 'medium',
  warning: 'medium',
  low: 'low',
  minor: 'low',
  info: 'low',
  informational: 'low',
  information: 'low',
  note: 'low',
  style: 'low',
  negligible: 'low',
  none: 'low',
  // A tool that could not tell has not said that it is harmless.
  unknown: 'medium',
  undefined: 'medium',
};

/** Throws UnreadableReport for a word that no tool writes: what is not understood must not become harmless. */
export function severityOf(word: string, where: string): Severity {
  const key = word.toLowerCase();
  const severity = Object.hasOwn(severityOfWord, key) ? severityOfWord[key] : undefined;
  if (severity === undefined) throw new UnreadableReport(`${where} is no severity that is known`);
  return severity;
}

/** By the bounds of CVSS 3.1, section 5: 9.0, 7.0 and 4.0. */
export function severityOfScore(score: number): Severity {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  return score >= 4 ? 'medium' : 'low';
}

export function confidenceOf(word: string | undefined): Confidence {
  const key = word?.toLowerCase();
  if (key === 'high' || key === 'confirmed' || key === 'very-high') return 'high';
  return key === 'low' ? 'low' : 'medium';
}
