import { setTimeout as pause } from 'node:timers/promises';

/** Refusals that pass by themselves. A proxy whose server restarts answers without a reason. */
const PASSING = [
  'server_not_reachable',
  'no_memhold',
  'overloaded',
  'rate_limited',
  'shutting_down',
  'storage_full',
  'storage_failed',
  'data_folder_held',
];
const TRIES = 6;
const FIRST_PAUSE_MS = 250;

/**
 * Tries again what fails for a passing reason, six times within about eight seconds. Who hangs for a minute has had
 * its chance.
 */
export async function patiently<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const { code, cause } = error as Error & { code?: string };
      const hung = (cause as Error | undefined)?.name === 'TimeoutError';
      if (tries === TRIES || hung || signal.aborted || !PASSING.includes(code ?? '')) throw error;
      await pause(FIRST_PAUSE_MS * 2 ** (tries - 1), undefined, { signal }).catch(() => undefined);
    }
  }
}
