import type { Memory } from '../memories/memory.ts';
import { terms } from '../recall/tokens.ts';

type Told = Pick<Memory, 'id' | 'text' | 'createdAt'>;

interface Candidate {
  memory: Told;
  line: string;
  terms: Set<string>;
}

/** Of a longer memory only the beginning is looked at, and shown. */
const LONGEST_LINE = 400;
const MARK = '- ';

/**
 * The memories that tell most, as one line each, oldest first, in at most `most` characters. A term weighs as much as
 * memories have it; the next memory is the one whose terms that are not told yet weigh most for its length (greedy
 * maximum coverage, Takamura and Okumura 2009). Of equals the newer one. The same memories make the same summary.
 */
export function summarise(memories: readonly Told[], most: number): { summary: string; ids: string[] } {
  const candidates = memories.map(candidateOf).filter(({ line }) => line !== '');
  const weights = new Map<string, number>();
  for (const one of candidates) for (const term of one.terms) weights.set(term, (weights.get(term) ?? 0) + 1);
  const chosen: Candidate[] = [];
  const told = new Set<string>();
  let room = most;
  let left = candidates.toSorted(
    (a, b) => b.memory.createdAt - a.memory.createdAt || (a.memory.id < b.memory.id ? 1 : -1),
  );
  while (left.length > 0) {
    let best: Candidate | undefined;
    let highest = 0;
    left = left.filter(({ line }) => cost(line) <= room);
    for (const one of left) {
      let gain = 0;
      for (const term of one.terms) if (!told.has(term)) gain += weights.get(term)!;
      const score = gain / Math.sqrt(one.line.length);
      if (score > highest) [best, highest] = [one, score];
    }
    if (!best) break;
    chosen.push(best);
    room -= cost(best.line);
    for (const term of best.terms) told.add(term);
    left = left.filter((one) => one !== best);
  }
  chosen.sort((a, b) => a.memory.createdAt - b.memory.createdAt || (a.memory.id < b.memory.id ? -1 : 1));
  return {
    summary: chosen.map(({ line }) => MARK + line).join('\n'),
    ids: chosen.map(({ memory }) => memory.id),
  };
}

/** With its mark and the line's end. */
const cost = (line: string) => MARK.length + line.length + 1;

function candidateOf(memory: Told): Candidate {
  const whole = memory.text
    .slice(0, 4 * LONGEST_LINE)
    .replace(/\s+/g, ' ')
    .trim();
  const cut = whole.length > LONGEST_LINE || memory.text.length > 4 * LONGEST_LINE;
  // A cut between the halves of a surrogate pair would not be well-formed.
  const line = cut ? `${whole.slice(0, LONGEST_LINE - 1).toWellFormed()}…` : whole;
  return { memory, line, terms: new Set(terms(line)) };
}
