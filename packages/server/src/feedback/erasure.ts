import type { Step } from '../database/unit.ts';
import { deleteFeedbackOf } from './store.ts';

/** For the unit that shreds a namespace's subjects: what was said of their memories goes with them. */
export function feedbackErasure(namespace: number): Step {
  return deleteFeedbackOf.bind({ namespace });
}
