import { type Attempts, isGuess, networkOf } from './attempts.ts';
import type { Detection } from './detection.ts';
import { DistinctWindow } from './distinct-window.ts';
import { THRESHOLDS, WINDOW_MS } from './thresholds.ts';

/** One network that fails to log in to many different accounts: lists of stolen passwords are tried like that. */
export function credentialStuffing(attempts: Attempts): Detection {
  const { count: threshold, severity } = THRESHOLDS.credential_stuffing;
  const targets = new DistinctWindow({ windowMs: WINDOW_MS, mostPerKey: 100 * threshold });
  return {
    name: 'credential_stuffing',
    types: ['auth.login.failed', 'auth.mfa.failed'],
    opens: true,
    see(event) {
      const network = networkOf(event);
      const target = isGuess(event) ? attempts.target(event) : undefined;
      if (target === undefined || network === undefined) return undefined;
      const { count, first } = targets.add(network, [target], event);
      if (count < threshold) return undefined;
      return {
        detection: 'credential_stuffing',
        severity,
        subject: network,
        summary: `One network failed to log in to ${count} different accounts within 10 minutes.`,
        private: { network },
        withOrigin: true,
        first,
        last: event.seq,
      };
    },
  };
}
