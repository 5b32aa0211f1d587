import { isInRanges, isLineEnd } from './character-set.ts';
import {
  comparison,
  JUMP,
  LINE_END,
  LINE_START,
  MATCH,
  NO_WORD_BOUNDARY,
  type Program,
  SAVE_END,
  SAVE_START,
  SET,
  SPLIT,
  WORD_BOUNDARY,
} from './program.ts';

export interface Bounds {
  /** Code units of a whole match. */
  readonly least: number;
  readonly most: number;
}

/** UTF-16 offsets, ends exclusive. The group is the whole match where it took no part. */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly groupStart: number;
  readonly groupEnd: number;
}

/** The ways that are followed at one position, in order of preference, each instruction at most once. */
class Ways {
  readonly at: Int32Array;
  readonly start: Int32Array;
  readonly groupStart: Int32Array;
  readonly groupEnd: Int32Array;
  readonly seen: Uint32Array;
  generation = 0;
  count = 0;

  constructor(size: number) {
    this.at = new Int32Array(size);
    this.start = new Int32Array(size);
    this.groupStart = new Int32Array(size);
    this.groupEnd = new Int32Array(size);
    this.seen = new Uint32Array(size);
  }

  clear(): void {
    this.count = 0;
    if (++this.generation < 0xffffffff) return;
    this.seen.fill(0);
    this.generation = 1;
  }
}

/**
 * Searches with one program. Each position costs at most one step for each instruction, whatever the text; a search
 * that would take more steps than it may gives up, and says so.
 */
export class PatternSearch {
  /** Steps of the last search. */
  steps = 0;
  /** Whether the last search gave up: it says nothing about the text then. */
  isExhausted = false;
  readonly #program: Program;
  readonly #bounds: Bounds;
  #now: Ways;
  #next: Ways;
  readonly #stack: Int32Array;
  /** Smallest start that was given up because of its length; later starts may have been left out for it. */
  #tooLong = -1;

  constructor(program: Program, bounds: Bounds) {
    const size = program.kinds.length;
    this.#program = program;
    this.#bounds = bounds;
    this.#now = new Ways(size);
    this.#next = new Ways(size);
    // Each instruction is put there by at most two others, with its group's start and end.
    this.#stack = new Int32Array((size * 2 + 2) * 3);
  }

  /** The leftmost match, of a length within the bounds, that holds the keyword. */
  find(text: string, keywordStart: number, keywordEnd: number, mostSteps: number): Found | undefined {
    this.steps = 0;
    this.isExhausted = false;
    let from = Math.max(0, keywordEnd - this.#bounds.most);
    for (;;) {
      this.#tooLong = -1;
      const found = this.#run(text, from, keywordStart, keywordEnd, mostSteps);
      if (found !== undefined || this.isExhausted || this.#tooLong === -1) return found;
      from = this.#tooLong + 1;
    }
  }

  #run(text: string, from: number, keywordStart: number, keywordEnd: number, mostSteps: number) {
    const { kinds, first } = this.#program;
    const { least, most } = this.#bounds;
    const limit = Math.min(text.length, keywordStart + most);
    let found: Found | undefined;
    this.#now.clear();
    for (let at = from; at <= limit; at++) {
      const now = this.#now;
      if (found === undefined && at <= keywordStart) {
        if (this.#mayBegin(text, at)) this.#follow(now, 0, text, at, at, -1, -1);
      } else if (now.count === 0) break;
      this.steps += now.count;
      if (this.steps > mostSteps) {
        this.isExhausted = true;
        return undefined;
      }
      const next = this.#next;
      next.clear();
      const code = text.charCodeAt(at);
      for (let i = 0; i < now.count; i++) {
        const instruction = now.at[i]!;
        const start = now.start[i]!;
        if (kinds[instruction] === MATCH) {
          if (at < keywordEnd || at - start < least) continue;
          const [groupStart, groupEnd] = [now.groupStart[i]!, now.groupEnd[i]!];
          const hasGroup = groupStart !== -1 && groupEnd > groupStart;
          found = {
            start,
            end: at,
            groupStart: hasGroup ? groupStart : start,
            groupEnd: hasGroup ? groupEnd : at,
          };
          // What comes after it is less preferred.
          break;
        }
        if (at - start >= most) {
          if (this.#tooLong === -1 || start < this.#tooLong) this.#tooLong = start;
        } else if (this.#has(first[instruction]!, code)) {
          this.#follow(next, instruction + 1, text, at + 1, start, now.groupStart[i]!, now.groupEnd[i]!);
        }
      }
      this.#next = now;
      this.#now = next;
    }
    return found;
  }

  #mayBegin(text: string, at: number): boolean {
    const { firstSet, prefix } = this.#program;
    if (!this.#has(firstSet, text.charCodeAt(at))) return false;
    for (let i = 1; i < prefix.length; i++) if (!this.#has(prefix[i]!, text.charCodeAt(at + i))) return false;
    return true;
  }

  #has(set: number, code: number): boolean {
    const { ascii, beyond, costs } = this.#program;
    // Each look is counted, also of a position where nothing begins: there are as many as a pattern's author likes.
    if (code < 128) {
      this.steps += comparison;
      return ascii[set * 128 + code] === 1;
    }
    this.steps += costs[set]!;
    return isInRanges(beyond[set]!, code);
  }

  /** Adds every instruction that takes a code unit, or ends a match, and is reached from this one without taking any. */
  #follow(
    ways: Ways,
    from: number,
    text: string,
    at: number,
    start: number,
    groupStartBefore: number,
    groupEndBefore: number,
  ): void {
    const { kinds, first, second } = this.#program;
    const stack = this.#stack;
    let height = 0;
    const push = (instruction: number, groupStart: number, groupEnd: number) => {
      stack[height++] = instruction;
      stack[height++] = groupStart;
      stack[height++] = groupEnd;
    };
    push(from, groupStartBefore, groupEndBefore);
    while (height > 0) {
      const groupEnd = stack[--height]!;
      const groupStart = stack[--height]!;
      const instruction = stack[--height]!;
      if (ways.seen[instruction] === ways.generation) continue;
      ways.seen[instruction] = ways.generation;
      this.steps++;
      switch (kinds[instruction]) {
        case SET:
        case MATCH: {
          const index = ways.count++;
          ways.at[index] = instruction;
          ways.start[index] = start;
          ways.groupStart[index] = groupStart;
          ways.groupEnd[index] = groupEnd;
          break;
        }
        case SPLIT:
          push(second[instruction]!, groupStart, groupEnd);
          push(first[instruction]!, groupStart, groupEnd);
          break;
        case JUMP:
          push(first[instruction]!, groupStart, groupEnd);
          break;
        case SAVE_START:
          push(instruction + 1, at, -1);
          break;
        case SAVE_END:
          push(instruction + 1, groupStart, at);
          break;
        default:
          if (holds(kinds[instruction]!, text, at)) push(instruction + 1, groupStart, groupEnd);
      }
    }
  }
}

function holds(kind: number, text: string, at: number): boolean {
  if (kind === LINE_START) return at === 0 || isLineEnd(text.charCodeAt(at - 1));
  if (kind === LINE_END) return at === text.length || isLineEnd(text.charCodeAt(at));
  const isBoundary = isWord(text.charCodeAt(at - 1)) !== isWord(text.charCodeAt(at));
  return kind === WORD_BOUNDARY ? isBoundary : kind === NO_WORD_BOUNDARY && !isBoundary;
}

/** NaN, outside the text, is no word. */
const isWord = (code: number) =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122);
