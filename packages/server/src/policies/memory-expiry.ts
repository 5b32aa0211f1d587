import type { MemoryUpkeep } from '../memories/upkeep.ts';
import type { NamespaceService } from '../namespaces/service.ts';
import type { Policy, PolicyRun } from './policy.ts';

/** Memories that one run ends. */
const A_RUN = 10_000;

/**
 * Ends memories whose last day is over. Searches hide them from that moment; this erases their texts. Once a day is
 * enough, since days are what they end with, and every memory's record has to be looked at.
 */
export function memoryExpiry(deps: {
  memories: Pick<MemoryUpkeep, 'endExpired'>;
  namespaces: Pick<NamespaceService, 'all'>;
}): Policy {
  return {
    name: 'memory-expiry',
    description: 'Ends memories whose expires_on day is over, and erases every text of them',
    scope: 'namespace',
    schedule: { every: 'day', atStart: false },
    settings: {},
    async run(run) {
      let ended = 0;
      for await (const { id, publicId, guard } of places(run)) {
        const caller = {
          actor: run.actor,
          guard,
          namespace: { id, publicId },
          auditReads: 'durable' as const,
          requestId: run.origin.requestId ?? '',
          client: run.origin.client,
        };
        const done = await deps.memories.endExpired(caller, A_RUN - ended);
        ended += done.ended;
        if (done.more || ended >= A_RUN) return { counts: { ended }, more: true };
      }
      return { counts: { ended }, more: false };
    },
  };

  async function* places({ namespace, guard }: PolicyRun) {
    if (namespace && guard) yield { ...namespace, guard };
    else for await (const place of deps.namespaces.all()) yield { ...place, guard: guard ?? place.guard };
  }
}
