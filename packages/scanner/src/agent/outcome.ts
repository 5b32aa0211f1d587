import type { LocatedFinding } from '../files/suppressions.ts';
import type { Severity } from '../finding.ts';

/** What becomes of a finding: `block` can be overridden in medium posture, with a reason; nothing overrides a `veto`. */
export type Outcome = 'note' | 'warn' | 'block' | 'veto';
export type Posture = 'medium' | 'high';

/** From the mildest to the strictest. */
export const outcomes: readonly Outcome[] = ['note', 'warn', 'block', 'veto'];

export const isStricter = (a: Outcome, b: Outcome): boolean => outcomes.indexOf(a) > outcomes.indexOf(b);

/** What a severity comes to where no project says more. No settings go below it. */
export const floor: Readonly<Record<Posture, Readonly<Record<Severity, Outcome>>>> = {
  medium: { critical: 'veto', high: 'block', medium: 'warn', low: 'note' },
  high: { critical: 'veto', high: 'veto', medium: 'veto', low: 'note' },
};

/** An outcome that is asked for beyond the floor. */
export interface Demand {
  readonly outcome: Outcome;
  /** Who asks, for people: `thresholds[0]`, `hipaa`. */
  readonly because: string;
}

/** The strictest demand that there is for a finding; undefined where nobody asks for more than the floor. */
export type DemandOf = (one: LocatedFinding) => Demand | undefined;
