import type { Reflection } from './reflect.ts';

const MOST = 10;

/** What somebody might do next, most pressing first; at most ten sentences, none when nothing stands out. */
export function suggestions({ questions, focus, patterns }: Omit<Reflection, 'analyzed'>): string[] {
  return [
    ...questions.map(
      ({ question, count }) => `Write down the answer to "${question}": it was asked ${count} times.`,
    ),
    ...patterns.map(
      ({ pattern, count }) => `Keep a checklist for ${pattern}: ${count} recent memories are about it.`,
    ),
    ...focus.map(
      ({ topic, count }) => `Sum up what is known about "${topic}": ${count} recent memories name it.`,
    ),
  ].slice(0, MOST);
}
