import type { CharacterSet } from './character-set.ts';

/** A pattern as a tree. */
export type Node =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly options: readonly Node[] }
  | Repeat
  | { readonly kind: 'group'; readonly index: number; readonly body: Node }
  | { readonly kind: 'assertion'; readonly what: Assertion };

export interface Repeat {
  readonly kind: 'repeat';
  readonly body: Node;
  readonly least: number;
  /** May be infinite. */
  readonly most: number;
  readonly isLazy: boolean;
}

/** `^` and `$` are the ends of a line, `\b` and `\B` those of a word of ASCII letters, digits and `_`. */
export type Assertion = 'line-start' | 'line-end' | 'word-boundary' | 'no-word-boundary';

export interface ParsedPattern {
  readonly tree: Node;
  /** Number of capturing groups. */
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
}

/** A pattern that is wrong or asks for what is not offered; the message says where and what to do. */
export class PatternError extends Error {}

/** Whether the pattern matches the empty text somewhere. */
export function isNullable(node: Node): boolean {
  switch (node.kind) {
    case 'set':
      return false;
    case 'sequence':
      return node.items.every(isNullable);
    case 'choice':
      return node.options.some(isNullable);
    case 'repeat':
      return node.least === 0 || isNullable(node.body);
    case 'group':
      return isNullable(node.body);
    case 'assertion':
      return true;
  }
}
