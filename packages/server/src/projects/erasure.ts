import type { Step } from '../database/unit.ts';
import { deleteProjectOf } from './store.ts';

/** For the unit that ends a namespace. */
export function projectErasure(namespace: number): Step {
  return deleteProjectOf.bind({ namespace });
}
