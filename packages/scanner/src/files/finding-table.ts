import type { Severity } from '../finding.ts';
import type { Place } from './place.ts';
import type { LocatedFinding, ReportedFinding, Suppression } from './suppressions.ts';

/**
 * What many findings have in common: a tree of a gigabyte has a hundred thousand, of a few thousand such kinds. A
 * fingerprint that is not made of hashes is part of it.
 */
type Kind = Omit<ReportedFinding, 'start' | 'end' | 'line' | 'column' | 'fingerprint'> & {
  readonly fingerprint?: string;
};

/** The table as data that can be sent to another thread. */
export interface TableData {
  readonly cells: Uint32Array<ArrayBuffer>;
  readonly kinds: readonly Kind[];
  readonly places: readonly Place[];
  readonly suppressions: readonly Suppression[];
}

/** Cells of a row; the last four are the hashes of the fingerprint. Suppression 0 is none. */
const cell = { kind: 0, place: 1, suppression: 2, start: 3, end: 4, line: 5, column: 6, hash: 7 } as const;
const width = 11;
const rankOf: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3 };
const hashes = /^([\da-f]{8})([\da-f]{8})([\da-f]{8}):([\da-f]{8})$/;

/**
 * Findings in 44 bytes each, where objects with their texts take some 500: what a scan keeps of a large tree is
 * mostly this.
 */
export class FindingTable {
  #cells = new Uint32Array(width * 16);
  #length = 0;
  readonly #kinds = new Numbering<Kind>();
  readonly #places: Place[] = [];
  readonly #suppressions = new Numbering<Suppression>();

  get length(): number {
    return this.#length;
  }

  add({ finding, place, suppression }: LocatedFinding): void {
    const { start, end, line, column, fingerprint, ...common } = finding;
    const ownHashes = hashesOf(fingerprint, finding.ruleId);
    const kind: Kind = ownHashes === undefined ? { ...common, fingerprint } : common;
    const at = this.#newRow();
    this.#cells[at + cell.kind] = this.#kinds.numberOf(kind);
    this.#cells[at + cell.place] = this.#placeNumber(place);
    this.#setSuppression(at, suppression);
    this.#cells[at + cell.start] = start;
    this.#cells[at + cell.end] = end;
    this.#cells[at + cell.line] = line;
    this.#cells[at + cell.column] = column;
    if (ownHashes !== undefined) this.#cells.set(ownHashes, at + cell.hash);
  }

  /** Adds the rows of another table. */
  absorb({ cells, kinds, places, suppressions }: TableData): void {
    const kindNumbers = kinds.map((one) => this.#kinds.numberOf(one));
    const firstPlace = this.#places.length;
    for (const place of places) this.#places.push(place);
    for (let from = 0; from < cells.length; from += width) {
      const at = this.#newRow();
      this.#cells.set(cells.subarray(from, from + width), at);
      this.#cells[at + cell.kind] = kindNumbers[cells[from + cell.kind]!]!;
      this.#cells[at + cell.place] = firstPlace + cells[from + cell.place]!;
      this.#setSuppression(at, suppressions[cells[from + cell.suppression]! - 1]);
    }
  }

  get data(): TableData {
    return {
      cells: this.#cells.slice(0, this.#length * width),
      kinds: this.#kinds.list,
      places: this.#places,
      suppressions: this.#suppressions.list,
    };
  }

  get(index: number): LocatedFinding {
    const cells = this.#cells;
    const at = index * width;
    const common = this.#kinds.list[cells[at + cell.kind]!]!;
    const suppression = this.#suppressions.list[cells[at + cell.suppression]! - 1];
    return {
      finding: {
        ...common,
        start: cells[at + cell.start]!,
        end: cells[at + cell.end]!,
        line: cells[at + cell.line]!,
        column: cells[at + cell.column]!,
        fingerprint: common.fingerprint ?? this.#hashedFingerprint(at, common.ruleId),
      },
      place: this.#places[cells[at + cell.place]!]!,
      ...(suppression !== undefined && { suppression }),
    };
  }

  /** Suppresses what nothing suppresses yet. */
  suppress(judge: (located: LocatedFinding) => Suppression | undefined): void {
    for (let index = 0; index < this.#length; index++) {
      const at = index * width;
      if (this.#cells[at + cell.suppression] === 0) this.#setSuppression(at, judge(this.get(index)));
    }
  }

  *[Symbol.iterator](): Generator<LocatedFinding> {
    for (let index = 0; index < this.#length; index++) yield this.get(index);
  }

  /** In the order of reports: severity, then place. Those that are suppressed, or the others. */
  sorted(isSuppressed: boolean): SortedFindings {
    const cells = this.#cells;
    const rows = new Uint32Array(this.#length);
    let count = 0;
    for (let row = 0; row < this.#length; row++)
      if (cells[row * width + cell.suppression]! > 0 === isSuppressed) rows[count++] = row;
    const kindRanks = this.#kinds.list.map(({ severity }) => rankOf[severity]);
    const placeRanks = ranksOf(this.#places.map(({ path }) => path));
    const chosen = rows.subarray(0, count).sort((one, other) => {
      const [a, b] = [one * width, other * width];
      return (
        kindRanks[cells[a + cell.kind]!]! - kindRanks[cells[b + cell.kind]!]! ||
        placeRanks[cells[a + cell.place]!]! - placeRanks[cells[b + cell.place]!]! ||
        cells[a + cell.line]! - cells[b + cell.line]! ||
        cells[a + cell.column]! - cells[b + cell.column]! ||
        one - other
      );
    });
    return new SortedFindings(this, chosen);
  }

  #newRow(): number {
    const at = this.#length++ * width;
    if (at === this.#cells.length) {
      const larger = new Uint32Array(this.#cells.length * 2);
      larger.set(this.#cells);
      this.#cells = larger;
    }
    return at;
  }

  /** Findings of one text come one after another. */
  #placeNumber(place: Place): number {
    if (place !== this.#places.at(-1)) this.#places.push(place);
    return this.#places.length - 1;
  }

  #setSuppression(at: number, suppression: Suppression | undefined): void {
    this.#cells[at + cell.suppression] =
      suppression === undefined ? 0 : this.#suppressions.numberOf(suppression) + 1;
  }

  #hashedFingerprint(at: number, ruleId: string): string {
    const hash = (i: number) => this.#cells[at + cell.hash + i]!.toString(16).padStart(8, '0');
    return `${ruleId}:${hash(0)}${hash(1)}${hash(2)}:${hash(3)}`;
  }
}

function hashesOf(fingerprint: string, ruleId: string): number[] | undefined {
  if (!fingerprint.startsWith(`${ruleId}:`)) return undefined;
  const parts = hashes.exec(fingerprint.slice(ruleId.length + 1));
  return parts?.slice(1).map((part) => Number.parseInt(part, 16));
}

/** Findings of a table in another order, made one at a time. */
export class SortedFindings {
  readonly #table: FindingTable;
  readonly #rows: Uint32Array;

  constructor(table: FindingTable, rows: Uint32Array) {
    this.#table = table;
    this.#rows = rows;
  }

  get length(): number {
    return this.#rows.length;
  }

  *[Symbol.iterator](): Generator<LocatedFinding> {
    for (const row of this.#rows) yield this.#table.get(row);
  }
}

/** Different values, numbered from 0. */
class Numbering<T extends object> {
  readonly list: T[] = [];
  readonly #numbers = new Map<string, number>();
  #last: number | undefined;

  numberOf(value: T): number {
    // A list of addresses is one kind, thousands of times.
    if (this.#last !== undefined && isSame(value, this.list[this.#last]!)) return this.#last;
    this.#last = this.#find(value);
    return this.#last;
  }

  #find(value: T): number {
    const key = JSON.stringify(value);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.list.length;
    // A copy: a text that was cut out of a file would keep all of the file.
    this.list.push(JSON.parse(key));
    this.#numbers.set(key, number);
    return number;
  }
}

/** Of flat objects; lists in them count as different. */
function isSame<T extends object>(one: T, other: T): boolean {
  for (const key in one) if (one[key] !== other[key]) return false;
  for (const key in other) if (!(key in one)) return false;
  return true;
}

/** For each text its place among all of them in the order of code units; equal ones have the same. */
function ranksOf(texts: readonly string[]): number[] {
  const sorted = [...new Set(texts)].sort();
  const rankOf = new Map(sorted.map((text, rank) => [text, rank]));
  return texts.map((text) => rankOf.get(text)!);
}
