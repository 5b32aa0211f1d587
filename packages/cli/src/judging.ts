import { CommanderError } from 'commander';
import type { Context } from './context.ts';
import { describeFailure, UsageFailure } from './failure.ts';

/**
 * Runs what ends with 1 where it found something: whatever else goes wrong ends with 2, and nothing is said that could
 * hold a part of what was looked at.
 */
export async function judging(context: Context, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof UsageFailure || error instanceof CommanderError) throw error;
    const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
    const isOurs = typeof code === 'string' && /^[a-z][a-z0-9_-]*$/.test(code);
    const kind = /^[A-Za-z_]{1,40}$/.test(String(code ?? name)) ? String(code ?? name) : 'Error';
    const lines = isOurs
      ? describeFailure(error, false)
      : [`memhold: ${what} failed, nothing is known (${kind})`];
    for (const line of lines) context.err(line);
    context.exitCode = 2;
  }
}
