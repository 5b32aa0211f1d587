import { sqliteReader } from '../../../database/reader.ts';
import { inProcessWriter } from '../../../database/testing/in-process-writer.ts';
import { dataKey } from '../../../encryption/seal.ts';
import type { AuditEvent } from '../../entry.ts';
import { leafOf } from '../../recorder.ts';
import type { LogSource } from '../../source.ts';
import { insertEvent } from '../../store.ts';

const key = dataKey(Buffer.alloc(32, 1));

export const event = (text: string, more: Partial<AuditEvent> = {}): AuditEvent => ({
  type: 'memory.created',
  time: Date.parse('2026-03-01T12:00:00Z'),
  actor: { kind: 'account', id: 'a1' },
  success: true,
  private: { text },
  ...more,
});

/** A log in a real database with its writer, for streams. */
export async function streamedLog() {
  const writer = await inProcessWriter();
  let size = 0;
  const put = (skeleton: Uint8Array, hash: Uint8Array, privateSealed: Uint8Array | null) => {
    const { sql, parameters } = insertEvent.bind({ seq: size, leaf: hash, skeleton, private: privateSealed });
    writer.db.prepare<unknown[]>(sql).run(...parameters);
    size++;
  };
  const source: LogSource = {
    reader: sqliteReader(writer.db),
    recordsKey: key,
    keyById: async (id) => (key.id.equals(id) ? key : 'erased'),
  };
  return {
    source,
    commit: writer.commit,
    size: () => size,
    append(...events: AuditEvent[]) {
      for (const { hash, skeleton, privateSealed } of events.map((one) => leafOf(one, key)))
        put(skeleton, hash, privateSealed);
    },
    /** A row whose event was removed, or that somebody changed. */
    appendRaw: (skeleton: string) => put(Buffer.from(skeleton), Buffer.alloc(32, size % 251), null),
    /** What was committed with leaves, in order; they are no rows of this log. */
    leaves: () => writer.leaves,
    cursors: () => writer.db.prepare('SELECT name, next_seq FROM audit_streams').all(),
    close: () => writer.close(),
  };
}
export type StreamedLog = Awaited<ReturnType<typeof streamedLog>>;
