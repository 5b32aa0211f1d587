import { createRequire } from 'node:module';
import { comparable } from './names.ts';

const LIST = '@zxcvbn-ts/language-common';
/** So many of the list, which is in order of use, are refused with an ending too. */
const MOST_COMMON = 1000;
/** Digits and symbols after a most common password: a year and an exclamation mark. */
const LONGEST_ENDING = 5;
/** Rules of length refuse what is shorter. */
const SHORTEST = 8;

/** Digits and symbols that stand for letters. `i` and `l` share `1`, so they count as one letter. */
const SWAPS: Record<string, string> = {
  '@': 'a',
  '4': 'a',
  '8': 'b',
  '3': 'e',
  '6': 'g',
  '9': 'g',
  '1': 'i',
  '!': 'i',
  '|': 'i',
  l: 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
  '+': 't',
  '2': 'z',
};

/** One form for all spellings of a word; passwords and the list go through it alike. */
function folded(text: string): string {
  return text.replace(/[@48369!|1l0$57+2]/g, (character) => SWAPS[character]!);
}

interface List {
  all: ReadonlySet<string>;
  most: ReadonlySet<string>;
}
let list: List | undefined;

/** Loaded when it is first asked for: most starts of the server never need it (30 ms and 4 MB). */
function commonPasswords(): List {
  if (list) return list;
  const load = createRequire(import.meta.url);
  const { dictionary } = load(LIST) as typeof import('@zxcvbn-ts/language-common');
  const words = dictionary['passwords-common'];
  list = {
    all: new Set(words.filter(({ length }) => length >= SHORTEST).map(folded)),
    most: new Set(words.slice(0, MOST_COMMON).map(folded)),
  };
  return list;
}

/**
 * Whether a password is one of the 49,233 of zxcvbn's list, or one of its first 1,000 with up to five digits or
 * symbols behind it, in any case and with letters swapped for digits (`P@ssw0rd1`, `Summer2024!`).
 * Longer phrases that only contain such a word pass.
 */
export function isCommonPassword(password: string): boolean {
  const { all, most } = commonPasswords();
  const form = comparable(password);
  if (all.has(folded(form))) return true;
  const characters = [...form];
  for (let ending = 0; ending <= LONGEST_ENDING; ending++) {
    if (most.has(folded(characters.join('')))) return true;
    const last = characters.pop();
    if (last === undefined || /\p{L}/u.test(last)) return false;
  }
  return false;
}
