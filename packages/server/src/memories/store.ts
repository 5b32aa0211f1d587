import { sql } from 'kysely';
import { statement } from '../database/statement.ts';
import { changeSequence, type Step } from '../database/unit.ts';
import type { ScreenedText } from './screening.ts';

const LIVE = 1;
const DELETED = 0;

/** A sealed memory. `text` is not stored: asking for it here makes an unscreened write a type error. */
export interface SealedMemory {
  id: Uint8Array;
  subjectId: number;
  text: ScreenedText;
  body: Uint8Array;
  record: Uint8Array;
}

const insertMemory = statement(
  (
    db,
    p: { id: Uint8Array; subject: number; seq: number; at: number; body: Uint8Array; record: Uint8Array },
  ) =>
    db.insertInto('memories').values({
      id: p.id,
      subject_id: p.subject,
      change_seq: p.seq,
      version: 1,
      state: LIVE,
      created_at: p.at,
      updated_at: p.at,
      body: p.body,
      record: p.record,
    }),
);

const keepVersion = statement((db, p: { id: Uint8Array; version: number }) =>
  db
    .insertInto('memory_versions')
    .columns(['memory_id', 'version', 'event', 'at', 'body'])
    .expression((expression) =>
      expression
        .selectFrom('memories')
        .select([
          'id',
          'version',
          sql<string>`case when version = 1 then 'ADD' else 'UPDATE' end`.as('event'),
          'updated_at',
          'body',
        ])
        .where('id', '=', p.id)
        .where('version', '=', p.version)
        .where('state', '=', LIVE),
    ),
);

const replaceMemory = statement(
  (
    db,
    p: { id: Uint8Array; version: number; seq: number; at: number; body: Uint8Array; record: Uint8Array },
  ) =>
    db
      .updateTable('memories')
      .set({ version: p.version, change_seq: p.seq, updated_at: p.at, body: p.body, record: p.record })
      .where('id', '=', p.id),
);

const insertOriginal = statement(
  (db, p: { id: Uint8Array; version: number; subject: number; expires: number; body: Uint8Array }) =>
    db.insertInto('memory_originals').values({
      memory_id: p.id,
      version: p.version,
      subject_id: p.subject,
      expires_at: p.expires,
      body: p.body,
    }),
);

const deleteMemory = statement((db, p: { id: Uint8Array; version: number; seq: number; at: number }) =>
  db
    .updateTable('memories')
    .set({
      version: p.version,
      change_seq: p.seq,
      updated_at: p.at,
      state: DELETED,
      body: null,
      record: null,
    })
    .where('id', '=', p.id),
);

const eraseVersions = statement((db, p: { id: Uint8Array }) =>
  db.updateTable('memory_versions').set({ body: null }).where('memory_id', '=', p.id),
);

const insertEnd = statement((db, p: { id: Uint8Array; version: number; at: number }) =>
  db
    .insertInto('memory_versions')
    .values({ memory_id: p.id, version: p.version, event: 'DELETE', at: p.at, body: null }),
);

const eraseOriginals = statement((db, p: { id: Uint8Array }) =>
  db.deleteFrom('memory_originals').where('memory_id', '=', p.id),
);

const eraseFeedback = statement((db, p: { id: Uint8Array }) =>
  db.deleteFrom('memory_feedback').where('memory_id', '=', p.id),
);

/** A portion of the texts before redaction whose time is over, and one row for each. */
export const deleteExpiredOriginals = statement((db, p: { now: number; limit: number }) =>
  db
    .deleteFrom('memory_originals')
    .where('expires_at', '<=', p.now)
    .where('memory_id', 'in', (eb) =>
      eb
        .selectFrom('memory_originals')
        .select('memory_id')
        .where('expires_at', '<=', p.now)
        .orderBy('expires_at')
        .limit(p.limit),
    )
    .returning('version'),
);

/** The same in one namespace. */
export const deleteExpiredOriginalsOf = statement(
  (db, p: { now: number; limit: number; namespace: number }) =>
    db
      .deleteFrom('memory_originals')
      .where('expires_at', '<=', p.now)
      .where('memory_id', 'in', (eb) =>
        eb
          .selectFrom('memory_originals')
          .innerJoin('subjects', 'subjects.id', 'memory_originals.subject_id')
          .select('memory_id')
          .where('expires_at', '<=', p.now)
          .where('subjects.namespace_id', '=', p.namespace)
          .orderBy('expires_at')
          .limit(p.limit),
      )
      .returning('version'),
);

const versionStillNewest = statement((db, p: { id: Uint8Array; version: number }) =>
  db
    .selectFrom('memories')
    .select('row')
    .where('id', '=', p.id)
    .where('version', '=', p.version)
    .where('state', '=', LIVE),
);

/**
 * Refuses the unit when the memory is no longer at that version, as the change itself does; of several memories, before
 * any was changed.
 */
export function requireVersion(id: Uint8Array, version: number): Step {
  return { ...versionStillNewest.bind({ id, version }), otherwise: 'stale_version' };
}

/** Stores the unit's `change`-th memory. */
export function add(memory: SealedMemory, change: number, at: number): Step[] {
  const { id, subjectId: subject, body, record } = memory;
  return [insertMemory.bind({ id, subject, seq: changeSequence(change), at, body, record })];
}

/** Replaces version `from` by the next one; refuses when the memory is no longer at that version. */
export function replace(memory: SealedMemory, from: number, at: number, change = 0): Step[] {
  const { id, body, record } = memory;
  return [
    { ...keepVersion.bind({ id, version: from }), otherwise: 'stale_version' },
    replaceMemory.bind({ id, version: from + 1, seq: changeSequence(change), at, body, record }),
  ];
}

/** Keeps the text as it was before the screen redacted it, sealed, until `expires` (epoch ms). */
export function keepOriginal(
  memory: { id: Uint8Array; version: number; subjectId: number; body: Uint8Array },
  expires: number,
): Step {
  const { id, version, subjectId: subject, body } = memory;
  return insertOriginal.bind({ id, version, subject, expires, body });
}

/** Ends a memory: every text of it is erased; that it was there, and when, stays. */
export function end(id: Uint8Array, from: number, change: number, at: number): Step[] {
  const version = from + 1;
  return [
    { ...keepVersion.bind({ id, version: from }), otherwise: 'stale_version' },
    deleteMemory.bind({ id, version, seq: changeSequence(change), at }),
    eraseVersions.bind({ id }),
    insertEnd.bind({ id, version, at }),
    eraseOriginals.bind({ id }),
    eraseFeedback.bind({ id }),
  ];
}

const MEMORY_COLUMNS = [
  'row',
  'id',
  'subject_id',
  'version',
  'state',
  'created_at',
  'updated_at',
  'body',
] as const;

export const memoryByRow = statement((db, p: { row: number }) =>
  db.selectFrom('memories').select(MEMORY_COLUMNS).where('row', '=', p.row),
);

/** Live memories of a subject that changed after `after`, in the order of their last changes, without their texts. */
export const recordsAfter = statement((db, p: { subject: number; after: number; limit: number }) =>
  db
    .selectFrom('memories')
    .select(['id', 'change_seq', 'version', 'record'])
    .where('subject_id', '=', p.subject)
    .where('change_seq', '>', p.after)
    .where('state', '=', LIVE)
    .orderBy('change_seq')
    .limit(p.limit),
);

export const memoryById = statement((db, p: { id: Uint8Array }) =>
  db.selectFrom('memories').select(MEMORY_COLUMNS).where('id', '=', p.id),
);

/** Whose a memory is, and whether it lives. */
export const memoryOwner = statement((db, p: { id: Uint8Array }) =>
  db.selectFrom('memories').select(['subject_id', 'state']).where('id', '=', p.id),
);

export const versionsOf = statement((db, p: { id: Uint8Array }) =>
  db
    .selectFrom('memory_versions')
    .select(['version', 'event', 'at', 'body'])
    .where('memory_id', '=', p.id)
    .orderBy('version'),
);

export const originalOf = statement((db, p: { id: Uint8Array; now: number }) =>
  db
    .selectFrom('memory_originals')
    .select(['version', 'body', 'expires_at'])
    .where('memory_id', '=', p.id)
    .where('expires_at', '>', p.now)
    .orderBy('version', 'desc')
    .limit(1),
);
