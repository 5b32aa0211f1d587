import { terms } from '../recall/tokens.ts';

const SENTENCE = /[^.?!\n]+[.?!]*/gu;
/** English question words at the beginning, for questions that were typed without their mark. */
const ASKS =
  /^(?:how|what|why|when|where|which|who|can|could|should|would|is|are|do|does|did)\b.*\b(?:i|you|we|it|the|a|an|this|that|my)\b/iu;
const LONGEST_SHOWN = 160;

/** The questions of a text, as they were written. */
export function questionsOf(text: string): string[] {
  return (text.match(SENTENCE) ?? [])
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.endsWith('?') || ASKS.test(sentence));
}

/** What two questions that ask the same have in common: their terms, whatever the order and the small words. */
export function sameness(question: string): string {
  return [...new Set(terms(question))].sort().join(' ');
}

/** A quotation that fits into a line. */
export function shortened(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  const characters = Array.from(line.slice(0, 2 * LONGEST_SHOWN));
  return characters.length <= LONGEST_SHOWN ? line : `${characters.slice(0, LONGEST_SHOWN - 1).join('')}…`;
}
