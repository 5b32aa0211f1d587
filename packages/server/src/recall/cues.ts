/**
 * What the wording of a memory shows beyond its terms, as far as ranking uses it. Read once, at the write,
 * because the index record does not keep the text.
 */
export const CUE = {
  /** Ends in a question mark: it asks, and the answer is elsewhere. */
  asks: 1,
  /** A standing instruction or a preference ("always …", "I prefer …"). */
  instructs: 2,
} as const;

const FIRST_PERSON = /\b(?:i|me|my|mine|myself|we|us|our|ours)\b/gi;
const INSTRUCTION =
  /\b(?:always|never|i(?:'d| would)? (?:really )?prefer|i(?:'d| would) rather|i (?:don't|do not) (?:like|want)|make sure (?:to|you)|please (?:use|avoid|keep|include)|from now on)\b/i;

/** `cues` is a set of `CUE` bits; `firstPerson` counts words. */
export function cuesOf(text: string): { cues: number; firstPerson: number } {
  const said = withoutAnnotation(text).replaceAll('’', "'");
  let cues = 0;
  if (said.endsWith('?')) cues |= CUE.asks;
  if (INSTRUCTION.test(said)) cues |= CUE.instructs;
  return { cues, firstPerson: said.match(FIRST_PERSON)?.length ?? 0 };
}

/** A bracketed last line is an annotation (an image caption), not what the speaker said. */
function withoutAnnotation(text: string): string {
  const trimmed = text.trimEnd();
  const start = trimmed.endsWith(']') ? trimmed.lastIndexOf('\n[') : -1;
  return start < 0 ? trimmed : trimmed.slice(0, start).trimEnd();
}
