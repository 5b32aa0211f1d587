import { isGuess, networkOf } from './attempts.ts';
import type { Detection } from './detection.ts';
import { DistinctWindow } from './distinct-window.ts';
import { THRESHOLDS, WINDOW_MS } from './thresholds.ts';

/** One network that shows many API keys, tokens or signatures that are none. */
export function tokenGuessing(): Detection {
  const { count: threshold, severity } = THRESHOLDS.token_guessing;
  const refused = new DistinctWindow({ windowMs: WINDOW_MS, mostPerKey: 10 * threshold });
  return {
    name: 'token_guessing',
    types: ['auth.token.invalid', 'auth.signature.invalid'],
    opens: true,
    see(event) {
      const network = isGuess(event) ? networkOf(event) : undefined;
      if (network === undefined) return undefined;
      const { count, first } = refused.add(network, [event.seq], event);
      if (count < threshold) return undefined;
      return {
        detection: 'token_guessing',
        severity,
        subject: network,
        summary: `One network sent ${count} API keys, tokens or signatures that are none within 10 minutes.`,
        private: { network },
        withOrigin: true,
        first,
        last: event.seq,
      };
    },
  };
}
