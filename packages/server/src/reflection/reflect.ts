import { STOP_WORDS } from '../recall/stop-words.ts';
import { termOf, words } from '../recall/tokens.ts';
import { PATTERNS } from './patterns.ts';
import { questionsOf, sameness, shortened } from './sentences.ts';

/** What stands out in some memories. Counts are of memories, not of words. */
export interface Reflection {
  /** How many were looked at: the first of them, as far as one answer may take. */
  analyzed: number;
  questions: { question: string; count: number }[];
  focus: { topic: string; count: number }[];
  patterns: { pattern: string; count: number }[];
}

/** Asked more than three times, as MCP-MITM-Mem0 counts it. */
const OFTEN_ASKED = 4;
/** Worked on more than two times. */
const OFTEN_DONE = 3;
const OFTEN_NAMED = 3;
const SHOWN = 5;
const SHORTEST_TOPIC = 3;
/** Characters of one text: a stored book is not to decide. */
const LOOKED_AT = 8192;
/** Of all texts together: everybody else waits for it (a megabyte takes half a second). */
const LOOKED_AT_IN_ALL = 256 * 1024;

/**
 * Frequent questions, focus areas and ways of solving problems in texts, by counting alone: the same texts always give
 * the same answer. The first text is the newest; ties go to it.
 */
export function reflect(texts: readonly string[]): Reflection {
  const questions = new Tally();
  const topics = new Tally();
  const patterns = new Tally();
  let left = LOOKED_AT_IN_ALL;
  let analyzed = 0;
  for (const text of texts) {
    if (left <= 0) break;
    const seen = text.slice(0, Math.min(LOOKED_AT, left));
    left -= seen.length;
    analyzed++;
    questions.count(questionsOf(seen).map((one) => [sameness(one), shortened(one)]));
    topics.count(topicsOf(seen));
    patterns.count(PATTERNS.filter(({ words }) => words.test(seen)).map(({ name }) => [name, name]));
  }
  return {
    analyzed,
    questions: questions.atLeast(OFTEN_ASKED).map(([question, count]) => ({ question, count })),
    focus: topics.atLeast(OFTEN_NAMED).map(([topic, count]) => ({ topic, count })),
    patterns: patterns.atLeast(OFTEN_DONE).map(([pattern, count]) => ({ pattern, count })),
  };
}

/** Words that carry meaning, each under its stem, with the form in which it was written. */
function topicsOf(text: string): [string, string][] {
  return words(text)
    .filter((word) => word.length >= SHORTEST_TOPIC && !STOP_WORDS.has(word) && !/^\d+$/.test(word))
    .map((word) => [termOf(word), word]);
}

/** In how many texts each key occurs, and how it was written first. */
class Tally {
  private readonly counts = new Map<string, { shown: string; count: number }>();

  count(found: readonly (readonly [key: string, shown: string])[]): void {
    for (const [key, shown] of new Map(found)) {
      if (key === '') continue;
      const known = this.counts.get(key);
      if (known) known.count++;
      else this.counts.set(key, { shown, count: 1 });
    }
  }

  /** The most frequent first. Sorting keeps the order of first occurrence among equals. */
  atLeast(least: number): [shown: string, count: number][] {
    return [...this.counts.values()]
      .filter(({ count }) => count >= least)
      .sort((a, b) => b.count - a.count)
      .slice(0, SHOWN)
      .map(({ shown, count }) => [shown, count]);
  }
}
