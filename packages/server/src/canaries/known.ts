import { stringify } from 'uuid';
import type { Reader } from '../database/reader.ts';
import { allCanaries } from './store.ts';

/** The memory ids of all canaries, for whoever looks out for their being read. */
export async function knownCanaries(reader: Reader): Promise<string[]> {
  const rows = await reader.all(allCanaries, {});
  return rows.map(({ memory_id }) => stringify(memory_id));
}
