import { type Skeleton, userOf } from '../record.ts';

/** Which events a legal hold covers: those that meet all that is said. Nothing said means every event. */
export interface HoldCriteria {
  /** Public id. */
  readonly namespace?: string;
  /** Public id of an account. */
  readonly userId?: string;
  /** Unix milliseconds, both included. */
  readonly from?: number;
  readonly to?: number;
}

/** Whether a hold keeps this event: what somebody did, and what was done to them. */
export function covers(hold: HoldCriteria, event: Skeleton): boolean {
  const { namespace, userId, from, to } = hold;
  if (from !== undefined && event.time < from) return false;
  if (to !== undefined && event.time > to) return false;
  if (namespace !== undefined && event.namespace !== namespace && !isAbout(event, ['namespace'], namespace))
    return false;
  return userId === undefined || userOf(event.actor) === userId || isAbout(event, ACCOUNTS, userId);
}

/** A certificate's name is logged with the account that it was bound to. */
const ACCOUNTS = ['account', 'certificate_name'];

function isAbout({ resource }: Skeleton, types: readonly string[], id: string): boolean {
  return resource !== undefined && types.includes(resource.type) && resource.ids.includes(id);
}
