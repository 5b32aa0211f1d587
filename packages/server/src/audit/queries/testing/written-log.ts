import { sqliteReader } from '../../../database/reader.ts';
import { inProcessWriter } from '../../../database/testing/in-process-writer.ts';
import { type DataKey, dataKey } from '../../../encryption/seal.ts';
import type { AuditEvent } from '../../entry.ts';
import { leafOf } from '../../recorder.ts';
import type { LogSource } from '../../source.ts';
import { insertEvent } from '../../store.ts';

export const key: DataKey = dataKey(Buffer.alloc(32, 1));

/** A log in a real database, to be appended to and removed from. */
export async function writtenLog() {
  const writer = await inProcessWriter();
  const { db } = writer;
  let size = 0;
  const insert = db.prepare(insertEvent.bind({ seq: 0, leaf: key.id, skeleton: key.id, private: null }).sql);
  const removal = db.prepare(
    `UPDATE audit_events SET skeleton = x'', private_sealed = NULL WHERE seq BETWEEN ? AND ?`,
  );
  const replacement = db.prepare('UPDATE audit_events SET private_sealed = ? WHERE seq = ?');
  const source: LogSource = {
    reader: sqliteReader(db),
    recordsKey: key,
    keyById: async (id) => (key.id.equals(id) ? key : 'erased'),
  };
  return {
    source,
    close: () => writer.close(),
    size: () => size,
    append: db.transaction((events: readonly AuditEvent[]) => {
      for (const event of events) {
        const { hash, skeleton, privateSealed } = leafOf(event, key);
        insert.run(size++, hash, skeleton, privateSealed);
      }
    }),
    /** A row with these bytes, as after a change of the file. */
    appendRaw: (skeleton: Uint8Array) =>
      void insert.run(size++, Buffer.alloc(32, size % 251), skeleton, null),
    replacePrivate: (seq: number, sealed: Uint8Array | null) => void replacement.run(sealed, seq),
    /** As a retention run does, without its event. */
    remove: (first: number, last: number) => void removal.run(first, last),
  };
}
export type WrittenLog = Awaited<ReturnType<typeof writtenLog>>;
