import { GitFailure } from '../files/git.ts';
import { printable } from '../reports/presentable.ts';
import { framesOf, kindOfFault } from './guard-outcome.ts';
import type { Surroundings } from './surroundings.ts';
import { UsageError } from './usage-error.ts';

/**
 * Says why a command has no outcome. The message of a fault of our own may hold a part of what was looked at: only its kind
 * is said, and with MEMHOLD_LOG_LEVEL=debug where it was.
 * @param what that failed: `scan`
 */
export function sayFailure(
  error: unknown,
  what: string,
  { err, env, tool }: Pick<Surroundings, 'err' | 'env' | 'tool'>,
): void {
  if (error instanceof UsageError || error instanceof GitFailure) {
    err(`${tool.name}: ${printable(error.message)}`);
    return;
  }
  err(`${tool.name}: the ${what} failed, nothing is known (${kindOfFault(error)})`);
  if (env.MEMHOLD_LOG_LEVEL === 'debug') err(framesOf(error));
}
