import { validate as isUuid } from 'uuid';
import type { Entities } from '../access/actor.ts';
import { InputError } from '../http/input.ts';
import { type Changes, checkSize, contentOf } from './content.ts';
import type { EndingDependencies } from './ending.ts';
import { MemoryError } from './errors.ts';
import type { Added, Memory } from './memory.ts';
import type { Caller, Scope } from './requests.ts';

/** Memories of one batch. */
const BATCH = 1000;

/** One change of a batch. */
export interface BatchChange extends Pick<Changes, 'text' | 'metadata'> {
  id: string;
}

/** Changes memories, of any data subjects: all or none. In the order of the ids. */
export async function changeMany(
  dependencies: EndingDependencies & { maxTextBytes: number },
  caller: Caller,
  reach: Entities,
  ids: string[],
  changes: readonly BatchChange[],
): Promise<Added[]> {
  const at = dependencies.now();
  const current = await readAll(dependencies, caller, reach, ids, at);
  const next = current.map((memory, i) => ({ memory, content: contentOf(memory, changes[i]!) }));
  for (const { content } of next) checkSize(content, dependencies.maxTextBytes);
  const { memories } = await dependencies.write({ kind: 'update many', caller, changes: next, at });
  // They come back subject by subject.
  const results = new Map(memories.map((result) => [result.id, result]));
  return current.map(({ id, createdAt }) => {
    const { version, screening, body } = results.get(id)!;
    return { id, version, screening, memory: { ...body!, id, version, createdAt, updatedAt: at } };
  });
}

/** Ends memories, of any data subjects: all or none. */
export async function endMany(
  dependencies: EndingDependencies,
  caller: Caller,
  reach: Entities,
  ids: string[],
): Promise<number> {
  const at = dependencies.now();
  const memories = await readAll(dependencies, caller, reach, ids, at);
  await dependencies.write({ kind: 'delete many', caller, memories, at });
  return memories.length;
}

async function readAll(
  { read }: EndingDependencies,
  caller: Caller,
  reach: Entities,
  ids: string[],
  now: number,
): Promise<Memory[]> {
  const scope: Scope = { reach, filter: {} };
  return (await read({ kind: 'many', caller, scope, ids, now })).memories;
}

/** The ids as they are stored. @throws InputError for none, too many, or one twice; MemoryError `not_found` for what is no id. */
export function batchIds(ids: readonly string[]): string[] {
  if (ids.length === 0 || ids.length > BATCH) throw new InputError(`Give 1 to ${BATCH} memories at a time.`);
  if (!ids.every((id) => isUuid(id))) throw new MemoryError('not_found');
  const named = ids.map((id) => id.toLowerCase());
  if (new Set(named).size < named.length) throw new InputError('Name each memory once.');
  return named;
}
