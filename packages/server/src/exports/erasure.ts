import type { Step } from '../database/unit.ts';
import { deleteExportsOf } from './store.ts';

/** For the unit that ends a namespace. */
export function exportErasure(namespace: number): Step {
  return deleteExportsOf.bind({ namespace });
}
