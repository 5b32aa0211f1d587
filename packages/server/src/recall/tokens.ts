import { stem } from './stem.ts';
import { IRREGULAR, STOP_WORDS } from './stop-words.ts';

// The ASCII pattern is several times faster than the Unicode one, and most text is ASCII.
const ASCII_WORD = /[a-z0-9]+(?:'[a-z]+)?/g;
const UNICODE_WORD = /[\p{L}\p{N}]+(?:'\p{L}+)?/gu;
const BEYOND_ASCII = /[^\0-\x7f]/;
const COMBINING_MARKS = /\p{M}+/gu;
/** Normalising sorts a run of marks in quadratic time; no script stacks more than 30 (UAX #15, stream-safe text). */
const MARKS_TOO_MANY = /(\p{M}{30})\p{M}+/gu;
const APOSTROPHES = /[’‘`´]/g;

/** Scripts written without spaces: a run of them is cut into overlapping pairs, as is usual for such text. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}ー]+/u;

/** A longer run of letters is data (a key, base64), not a word: its beginning is enough to find it again. */
const LONGEST_WORD = 64;

/**
 * Stems already computed. Bounded, because words come from callers; emptied at once when full, which costs
 * less than keeping order and refills within a few texts.
 */
const CACHED_STEMS = 50_000;
const stems = new Map<string, string>();

/** The words of a text in order, lower case, without marks on letters (café → cafe) and without `'s`. */
export function words(text: string): string[] {
  const lower = text.toLowerCase();
  if (!BEYOND_ASCII.test(lower)) return (lower.match(ASCII_WORD) ?? []).map(bare);
  const plain = lower
    .replace(APOSTROPHES, "'")
    .replace(MARKS_TOO_MANY, '$1')
    .normalize('NFKD')
    .replace(COMBINING_MARKS, '')
    .normalize('NFC');
  const found = plain.match(UNICODE_WORD) ?? [];
  return UNSPACED.test(plain) ? found.flatMap(pairs) : found.map(bare);
}

/**
 * The terms of a text in order, with repeats: its words without stop words, irregular forms replaced by
 * their base (went → go), stemmed.
 */
export function terms(text: string): string[] {
  const found: string[] = [];
  for (const word of words(text)) if (!STOP_WORDS.has(word)) found.push(termOf(word));
  return found;
}

/** The term that one word (as `words` gives it) is indexed under. */
export function termOf(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  // A copy: a word cut out of a text keeps the whole text in memory for as long as the word is kept.
  const own = Buffer.from(word).toString();
  const stemmed = stem(IRREGULAR.get(own) ?? own);
  if (stems.size >= CACHED_STEMS) stems.clear();
  stems.set(own, stemmed);
  return stemmed;
}

function bare(word: string): string {
  const quote = word.indexOf("'");
  if (quote >= 0)
    return shortened(word.slice(quote + 1) === 's' ? word.slice(0, quote) : word.replace("'", ''));
  return shortened(word);
}

const shortened = (word: string) => (word.length > LONGEST_WORD ? word.slice(0, LONGEST_WORD) : word);

function pairs(word: string): string[] {
  if (!UNSPACED.test(word)) return [bare(word)];
  const characters = [...word];
  if (characters.length < 3) return [word];
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}
