import { EVENTS_KEPT_MS } from '../memories/events/stored-event.ts';
import type { MemoryUpkeep } from '../memories/upkeep.ts';
import type { Policy } from './policy.ts';

/** Outcomes that one run deletes. */
const A_RUN = 10_000;
const DAY_MS = 86_400_000;

/** Deletes what was kept of the outcomes of adds and deletions, once nobody can ask for it any more. */
export function eventExpiry({ memories }: { memories: Pick<MemoryUpkeep, 'dropEvents'> }): Policy {
  return {
    name: 'event-expiry',
    description: 'Deletes the outcomes of adds and deletions once their time is over',
    scope: 'namespace',
    schedule: { every: 'hour', atStart: true },
    settings: { kept_days: EVENTS_KEPT_MS / DAY_MS },
    async run({ guard, namespace }) {
      const within = { guard: guard ? [guard] : [], ...(namespace && { namespace: namespace.id }) };
      const { dropped, more } = await memories.dropEvents(within, A_RUN);
      return { counts: { dropped }, more };
    },
  };
}
