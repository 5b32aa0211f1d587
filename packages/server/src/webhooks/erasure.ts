import type { Step } from '../database/unit.ts';
import { deleteWebhooksOf } from './store.ts';

/** For the unit that ends a namespace: nobody is told of it any more. */
export function webhookErasure(namespace: number): Step {
  return deleteWebhooksOf.bind({ namespace });
}
