import { parse as uuidBytes } from 'uuid';
import type { Entities } from '../access/actor.ts';
import type { Reader } from '../database/reader.ts';
import { subjectByDigest, subjectById } from '../encryption/store.ts';
import type { SubjectKeys } from '../encryption/subject-keys.ts';
import type { Caller, OfUser } from './requests.ts';
import { memoryOwner } from './store.ts';

const LIVE = 1;

/**
 * Which of the ids are living memories of the user, in the same order; and which belong to somebody whom the caller
 * does not reach. A memory that names a user is that user's, so no text has to be opened.
 */
export async function ownership(
  reader: Reader,
  keys: SubjectKeys,
  { namespace: { id: namespace } }: Caller,
  reach: Entities,
  { user, ids }: OfUser,
): Promise<{ own: string[]; foreign: string[] }> {
  const digest = keys.digest(namespace, { kind: 'user', id: user });
  const [subject] = await reader.all(subjectByDigest, { digest });
  const own: string[] = [];
  const foreign: string[] = [];
  for (const id of ids) {
    const [row] = await reader.all(memoryOwner, { id: uuidBytes(id) });
    if (!row) continue;
    if (row.subject_id === subject?.id) {
      if (row.state === LIVE && subject.state === 'active') own.push(id);
      continue;
    }
    const [owner] = await reader.all(subjectById, { id: row.subject_id });
    if (owner?.namespace_id !== namespace || reach.user_id !== undefined) foreign.push(id);
  }
  return { own, foreign };
}
