import type { Config, OperatorAnswer } from '@memhold/server';
import { refusal } from './access.ts';
import type { Context } from './context.ts';
import { oneLine } from './failure.ts';

/**
 * Puts an export that is read from the data folder into the audit log, before it is read. A full disk, or a log that
 * somebody changed, keeps nobody from reading it: then it is said aloud that the log does not tell of it.
 */
export async function announceExport(
  context: Context,
  config: Config,
  notice: { format: string; hours?: number | undefined },
): Promise<void> {
  const { openOperatorAccess } = await context.server();
  try {
    const access = await openOperatorAccess(config);
    let answer: OperatorAnswer;
    try {
      answer = await access.call('POST', '/audit/exports', notice);
    } finally {
      await access.close();
    }
    if (answer.status !== 201) throw refusal(answer, false);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    // There is nothing to export either, as it will say itself.
    if (code === 'folder_missing') return;
    context.err(`memhold: this export is NOT in the audit log: ${oneLine(message)}`);
  }
}
