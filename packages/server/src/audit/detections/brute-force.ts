import { type Attempts, accountResource, isGuess } from './attempts.ts';
import type { Detection } from './detection.ts';
import { DistinctWindow } from './distinct-window.ts';
import { THRESHOLDS, WINDOW_MS } from './thresholds.ts';

/** Many failed passwords or codes for one account, from wherever: the lockout looks at each network for itself. */
export function bruteForce(attempts: Attempts): Detection {
  const { count: threshold, severity } = THRESHOLDS.brute_force;
  const failures = new DistinctWindow({ windowMs: WINDOW_MS, mostPerKey: 10 * threshold });
  return {
    name: 'brute_force',
    types: ['auth.login.failed', 'auth.mfa.failed', 'auth.stepup.failed'],
    opens: true,
    see(event) {
      const target = isGuess(event) ? attempts.target(event) : undefined;
      if (target === undefined) return undefined;
      const { count, first } = failures.add(target, [event.seq], event);
      if (count < threshold) return undefined;
      const whom = target.startsWith('name:') ? 'a name that no account has' : `account ${target}`;
      const { namespace } = event.skeleton;
      const typed = event.privatePart?.username;
      return {
        detection: 'brute_force',
        severity,
        subject: target,
        summary: `${count} failed attempts to log in as ${whom} within 10 minutes.`,
        ...(namespace !== undefined && { namespace }),
        ...accountResource([target]),
        ...(typeof typed === 'string' && { private: { username: typed } }),
        withOrigin: true,
        first,
        last: event.seq,
      };
    },
  };
}
