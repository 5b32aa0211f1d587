import { generateKeyPairSync } from 'node:crypto';
import type { Actor, Authorized } from '../../../access/actor.ts';
import { GroupCommit } from '../../../database/group-commit.ts';
import { sqliteReader } from '../../../database/reader.ts';
import { inProcessWriter } from '../../../database/testing/in-process-writer.ts';
import type { Unit } from '../../../database/unit.ts';
import { randomBytes } from '../../../encryption/randomness.ts';
import { dataKey } from '../../../encryption/seal.ts';
import { type Checkpoint, openCheckpoint } from '../../checkpoint.ts';
import type { AuditEvent } from '../../entry.ts';
import { HoldService } from '../../holds/service.ts';
import { AuditLedger } from '../../ledger.ts';
import { logSigner } from '../../log-signer.ts';
import type { Skeleton } from '../../record.ts';
import { createRecorder } from '../../recorder.ts';
import { overdueEvents } from '../overdue.ts';
import type { RetentionPeriods } from '../periods.ts';
import { Retention } from '../service.ts';

export const DAY = 86_400_000;
export const START = Date.parse('2026-01-01T00:00:00Z');
const ADMIN = '01890000-0000-7000-8000-00000000000a';

/** The real log on a real database, with a clock to turn; checkpoints are signed only when told to. */
export async function agedLog(periods: RetentionPeriods) {
  const writer = await inProcessWriter();
  const clock = { at: START };
  const now = () => clock.at;
  const key = dataKey(randomBytes(32));
  const signer = logSigner(generateKeyPairSync('ed25519').privateKey);
  const ledger = new AuditLedger(writer.db, signer, key, now);
  const commits = new GroupCommit(writer.db, ledger);
  /** Called before each unit: for what comes between. */
  const before: { commit: ((unit: Unit) => Promise<void>) | undefined } = { commit: undefined };
  const commit = async (unit: Unit) => {
    await before.commit?.(unit);
    const outcome = commits.commit([unit])[0]!;
    if (!outcome.ok) throw outcome.error;
    return { rows: outcome.rows, firstChange: outcome.firstChange };
  };
  const reader = sqliteReader(writer.db);
  const recorder = createRecorder({ commit }, key);
  const deps = { writer: { commit, read: writer.read }, keys: { records: key }, recorder, now };
  const holds = new HoldService(deps);
  const looked: number[] = [];
  const retention = new Retention({
    ...deps,
    holds,
    periods,
    async overdue(query) {
      looked.push(Math.min(...query.classes.map(({ from }) => from)));
      return overdueEvents({ reader }, query);
    },
  });
  const guard = { sql: 'SELECT 1', parameters: [], otherwise: 'stale_authorization' };
  const rows = () =>
    writer.db.prepare('SELECT seq, leaf, skeleton, private_sealed FROM audit_events ORDER BY seq').all() as {
      seq: number;
      leaf: Buffer;
      skeleton: Buffer;
      private_sealed: Buffer | null;
    }[];
  return {
    ...writer,
    clock,
    key,
    signer,
    ledger,
    reader,
    recorder,
    holds,
    retention,
    before,
    /** Where each search of the log began. */
    looked,
    rows,
    admin: {
      kind: 'account',
      id: ADMIN,
      account: { row: 1, publicId: ADMIN },
      namespace: { id: 1, publicId: 'n' },
      guard,
    } as unknown as Authorized<'users:manage'> & Actor,
    run: () => retention.run({ actor: { kind: 'system' }, guard: [], origin: { client: {} } }),
    /** An event of some days ago. */
    async event(event: Partial<AuditEvent> & Pick<AuditEvent, 'type'>, daysAgo: number): Promise<number> {
      const actor = { kind: 'system' } as const;
      const time = clock.at - daysAgo * DAY;
      await recorder.record({ actor, success: true, private: { text: 'secret' }, ...event, time });
      return ledger.size - 1;
    },
    /** Events of some days ago, all in one change. */
    async batch(events: readonly (readonly [AuditEvent['type'], daysAgo: number])[]): Promise<void> {
      const leaves = events.map(([type, daysAgo]) => {
        const time = clock.at - daysAgo * DAY;
        return recorder.leaf({ type, actor: { kind: 'system' }, success: true, time });
      });
      await commit({ steps: [], leaves });
    },
    /** A new checkpoint, as others see it. */
    signed(): Checkpoint {
      ledger.checkpoint();
      const newest = writer.db.prepare('SELECT note FROM audit_checkpoints ORDER BY size DESC LIMIT 1').get();
      return openCheckpoint((newest as { note: string }).note, [signer]);
    },
    /** What is left of the log, by position: the type, or undefined where the event was removed. */
    types: () =>
      rows().map(({ skeleton }) =>
        skeleton.length === 0 ? undefined : /"type":"([^"]*)","v"/.exec(skeleton.toString())?.[1],
      ),
    events: () =>
      rows().flatMap(({ seq, skeleton }) =>
        skeleton.length === 0 ? [] : [{ seq, ...(JSON.parse(skeleton.toString()) as Skeleton) }],
      ),
  };
}

export type AgedLog = Awaited<ReturnType<typeof agedLog>>;
