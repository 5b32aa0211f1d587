import { buildPrefilter, chainedStep, type Prefilter } from '../prefilter.ts';
import { type Form, formsOf } from './forms.ts';

/** Where a value was found first. */
export interface Hit {
  /** Number of the value. */
  readonly value: number;
  /** Offset in bytes. */
  readonly at: number;
  readonly length: number;
}

interface Needle extends Form {
  readonly value: number;
}

/** The automaton knows the end of each form only: beginnings are alike, and every character costs room. */
const anchorLength = 16;

/** Looks for values in bytes, in all their forms at once: one step for each byte, however many values there are. */
export class ValueSearch {
  readonly #needles: Needle[] = [];
  /** Not ASCII, as passwords of other scripts are: looked for one by one. */
  readonly #others: (Needle & { readonly buffer: Buffer })[] = [];
  readonly #automaton: Prefilter;
  readonly #classOf = new Uint8Array(256);
  /** For each value the search that found it last. */
  readonly #foundIn: Uint32Array;
  #searches = 0;

  /** @param isSought of the others nothing is found, and their numbers stay theirs */
  constructor(values: readonly string[], isSought: (value: string) => boolean = () => true) {
    values.forEach((value, number) => {
      if (!isSought(value)) return;
      for (const form of formsOf(value)) {
        const needle = { ...form, value: number };
        if (/^[\0-\x7f]*$/.test(form.bytes)) this.#needles.push(needle);
        else this.#others.push({ ...needle, buffer: Buffer.from(form.bytes, 'latin1') });
      }
    });
    this.#automaton = buildPrefilter(this.#needles.map(({ bytes }) => [bytes.slice(-anchorLength)]));
    this.#classOf.set(this.#automaton.classOf);
    this.#foundIn = new Uint32Array(values.length);
  }

  /** The first place of each value in the bytes. */
  find(bytes: Buffer): Hit[] {
    const search = ++this.#searches;
    const hits: Hit[] = [];
    const { next, shift, firstChained, firstAccepting, resume, outputs, outputsOf } = this.#automaton;
    const classOf = this.#classOf;
    const keep = (needle: Needle, at: number) => {
      if (this.#foundIn[needle.value] === search || !isAt(bytes, at, needle)) return;
      this.#foundIn[needle.value] = search;
      hits.push({ value: needle.value, at, length: needle.bytes.length });
    };
    let state = 0;
    for (let i = 0; i < bytes.length; i++) {
      const klass = classOf[bytes[i]!]!;
      state =
        state < firstChained ? next[(state << shift) + klass]! : chainedStep(this.#automaton, state, klass);
      if (state < firstAccepting) continue;
      const accepted = state - firstAccepting;
      state = resume[accepted]!;
      const end = outputsOf[accepted + 1]!;
      // Triples: see `Prefilter`.
      for (let j = outputsOf[accepted]!; j < end; j += 3) {
        const needle = this.#needles[outputs[j]!]!;
        keep(needle, i + 1 - needle.bytes.length);
      }
    }
    for (const needle of this.#others)
      for (let at = bytes.indexOf(needle.buffer); at !== -1; at = bytes.indexOf(needle.buffer, at + 1))
        keep(needle, at);
    return hits;
  }

  /** Every place of every value in a text, as UTF-16 offsets. For short texts. */
  spansIn(text: string): { start: number; end: number }[] {
    const found = new Set(this.find(Buffer.from(text)).map(({ value }) => value));
    if (found.size === 0) return [];
    const spans: { start: number; end: number }[] = [];
    for (const { value, bytes, anyCase } of [...this.#needles, ...this.#others]) {
      if (!found.has(value)) continue;
      const needle = Buffer.from(bytes, 'latin1').toString();
      const where = anyCase ? text.toLowerCase() : text;
      for (let start = where.indexOf(needle); start !== -1; start = where.indexOf(needle, start + 1))
        spans.push({ start, end: start + needle.length });
    }
    return spans;
  }
}

function isAt(bytes: Buffer, at: number, { bytes: form, anyCase, apart }: Needle): boolean {
  const end = at + form.length;
  if (at < 0 || end > bytes.length) return false;
  const there = bytes.toString('latin1', at, end);
  if ((anyCase ? there.toLowerCase() : there) !== form) return false;
  if (!apart) return true;
  const goesOn = (edge: number, beyond: number | undefined) =>
    isAlphanumeric(edge) && beyond !== undefined && isAlphanumeric(beyond);
  return !goesOn(bytes[at]!, bytes[at - 1]) && !goesOn(bytes[end - 1]!, bytes[end]);
}

const isAlphanumeric = (code: number) =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
