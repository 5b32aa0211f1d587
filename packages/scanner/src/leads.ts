/**
 * How a token begins: so many letters, then so many digits, counted to the end of both runs. `DE44…` begins
 * with 2 letters, `078-05-1120` with 0 letters and 3 digits. Zero digits means letters before a colon or a dash.
 */
export type Lead = readonly [letters: number, digits: number, only?: LeadCondition];

/**
 * What else has to hold of the code units at and around a lead, so that a rule is not asked about each number of a
 * text: sets of ASCII code units, where any other code unit stands for all others and the borders of the text. What is
 * left out may be anything.
 */
export interface LeadCondition {
  /** Directly before the token. */
  readonly before?: string;
  /** The first of the token. */
  readonly first?: string;
  /** Directly behind letters and digits. */
  readonly next?: string;
  /** How many digits follow behind the one code unit of `next`: dates and times are the commonest groups of digits. */
  readonly group?: readonly number[];
  /** Directly behind these digits. Only together with `group`. */
  readonly behind?: string;
  /** What the text around has to allow. Rules that ask by the same function share its answer: it is asked once. */
  readonly asks?: readonly Question[];
}

/** About the token that begins at `start`, with lead up to `leadEnd`. */
export type Question = (text: string, start: number, leadEnd: number) => boolean;

/** Stands for everything that is not ASCII, and for the borders of the text. */
export const outside = 128;

/** For conditions. */
export const upperLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const letters = `${upperLetters}${upperLetters.toLowerCase()}`;
export const hexLetters = 'ABCDEFabcdef';
export const nonZero = '123456789';
/** All code units but these of ASCII. */
export function anyBut(characters: string): string {
  const others = Array.from({ length: outside + 1 }, (_, code) => String.fromCharCode(code));
  return others.filter((character) => !characters.includes(character)).join('');
}

/** Leads that share a condition. */
export function only(condition: LeadCondition, ...leads: readonly (readonly [number, number])[]): Lead[] {
  return leads.map(([letterCount, digits]) => [letterCount, digits, condition]);
}

/** More digits than this count as this many. */
export const mostDigits = 20;
