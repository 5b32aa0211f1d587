import { hash } from 'node:crypto';
import type { ColumnUnit, Span, ToolPlace } from './tool.ts';

/** A line up to here is told by its words, and columns are counted in it; of a longer one nobody reads either. */
const longestLine = 20_000;

/** A text with its lines, for places that tools tell by line and column. */
export class SourceText {
  readonly text: string;
  readonly #starts: readonly number[];
  // A file in one line may have as many findings as a report takes.
  readonly #plain = new Map<number, string>();
  readonly #isAscii = new Map<number, boolean>();

  constructor(text: string) {
    this.text = text;
    const starts = [0];
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#starts = starts;
  }

  /** The offset where a line begins, which count from 1. */
  startOfLine(line: number): number | undefined {
    return this.#starts[line - 1];
  }

  /** Line and column of an offset, from 1, in UTF-16 code units. */
  positionOf(offset: number): { line: number; column: number } {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.#starts[low]! + 1 };
  }

  /** The span of a place with a column; to the end of its line where the tool tells no end. */
  spanOf({ line = 1, column = 1, endLine, endColumn, unit }: ToolPlace): Span | undefined {
    const start = this.#offsetOf(line, column, unit);
    const last = this.#lineAt(line);
    if (start === undefined || last === undefined) return undefined;
    const told = endColumn === undefined ? undefined : this.#offsetOf(endLine ?? line, endColumn, unit);
    const end = told ?? this.startOfLine(line)! + last.length;
    return end > start ? { start, end } : undefined;
  }

  /** A line without what editors change: spaces at its ends, and how many there are between words. */
  plainLine(line: number): string {
    const known = this.#plain.get(line);
    if (known !== undefined) return known;
    const words = (this.#lineAt(line) ?? '').replace(/\s+/g, ' ').trim();
    const plain = words.length > longestLine ? hash('sha256', words) : words;
    this.#plain.set(line, plain);
    return plain;
  }

  #lineAt(line: number): string | undefined {
    const start = this.startOfLine(line);
    if (start === undefined) return undefined;
    const next = this.#starts[line];
    return this.text.slice(start, next === undefined ? undefined : next - 1);
  }

  #offsetOf(line: number, column: number, unit: ColumnUnit = 'utf16'): number | undefined {
    const text = this.#lineAt(line);
    const start = this.startOfLine(line);
    if (text === undefined || start === undefined) return undefined;
    const before = column - 1;
    if (unit === 'utf16' || this.#hasOnlyAscii(line, text))
      return before > text.length ? undefined : start + before;
    if (text.length > longestLine) return undefined;
    const head =
      unit === 'utf8'
        ? Buffer.from(text).subarray(0, before).toString('utf8')
        : [...text.slice(0, before * 2)].slice(0, before).join('');
    return start + head.length;
  }

  #hasOnlyAscii(line: number, text: string): boolean {
    const known = this.#isAscii.get(line) ?? Buffer.byteLength(text) === text.length;
    this.#isAscii.set(line, known);
    return known;
  }
}
