import type { Step } from '../database/unit.ts';
import { deleteClustersOf } from './store.ts';

/** For the unit that shreds a namespace's subjects: their clusters go with them. */
export function clusterErasure(namespace: number): Step {
  return deleteClustersOf.bind({ namespace });
}
