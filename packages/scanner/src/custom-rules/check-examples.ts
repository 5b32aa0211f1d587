import type { Scanner } from '../scan.ts';
import type { TestedRule } from './module-rules.ts';

export interface ExampleFailure {
  /** Where it stands: an example may be a secret, so that it is never repeated. */
  readonly example: string;
  readonly problem: string;
}

export interface RuleCheck {
  readonly id: string;
  readonly examples: number;
  readonly failures: readonly ExampleFailure[];
}

/**
 * Tries a rule, alone, on its own examples.
 * @param scan a scanner of this rule
 * @param wasSwitchedOff whether the text that was just scanned cost the rule more steps than it may take
 */
export function checkExamples(
  { rule, examples }: TestedRule,
  scan: Scanner,
  wasSwitchedOff: () => boolean,
): RuleCheck {
  const failures: ExampleFailure[] = [];
  const check = (list: string, texts: readonly string[], shouldMatch: boolean) => {
    texts.forEach((text, i) => {
      const found = problemOf(() => scan(text).length > 0, shouldMatch);
      const problem = wasSwitchedOff() ? 'takes too many steps' : found;
      if (problem !== undefined) failures.push({ example: `${list}[${i}]`, problem });
    });
  };
  check('match', examples.match, true);
  check('no_match', examples.noMatch, false);
  return { id: rule.id, examples: examples.match.length + examples.noMatch.length, failures };
}

function problemOf(isFound: () => boolean, shouldMatch: boolean): string | undefined {
  try {
    if (isFound() === shouldMatch) return undefined;
    return shouldMatch ? 'is not found' : 'is found';
  } catch (error) {
    // Of a module: its message may hold the text.
    return `makes the rule throw ${error instanceof Error ? error.name : 'something'}`;
  }
}
