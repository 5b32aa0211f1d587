import { literally } from '../pattern-text.ts';
import type { Rule } from '../rule.ts';

/** Some rules have dozens of beginnings: what no longer fits is left out, each as a whole. */
const longest = 1000;

/**
 * What a rule looks for, as a regular expression, never what it found.
 * @param preview of a finding: of several expressions those that begin as what was found does
 */
export function patternOf(rule: Partial<Pick<Rule, 'patterns' | 'keywords'>>, preview = ''): string {
  const all = rule.patterns ?? (rule.keywords ?? []).map((keyword) => `(?i:${literally(keyword)})`);
  const beginning = literally(preview.slice(0, Math.max(0, preview.indexOf('…'))));
  const fitting = beginning === '' ? [] : all.filter((pattern) => pattern.startsWith(beginning));
  const [first = '', ...others] = fitting.length > 0 ? fitting : all;
  let joined = first;
  for (const other of others) if (joined.length + other.length < longest) joined += `|${other}`;
  return joined;
}
