import {
  anyButLineEnds,
  blanks,
  type CharacterSet,
  complement,
  digits,
  union,
  withBothCases,
  wordCharacters,
} from './character-set.ts';
import { type Assertion, isNullable, type Node, type ParsedPattern, PatternError } from './syntax.ts';

const longestPattern = 1000;
const deepest = 30;
/** No window is longer, so no count above it can hold. */
const largestCount = 1024;

const classes: Readonly<Record<string, CharacterSet>> = {
  d: digits,
  D: complement(digits),
  w: wordCharacters,
  W: complement(wordCharacters),
  s: blanks,
  S: complement(blanks),
};
const controls: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 };

/**
 * Parses a regular expression of the part that has no backtracking in it: sets, `|`, groups, counts (greedy and lazy),
 * `^ $ \b \B`, and `(?i)` at the start, which makes ASCII letters match both cases. Meaning as in ECMAScript with the flag `m`.
 * Throws PatternError.
 */
export function parsePattern(pattern: string): ParsedPattern {
  return new Parser(pattern).parse();
}

class Parser {
  readonly #text: string;
  readonly #isCaseless: boolean;
  readonly #names = new Map<string, number>();
  #at: number;
  #depth = 0;
  #groups = 0;

  constructor(text: string) {
    if (text.length > longestPattern) {
      throw new PatternError(`is longer than ${longestPattern} characters: split it into two rules`);
    }
    this.#text = text;
    this.#isCaseless = text.startsWith('(?i)');
    this.#at = this.#isCaseless ? 4 : 0;
  }

  parse(): ParsedPattern {
    const tree = this.#choice();
    if (this.#at < this.#text.length) this.#fail('has a ) too many: remove it, or write \\)');
    if (isNullable(tree)) {
      throw new PatternError('matches the empty text: make a part of it required');
    }
    return { tree, groups: this.#groups, names: this.#names };
  }

  #fail(what: string, at = this.#at): never {
    throw new PatternError(`${what} (at character ${at + 1})`);
  }

  #peek(offset = 0): string {
    return this.#text[this.#at + offset] ?? '';
  }

  #eat(expected: string): boolean {
    if (!this.#text.startsWith(expected, this.#at)) return false;
    this.#at += expected.length;
    return true;
  }

  #choice(): Node {
    const options = [this.#sequence()];
    while (this.#eat('|')) options.push(this.#sequence());
    return options.length === 1 ? options[0]! : { kind: 'choice', options };
  }

  #sequence(): Node {
    const items: Node[] = [];
    while (this.#at < this.#text.length && this.#peek() !== '|' && this.#peek() !== ')') {
      items.push(this.#repeated());
    }
    return items.length === 1 ? items[0]! : { kind: 'sequence', items };
  }

  #repeated(): Node {
    const start = this.#at;
    const body = this.#one();
    const count = this.#count();
    if (count === undefined) return body;
    const [least, most] = count;
    if (most < least || (most !== Number.POSITIVE_INFINITY ? most : least) > largestCount) {
      this.#fail(`has a count out of order, or above ${largestCount}`, start);
    }
    // Without this the meaning of an empty turn would have to be decided, and implementations differ.
    if (most > 1 && isNullable(body)) {
      this.#fail('repeats a part that may be empty: take the inner * or ? out', start);
    }
    const isLazy = this.#eat('?');
    if (/^[*+?]/.test(this.#peek()) || this.#isCountAhead()) {
      this.#fail('has two counts in a row: put the first into (?:…), or remove one');
    }
    return { kind: 'repeat', body, least, most, isLazy };
  }

  #isCountAhead(): boolean {
    return /^\{\d+(?:,\d*)?\}/.test(this.#text.slice(this.#at, this.#at + 24));
  }

  #count(): readonly [number, number] | undefined {
    if (this.#eat('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#eat('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#eat('?')) return [0, 1];
    if (!this.#isCountAhead()) return undefined;
    const end = this.#text.indexOf('}', this.#at);
    const [least = '', most] = this.#text.slice(this.#at + 1, end).split(',');
    this.#at = end + 1;
    if (most === undefined) return [Number(least), Number(least)];
    return [Number(least), most === '' ? Number.POSITIVE_INFINITY : Number(most)];
  }

  #one(): Node {
    const character = this.#peek();
    const start = this.#at;
    this.#at++;
    if (character === '(') return this.#group(start);
    if (character === '[') return this.#set(this.#bracket(start));
    if (character === '.') return { kind: 'set', set: anyButLineEnds };
    if (character === '^') return { kind: 'assertion', what: 'line-start' };
    if (character === '$') return { kind: 'assertion', what: 'line-end' };
    if (character === '\\') return this.#escape(start);
    if ('*+?'.includes(character)) this.#fail('has a count with nothing before it: write it with \\', start);
    // In other engines a brace that is no count is either a literal or an error.
    if ('{}]'.includes(character)) this.#fail('has a bare brace or bracket: write it with \\', start);
    const low = this.#peek();
    if (!/^[\ud800-\udbff]/.test(character) || !/^[\udc00-\udfff]/.test(low)) {
      return this.#literal(character.charCodeAt(0));
    }
    // One character of two code units: a count after it is meant for both.
    this.#at++;
    return { kind: 'sequence', items: [character, low].map((unit) => this.#literal(unit.charCodeAt(0))) };
  }

  #set(set: CharacterSet): Node {
    return { kind: 'set', set: this.#isCaseless ? withBothCases(set) : set };
  }

  #literal(code: number): Node {
    return this.#set([[code, code]]);
  }

  #group(start: number): Node {
    let index: number | undefined;
    if (!this.#eat('?')) index = ++this.#groups;
    else if (!this.#eat(':')) {
      const [whole, name] = /^P?<([A-Za-z]\w{0,31})>/.exec(this.#text.slice(this.#at, this.#at + 40)) ?? [];
      if (whole === undefined || name === undefined) {
        this.#fail(
          'uses a lookaround, a flag or another (?…) that is not offered: only (?:…), (?<name>…) and (?i) at the start are',
          start,
        );
      }
      if (this.#names.has(name)) this.#fail('has two groups of one name: rename one', start);
      this.#at += whole.length;
      index = ++this.#groups;
      this.#names.set(name, index);
    }
    if (++this.#depth > deepest) this.#fail(`has more than ${deepest} groups inside each other`, start);
    const body = this.#choice();
    this.#depth--;
    if (!this.#eat(')')) this.#fail('has a group that is not closed: add )', start);
    return index === undefined ? body : { kind: 'group', index, body };
  }

  #escape(start: number): Node {
    const assertion = ({ b: 'word-boundary', B: 'no-word-boundary' } as Record<string, Assertion>)[
      this.#peek()
    ];
    if (assertion !== undefined) {
      this.#at++;
      return { kind: 'assertion', what: assertion };
    }
    const escaped = this.#escaped(start);
    return typeof escaped === 'number' ? this.#literal(escaped) : { kind: 'set', set: escaped };
  }

  /** What follows a backslash: a code unit or a class. */
  #escaped(start: number): number | CharacterSet {
    const character = this.#peek();
    this.#at++;
    const known = classes[character];
    if (known !== undefined) return known;
    const next = this.#peek();
    if (character === '0' && /^\d/.test(next)) this.#fail('uses an octal escape: write \\xHH', start);
    const control = controls[character];
    if (control !== undefined) return control;
    if (character === 'x' || character === 'u') {
      const length = character === 'x' ? 2 : 4;
      const hex = this.#text.slice(this.#at, this.#at + length);
      if (!/^[\da-f]+$/i.test(hex) || hex.length < length) {
        this.#fail(`has \\${character} without ${length} hexadecimal digits`, start);
      }
      this.#at += length;
      return Number.parseInt(hex, 16);
    }
    if (/^[1-9k]/.test(character)) {
      this.#fail('refers back to a group, which is not offered: write the part out', start);
    }
    if (character === '' || /^\w/.test(character)) {
      this.#fail(
        'has an escape that is not known: only \\d \\w \\s \\b \\n \\r \\t \\f \\v \\xHH \\uHHHH and signs',
        start,
      );
    }
    return character.charCodeAt(0);
  }

  #bracket(start: number): CharacterSet {
    const isNegated = this.#eat('^');
    const parts: CharacterSet[] = [];
    for (let isFirst = true; !this.#eat(']'); isFirst = false) {
      if (this.#at >= this.#text.length) this.#fail('has a [ that is not closed: add ]', start);
      const from = this.#member(isFirst ? start : this.#at);
      if (this.#peek() !== '-' || this.#peek(1) === ']' || this.#peek(1) === '') {
        parts.push(typeof from === 'number' ? [[from, from]] : from);
        continue;
      }
      this.#at++;
      const to = this.#member(this.#at);
      if (typeof from !== 'number' || typeof to !== 'number' || to < from) {
        this.#fail('has a range that is out of order: put - last, or write \\-', start);
      }
      parts.push([[from, to]]);
    }
    if (parts.length === 0) this.#fail('has an empty [ ]: put characters in', start);
    const set = union(...parts);
    // Both cases before the complement: `[^a]` without regard to case leaves out A as well.
    const cased = this.#isCaseless ? withBothCases(set) : set;
    return isNegated ? complement(cased) : cased;
  }

  #member(start: number): number | CharacterSet {
    const character = this.#peek();
    this.#at++;
    if (character === '\\')
      return this.#peek() === 'b' ? this.#fail('has \\b in a set', start) : this.#escaped(start);
    // Members of a set are single code units; a half of a pair would match half a character.
    if (/^[\ud800-\udfff]/.test(character)) {
      this.#fail('has a character above U+FFFF in a set: write a|b in its place', start);
    }
    return character.charCodeAt(0);
  }
}
