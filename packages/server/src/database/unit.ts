import type { BoundQuery, ChangeSequence } from './statement.ts';

/**
 * One statement of a unit. With `otherwise`, it must find or change at least one row, else the whole unit is
 * refused with that code. Steps that may refuse come first: refusing is cheap while nothing was changed.
 */
export interface Step extends BoundQuery {
  otherwise?: string;
}

/** An audit leaf ready to be appended: see audit/entry.ts for what the bytes are. */
export interface Leaf {
  hash: Uint8Array;
  skeleton: Uint8Array;
  privateSealed: Uint8Array | null;
  /** A checkpoint that covers it is signed in the same transaction. */
  signed?: true;
}

/** Advances a subject's `head_seq` by `changes`. */
export interface SubjectAdvance {
  id: number;
  changes: number;
}

/**
 * What is stored together or not at all, with the audit leaves that tell of it.
 * It is data, not a callback, so that many units share one commit and the same store code runs on any dialect.
 */
export interface Unit {
  steps: Step[];
  leaves: Leaf[];
  /** The subject that is changed; steps refer to its new numbers by `changeSequence(n)`. */
  subject?: SubjectAdvance;
  /** Instead of it, several: each once, in the order of their ids, so that no two units lock them crosswise. */
  subjects?: readonly SubjectAdvance[];
}

/** The subjects that a unit advances. */
export function advancesOf({
  subject,
  subjects,
}: Pick<Unit, 'subject' | 'subjects'>): readonly SubjectAdvance[] {
  return subjects ?? (subject ? [subject] : []);
}

/** A parameter that the writer replaces with the sequence of the n-th change (0 first) of the unit, or of one of its subjects. */
export function changeSequence(change = 0, subject?: number): number {
  return { change, ...(subject !== undefined && { subject }) } satisfies ChangeSequence as unknown as number;
}

export function isChangeSequence(value: unknown): value is ChangeSequence {
  return typeof value === 'object' && value !== null && 'change' in value;
}

/**
 * One unit of several, each of a subject of its own: all of them or none. `guards` come before every change, where
 * refusing is cheap.
 */
export function acrossSubjects(guards: readonly Step[], parts: readonly Unit[]): Unit {
  const [only] = parts;
  if (only && parts.length === 1) return { ...only, steps: [...guards, ...only.steps] };
  const ordered = parts.toSorted((a, b) => a.subject!.id - b.subject!.id);
  return {
    steps: [
      ...guards,
      ...ordered.flatMap(({ steps, subject }) => steps.map((step) => numbered(step, subject!.id))),
    ],
    leaves: ordered.flatMap(({ leaves }) => leaves),
    subjects: ordered.map(({ subject }) => subject!),
  };
}

/** The step, with its sequences said to be those of one subject. */
function numbered(step: Step, subject: number): Step {
  const parameters = step.parameters.map((value) =>
    isChangeSequence(value) ? changeSequence(value.change, subject) : value,
  );
  return { ...step, parameters };
}

/** Rows of each step that returns rows, in step order; empty arrays for the others. */
export type UnitRows = Record<string, unknown>[][];
