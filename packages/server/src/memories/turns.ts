import type { Entities } from '../access/actor.ts';
import { ENTITY_FIELDS } from './memory.ts';

const CHANGE_ATTEMPTS = 5;

/**
 * Lets changes that name no version follow each other, so that none finds its memory's version stale; a change from
 * elsewhere that still comes between makes one try again.
 */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  /**
   * Runs `attempt` after every earlier turn of these memories. All are taken at once, so that no two wait for each other.
   * Ids are named before anybody knows whose they are: only callers of one namespace and reach wait for each other,
   * lest one who has learnt an id hold up its owner, or see by the time of a refusal that the owner is changing it.
   */
  async take<T>(
    { namespace, reach }: { namespace: number; reach: Entities },
    named: readonly string[],
    attempt: () => Promise<T>,
  ): Promise<T> {
    const within = JSON.stringify([namespace, ENTITY_FIELDS.map((field) => reach[field] ?? null)]);
    const ids = named.map((id) => `${within} ${id.toLowerCase()}`);
    const before = ids.map((id) => this.last.get(id));
    const turn = (async () => {
      await Promise.allSettled(before);
      for (let tries = 1; ; tries++) {
        try {
          return await attempt();
        } catch (error) {
          if ((error as { code?: string }).code !== 'stale_version' || tries === CHANGE_ATTEMPTS) throw error;
        }
      }
    })();
    for (const id of ids) this.last.set(id, turn);
    try {
      return await turn;
    } finally {
      for (const id of ids) if (this.last.get(id) === turn) this.last.delete(id);
    }
  }
}
