import { setTimeout as pause } from 'node:timers/promises';
import type { AuditEvent } from './entry.ts';
import type { Recorder } from './recorder.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Stores an event that comes with no change, and tries again while the log takes none for one of the reasons in
 * `passing`: whoever fills the queue of the writer must not keep out what is told of them. Never throws; resolves when
 * it is stored or given up.
 */
export async function recordPatiently(
  recorder: Pick<Recorder, 'record'>,
  event: AuditEvent,
  { passing, patienceMs }: { passing: readonly string[]; patienceMs: number },
): Promise<void> {
  const end = performance.now() + patienceMs;
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(2 * wait, LONGEST_PAUSE_MS)) {
    try {
      return await recorder.record(event);
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (!passing.includes(code) || performance.now() + wait > end) return;
      await pause(wait, undefined, { ref: false });
    }
  }
}
