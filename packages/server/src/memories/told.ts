import { type Actor, can } from '../access/actor.ts';
import type { Changes } from './content.ts';
import type { Added, Screening } from './memory.ts';
import { screen } from './screening.ts';

/**
 * What a caller learns of the screen's findings in a memory that they changed: who may not read it learns of what they
 * sent, not of what stayed.
 */
export function toldOf(actor: Actor, { text = '', metadata = {} }: Changes, found: Screening): Screening {
  return can(actor, 'memories:read') ? found : screen({ text, metadata }).screening;
}

/** @see toldOf, for several changes and what became of each, in the same order. */
export function toldOfEach(actor: Actor, changes: readonly Changes[], changed: readonly Added[]): Added[] {
  return changed.map((one, i) => ({ ...one, screening: toldOf(actor, changes[i]!, one.screening) }));
}
