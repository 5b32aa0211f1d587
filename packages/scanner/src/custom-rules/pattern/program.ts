import { type CharacterSet, hasCharacter } from './character-set.ts';
import { firstOf, prefixOf, sizeOf } from './measure.ts';
import { type Node, type ParsedPattern, PatternError } from './syntax.ts';

/** Kinds of instructions. A set takes one code unit; the others take none. */
export const SET = 0;
export const SPLIT = 1;
export const JUMP = 2;
export const SAVE_START = 3;
export const SAVE_END = 4;
export const LINE_START = 5;
export const LINE_END = 6;
export const WORD_BOUNDARY = 7;
export const NO_WORD_BOUNDARY = 8;
export const MATCH = 9;

/**
 * A pattern as instructions of a machine that follows all ways at once (Thompson, CACM 1968; Pike's form, which
 * prefers earlier ways as a backtracking matcher does): see Cox, https://swtch.com/~rsc/regexp/regexp2.html
 */
export interface Program {
  readonly kinds: Uint8Array;
  /** SET: number of the set; SPLIT: the preferred way; JUMP: where to. */
  readonly first: Int32Array;
  /** SPLIT: the other way. */
  readonly second: Int32Array;
  /** 128 entries for each set. */
  readonly ascii: Uint8Array;
  /** Beyond ASCII, by set: the bounds of its ranges in order, for a search by halves. */
  readonly beyond: readonly Uint16Array[];
  /** Steps that one look into each set costs beyond ASCII. */
  readonly costs: Float64Array;
  /** What a match may begin with: number of the set. */
  readonly firstSet: number;
  /** Numbers of sets that the first code units of every match are in, one after another; may be empty. */
  readonly prefix: readonly number[];
}

/** The window times this many steps is the most that one try can cost. */
const largestProgram = 2000;

/** Of a step: one comparison of a look into a set. */
export const comparison = 1 / 8;

/** Compiles a pattern; `group` is the one whose place is told. Throws PatternError for one that is too large. */
export function compilePattern({ tree }: ParsedPattern, group: number): Program {
  // Counted before anything is written out: counts inside counts multiply.
  if (sizeOf(tree, group) > largestProgram) {
    throw new PatternError(`is too large with its counts written out: keep them to some hundreds in all`);
  }
  const emitter = new Emitter(group);
  emitter.emit(tree);
  emitter.add(MATCH);
  return emitter.program(firstOf(tree), prefixOf(tree));
}

const assertions = {
  'line-start': LINE_START,
  'line-end': LINE_END,
  'word-boundary': WORD_BOUNDARY,
  'no-word-boundary': NO_WORD_BOUNDARY,
};

class Emitter {
  readonly #kinds: number[] = [];
  readonly #first: number[] = [];
  readonly #second: number[] = [];
  readonly #sets: CharacterSet[] = [];
  readonly #numbers = new Map<CharacterSet, number>();
  readonly #group: number;

  constructor(group: number) {
    this.#group = group;
  }

  add(kind: number, first = -1, second = -1): number {
    this.#kinds.push(kind);
    this.#first.push(first);
    return this.#second.push(second) - 1;
  }

  get #next(): number {
    return this.#kinds.length;
  }

  emit(node: Node): void {
    switch (node.kind) {
      case 'set':
        this.add(SET, this.#numberOf(node.set));
        return;
      case 'assertion':
        this.add(assertions[node.what]);
        return;
      case 'sequence':
        for (const item of node.items) this.emit(item);
        return;
      case 'group': {
        const isWanted = node.index === this.#group;
        if (isWanted) this.add(SAVE_START);
        this.emit(node.body);
        if (isWanted) this.add(SAVE_END);
        return;
      }
      case 'choice':
        this.#choice(node.options);
        return;
      case 'repeat':
        this.#repeat(node);
    }
  }

  #choice(options: readonly Node[]): void {
    const jumps: number[] = [];
    for (const option of options.slice(0, -1)) {
      const split = this.add(SPLIT, this.#next + 1);
      this.emit(option);
      jumps.push(this.add(JUMP));
      this.#second[split] = this.#next;
    }
    this.emit(options.at(-1)!);
    for (const jump of jumps) this.#first[jump] = this.#next;
  }

  #repeat({ body, least, most, isLazy }: Extract<Node, { kind: 'repeat' }>): void {
    let start = this.#next;
    for (let i = 0; i < least; i++) {
      start = this.#next;
      this.emit(body);
    }
    if (most === Number.POSITIVE_INFINITY && least > 0) {
      const split = this.add(SPLIT);
      this.#ways(split, start, this.#next, isLazy);
      return;
    }
    const isEndless = most === Number.POSITIVE_INFINITY;
    const splits: number[] = [];
    for (let i = least; i < (isEndless ? 1 : most); i++) {
      splits.push(this.add(SPLIT));
      this.emit(body);
    }
    if (isEndless) this.add(JUMP, splits[0]);
    for (const split of splits) this.#ways(split, split + 1, this.#next, isLazy);
  }

  #ways(split: number, again: number, on: number, isLazy: boolean): void {
    this.#first[split] = isLazy ? on : again;
    this.#second[split] = isLazy ? again : on;
  }

  #numberOf(set: CharacterSet): number {
    const known = this.#numbers.get(set);
    if (known !== undefined) return known;
    const number = this.#sets.push(set) - 1;
    this.#numbers.set(set, number);
    return number;
  }

  program(first: CharacterSet, prefix: readonly CharacterSet[]): Program {
    const firstSet = this.#numberOf(first);
    const prefixNumbers = prefix.map((set) => this.#numberOf(set));
    const ascii = new Uint8Array(this.#sets.length * 128);
    this.#sets.forEach((set, number) => {
      for (let code = 0; code < 128; code++) ascii[number * 128 + code] = Number(hasCharacter(set, code));
    });
    const beyond = this.#sets.map((set) => Uint16Array.from(set.filter(([, to]) => to > 127).flat()));
    return {
      kinds: Uint8Array.from(this.#kinds),
      first: Int32Array.from(this.#first),
      second: Int32Array.from(this.#second),
      ascii,
      beyond,
      costs: Float64Array.from(
        beyond,
        ({ length }) => comparison * (1 + Math.ceil(Math.log2(length / 2 + 1))),
      ),
      firstSet,
      prefix: prefixNumbers,
    };
  }
}
