import { SEVERITIES, type Severity } from '../events.ts';
import type { SkeletonFields } from './skeleton-fields.ts';

/** Events of one segment of the log. */
export const SEGMENT = 8192;

export const BYTES_A_ROW = 23;

/** Numbers for texts, so that a column holds four bytes a row. 0 stands for none. */
export class Dictionary {
  private readonly codes = new Map<string, number>();
  private readonly texts: (string | undefined)[] = [undefined];

  /** The number of a text; new ones are added. */
  add(text: string | undefined): number {
    if (text === undefined) return 0;
    const known = this.codes.get(text);
    if (known !== undefined) return known;
    this.codes.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }

  /** Undefined for a text that no event has. */
  code(text: string): number | undefined {
    return this.codes.get(text);
  }

  text(code: number): string | undefined {
    return this.texts[code];
  }

  /** One more than the largest number. */
  get size(): number {
    return this.texts.length;
  }
}

export interface Dictionaries {
  types: Dictionary;
  accounts: Dictionary;
  namespaces: Dictionary;
}

const SEVERITY_BITS = 0b111;
const SUCCESS = 0b1000;
/** Not set where the event was removed, or cannot be read. */
const PRESENT = 0b1_0000;

/** A condition on the flags of a row: `(flags & mask) === value`. */
export interface FlagTest {
  mask: number;
  value: number;
}

/** Whether an event is there, with this severity and outcome if they are named. */
export function flagTest(severity: Severity | undefined, success: boolean | undefined): FlagTest {
  let [mask, value] = [PRESENT, PRESENT];
  if (severity !== undefined) {
    mask |= SEVERITY_BITS;
    value |= SEVERITIES.indexOf(severity);
  }
  if (success !== undefined) {
    mask |= SUCCESS;
    value |= success ? SUCCESS : 0;
  }
  return { mask, value };
}

export const severityOf = (flags: number): Severity => SEVERITIES[flags & SEVERITY_BITS]!;
export const isSuccess = (flags: number): boolean => (flags & SUCCESS) !== 0;

/** What a segment's events are searched by, in columns. */
export class Columns {
  readonly time = new Float64Array(SEGMENT);
  readonly flags = new Uint8Array(SEGMENT);
  readonly type = new Uint16Array(SEGMENT);
  /** The account behind the actor. */
  readonly user = new Uint32Array(SEGMENT);
  /** The account that it is about; further ones are in `others`. */
  readonly about = new Uint32Array(SEGMENT);
  readonly namespace = new Uint32Array(SEGMENT);
  readonly others = new Map<number, number[]>();
  /** Latest time of an event. A clock may have been set back: the last event need not be the latest. */
  latest = -Infinity;

  set(row: number, fields: SkeletonFields, { types, accounts, namespaces }: Dictionaries): void {
    const severity = (SEVERITIES as readonly string[]).indexOf(fields.severity);
    if (severity < 0) return;
    const [first, ...others] = fields.accounts.map((id) => accounts.add(id));
    this.time[row] = fields.time;
    this.flags[row] = PRESENT | (fields.success ? SUCCESS : 0) | severity;
    this.type[row] = types.add(fields.type);
    this.user[row] = accounts.add(fields.user);
    this.about[row] = first ?? 0;
    this.namespace[row] = namespaces.add(fields.namespace);
    if (others.length > 0) this.others.set(row, others);
    if (fields.time > this.latest) this.latest = fields.time;
  }

  remove(row: number): void {
    this.flags[row] = 0;
  }

  /** Whether an event is by an account, or about it. */
  concerns(row: number, account: number): boolean {
    return (
      this.user[row] === account ||
      this.about[row] === account ||
      this.others.get(row)?.includes(account) === true
    );
  }
}
