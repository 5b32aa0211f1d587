import { SCANS_KEPT_MS, type ScanUpkeep } from '../scans/upkeep.ts';
import type { Policy } from './policy.ts';

/** Reports that one run deletes. */
const A_RUN = 10_000;
const DAY_MS = 86_400_000;

/** Deletes reports of scans and records of overrides once they are old. */
export function scanExpiry({ scans }: { scans: Pick<ScanUpkeep, 'drop'> }): Policy {
  return {
    name: 'scan-expiry',
    description: 'Deletes reports of scans and records of overridden pushes once their time is over',
    scope: 'namespace',
    schedule: { every: 'day', atStart: false },
    settings: { kept_days: SCANS_KEPT_MS / DAY_MS },
    async run({ guard, namespace }) {
      const within = { ...(guard && { guard }), ...(namespace && { namespace: namespace.id }) };
      const { more, ...counts } = await scans.drop(within, A_RUN);
      return { counts, more };
    },
  };
}
