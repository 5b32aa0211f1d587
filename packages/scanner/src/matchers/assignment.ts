import type { Operator } from './assignments/operator.ts';
import { closesTheString, jointAfter, longestJoint } from './assignments/operator.ts';
import type { Value } from './assignments/value.ts';
import { longestValue, openingQuote, valueAt } from './assignments/value.ts';

/** The value of an assignment and how it was written. */
export interface AssignedValue extends Value {
  readonly operator: Operator;
}

/** No part of an assigned value lies farther than this from the end of its name. */
export const longestAssignment = longestJoint + longestValue + 48;

const needsQuotes: ReadonlySet<Operator> = new Set(['compare', 'call', 'comma']);

/**
 * The value assigned to the name that ends at `nameEnd`, in any of the forms of `Operator`, also inside an
 * escaped string. Name, operator and value are on one line, except for YAML blocks and lists and for
 * `name: … value: …` pairs: else what follows on the next line is the next assignment.
 */
export function assignedValue(text: string, nameStart: number, nameEnd: number): AssignedValue | undefined {
  const joint = jointAfter(text, nameStart, nameEnd);
  if (joint === undefined || closesTheString(text, nameStart, nameEnd, joint.valueAt)) return undefined;
  if (needsQuotes.has(joint.operator) && openingQuote(text, joint.valueAt) === -1) return undefined;
  const value = valueAt(text, joint.valueAt);
  if (value === undefined) return undefined;
  const { start, end, isQuoted, isWrapped } = value;
  return { start, end, isQuoted, isWrapped, operator: joint.operator };
}
