const MINUTE = 60_000;
const LONGEST_PAUSE = 240 * MINUTE;
/** A mail that could not be handed over for a day is given up. */
export const GIVE_UP_AFTER = 24 * 60 * MINUTE;

/**
 * When to try again after `failures` (≥ 1) tries: pauses double from one minute to four hours, and the last try is
 * at the end of the day. Undefined once that has passed. Epoch milliseconds.
 */
export function nextAttempt(mail: { createdAt: number; failures: number; now: number }): number | undefined {
  const end = mail.createdAt + GIVE_UP_AFTER;
  if (mail.now >= end) return undefined;
  const pause = Math.min(MINUTE * 2 ** (mail.failures - 1), LONGEST_PAUSE);
  return Math.min(mail.now + pause, end);
}
