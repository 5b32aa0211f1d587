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

/**
 * What is stored together or not at all, with the audit leaves that tell of it.
 * It is data, not a callback, so that many units share one commit and the same store code runs on any dialect.
 */
export interface Unit {
  steps: Step[];
  leaves: Leaf[];
  /** Advances this subject's `head_seq` by `changes`; steps refer to the new numbers by `changeSequence(n)`. */
  subject?: { id: number; changes: number };
}

/** A parameter that the writer replaces with the sequence of the unit's n-th change (0 first). */
export function changeSequence(change = 0): number {
  return { change } satisfies ChangeSequence as unknown as number;
}

/** Rows of each step that returns rows, in step order; empty arrays for the others. */
export type UnitRows = Record<string, unknown>[][];
