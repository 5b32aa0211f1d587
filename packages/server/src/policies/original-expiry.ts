import { ORIGINAL_KEPT_MS } from '../memories/sealing.ts';
import type { MemoryUpkeep } from '../memories/upkeep.ts';
import type { Policy } from './policy.ts';

/** Texts that one run destroys. */
const A_RUN = 10_000;
const DAY_MS = 86_400_000;

/** Destroys what a memory said before a secret was redacted, once it cannot be revealed any more. */
export function originalExpiry({ memories }: { memories: Pick<MemoryUpkeep, 'dropOriginals'> }): Policy {
  return {
    name: 'original-expiry',
    description: 'Destroys texts from before a redaction once their time is over',
    scope: 'namespace',
    schedule: { every: 'hour', atStart: true },
    settings: { kept_days: ORIGINAL_KEPT_MS / DAY_MS },
    async run({ guard, namespace }) {
      const within = { guard: guard ? [guard] : [], ...(namespace && { namespace: namespace.id }) };
      const { dropped, more } = await memories.dropOriginals(within, A_RUN);
      return { counts: { dropped }, more };
    },
  };
}
