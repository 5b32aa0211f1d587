import type { Routes } from '@memhold/client';
import type { NoServer, ServerEvidence } from '@memhold/scanner/checklist';
import type { Command } from 'commander';
import { type AccessFlags, withAccess } from './access.ts';
import type { Context } from './context.ts';
import { CommandFailure, describeFailure, UsageFailure } from './failure.ts';

/**
 * What a server says of itself, or why there is none: without `--url` and `--data-dir` the usual data folder is asked,
 * if it is set up. A wrong address or token is a usage error; a server that does not answer is none that passes.
 */
export async function serverEvidence(context: Context, self: Command): Promise<ServerEvidence | NoServer> {
  const { repositoryOnly, url, dataDir } = self.optsWithGlobals<AccessFlags & { repositoryOnly?: true }>();
  const isNamed = url !== undefined || dataDir !== undefined;
  if (repositoryOnly && isNamed)
    throw new UsageFailure(
      'usage',
      '--repository-only leaves the server out: leave --url and --data-dir out too',
    );
  if (repositoryOnly) return { why: 'left-out', words: 'leave --repository-only out' };
  try {
    return await withAccess(context, self, (call) =>
      call<Routes['GET /security/evidence']['answer']>('GET', '/security/evidence'),
    );
  } catch (error) {
    if (error instanceof UsageFailure || !hasCode(error)) throw error;
    const [line = ''] = describeFailure(error, false);
    const words = isNamed
      ? line.replace(/^memhold: /, '')
      : 'name the server with --url or --data-dir, or say with --repository-only that there is none';
    return { why: 'not-reached', words };
  }
}

/** Whether the message is one of ours, which says what to do. */
function hasCode(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return error instanceof CommandFailure || (typeof code === 'string' && /^[a-z][a-z0-9_-]*$/.test(code));
}
