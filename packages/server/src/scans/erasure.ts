import type { Step } from '../database/unit.ts';
import { deleteOverridesOf } from './overrides/store.ts';
import { deleteScansOf } from './store.ts';

/** For the unit that ends a namespace: its reports go with it, and what was decided about them. */
export function scanErasure(namespace: number): Step[] {
  return [deleteScansOf.bind({ namespace }), deleteOverridesOf.bind({ namespace })];
}
