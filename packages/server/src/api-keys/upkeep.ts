import type { AccountService } from '../accounts/service.ts';
import type { EventType } from '../audit/events.ts';
import type { Recorder } from '../audit/recorder.ts';
import { UnitRefused } from '../database/errors.ts';
import type { Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import type { ServerKeys } from '../encryption/server-keys.ts';
import { keyExpires, keyRotationDue } from '../mail/messages.ts';
import type { MailService } from '../mail/service.ts';
import { openField } from './actor.ts';
import { type DueRow, endExpired, expiredKeys, keysToRemind, markReminded } from './store.ts';

export interface UpkeepDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  keys: ServerKeys;
  recorder: Recorder;
  accounts: Pick<AccountService, 'byRow'>;
  mail: Pick<MailService, 'queue' | 'wake'>;
  now: () => number;
}

const DAY_MS = 86_400_000;
/** An owner hears of an end this long before it. */
const AHEAD_MS = 7 * DAY_MS;
const AT_ONCE = 200;

/**
 * What happens to keys by themselves: expired ones are closed, with an event; owners hear once of a rotation that is
 * due and of an end that is near. Each key is a unit of its own, so that of two servers one does it.
 */
export class KeyUpkeep {
  private readonly deps: UpkeepDeps;

  constructor(deps: UpkeepDeps) {
    this.deps = deps;
  }

  async run(): Promise<void> {
    const { writer, mail, now } = this.deps;
    const at = now();
    for (const row of await writer.read(expiredKeys, { now: at, limit: AT_ONCE }))
      await this.once(row, 'apikey.expired', endExpired.bind({ id: row.public_id, now: at }), []);
    const told = new Set<number>();
    const range = { now: at, soon: at + AHEAD_MS, day: DAY_MS, limit: AT_ONCE };
    for (let after = 0; ; ) {
      const due = await writer.read(keysToRemind, { ...range, after });
      for (const row of due) {
        // One mail an owner and run: whoever has thousands of keys keeps nobody else waiting.
        if (told.has(row.account)) continue;
        told.add(row.account);
        await this.remind(row, at);
      }
      if (due.length < AT_ONCE) break;
      after = due.at(-1)!.id;
    }
    mail.wake();
  }

  private async remind(row: DueRow, at: number): Promise<void> {
    const { keys, accounts, mail } = this.deps;
    const { email } = await accounts.byRow(row.account);
    const { public_id: id, expires_at, rotate_after_days: days } = row;
    const name = openField(keys, id, 'name', row.name_sealed);
    const since = row.rotated_at ?? row.created_at;
    const ends = expires_at !== null && expires_at <= at + AHEAD_MS;
    const words = ends
      ? keyExpires({ name, id, at: expires_at })
      : keyRotationDue({ name, id, since, due: since + (days ?? 0) * DAY_MS });
    const letter = mail.queue({ to: email, ...words });
    // That mailbox had too many this hour: the next run tells of it.
    if (letter.length === 0) return;
    await this.once(row, 'apikey.rotation.due', markReminded.bind({ id, at }), letter);
  }

  private async once(
    row: { public_id: string; namespace_public_id: string },
    type: EventType,
    step: Step,
    further: Step[],
  ): Promise<void> {
    const { writer, recorder, now } = this.deps;
    const leaf = recorder.leaf({
      type,
      time: now(),
      actor: { kind: 'system' },
      namespace: row.namespace_public_id,
      resource: { type: 'api_key', ids: [row.public_id] },
      success: true,
    });
    try {
      await writer.commit({ steps: [{ ...step, otherwise: 'done_already' }, ...further], leaves: [leaf] });
    } catch (error) {
      if (!(error instanceof UnitRefused)) throw error;
    }
  }
}
