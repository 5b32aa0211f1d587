import { stringify as uuidText } from 'uuid';
import type { Entities } from '../access/actor.ts';
import type { Reader } from '../database/reader.ts';
import { recordAddress } from '../encryption/addresses.ts';
import { open } from '../encryption/seal.ts';
import { subjectsFrom } from '../encryption/store.ts';
import type { Subject, SubjectKeys } from '../encryption/subject-keys.ts';
import { decodeRecord, parseWho } from '../recall/record.ts';
import { recordsAfter } from './store.ts';

/** Where a search for expired memories was left: all before this change of this subject was looked at. */
export interface ExpiryCursor {
  readonly subject: number;
  readonly change: number;
}

export interface ExpiredMemory {
  readonly id: string;
  readonly version: number;
  readonly entities: Entities;
}

export interface ExpiredPage {
  readonly memories: ExpiredMemory[];
  /** Absent once the whole namespace was looked at. */
  readonly next?: ExpiryCursor;
}

export const FROM_THE_BEGINNING: ExpiryCursor = { subject: 0, change: 0 };

/** What one page looks at: a few milliseconds of the thread that also searches. */
const RECORDS = 500;
const SUBJECTS = 200;

/**
 * One page of a walk through a namespace, for memories whose last day is over. Reads records, never texts, and no
 * shards: those of a whole server would push out the ones that are searched.
 */
export async function expiredIn(
  reader: Reader,
  keys: SubjectKeys,
  { caller, after, now }: { caller: { namespace: { id: number } }; after: ExpiryCursor; now: number },
  /** Told of each memory whose record was changed from outside. */
  onUnopened: (id: string) => void,
): Promise<ExpiredPage> {
  const namespace = caller.namespace.id;
  const today = new Date(now).toISOString().slice(0, 10);
  const memories: ExpiredMemory[] = [];
  let left = RECORDS;
  const subjects = await reader.all(subjectsFrom, { namespace, from: after.subject, limit: SUBJECTS });
  for (const row of subjects) {
    if (row.state !== 'active') continue;
    const change = row.id === after.subject ? after.change : 0;
    const found = await reader.all(recordsAfter, { subject: row.id, after: change, limit: left });
    if (found.length > 0) memories.push(...(await expired(await keys.of(row), found)));
    left -= found.length;
    if (left === 0) return { memories, next: { subject: row.id, change: found.at(-1)!.change_seq } };
  }
  if (subjects.length < SUBJECTS) return { memories };
  return { memories, next: { subject: subjects.at(-1)!.id + 1, change: 0 } };

  async function expired(
    subject: Subject,
    rows: readonly { id: Uint8Array; version: number; record: Uint8Array | null }[],
  ): Promise<ExpiredMemory[]> {
    const over: ExpiredMemory[] = [];
    for (const { id, version, record: sealed } of rows) {
      try {
        const record = decodeRecord(open(subject.key, recordAddress(subject, id, version), sealed!));
        const { expiresOn } = record.more;
        if (expiresOn === undefined || expiresOn >= today) continue;
        over.push({ id: uuidText(id), version, entities: entitiesOf(record.who) });
      } catch {
        // One memory that was tampered with must not keep the others.
        onUnopened(uuidText(id));
      }
    }
    return over;
  }
}

function entitiesOf(who: string): Entities {
  const { userId, agentId, appId, runId } = parseWho(who);
  return {
    ...(userId !== undefined && { user_id: userId }),
    ...(agentId !== undefined && { agent_id: agentId }),
    ...(appId !== undefined && { app_id: appId }),
    ...(runId !== undefined && { run_id: runId }),
  };
}
