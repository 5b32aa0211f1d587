import type { Detection } from './detection.ts';
import { massAccess } from './mass-access.ts';
import { THRESHOLDS } from './thresholds.ts';

/** Memories that are ended in numbers. */
export function massDelete(): Detection {
  return massAccess({
    name: 'mass_delete',
    types: ['memory.deleted'],
    tell: (_event, _actor, count) => ({
      deed: `deleted ${count} memories`,
      severity: THRESHOLDS.mass_delete.severity,
    }),
  });
}
