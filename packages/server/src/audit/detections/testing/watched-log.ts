import type { AuditEvent } from '../../entry.ts';
import type { Notice } from '../../notices.ts';
import { writtenLog } from '../../queries/testing/written-log.ts';
import { eventsFrom } from '../../store.ts';
import { Detector } from '../detector.ts';
import { allDetections } from '../registry.ts';

export const NOW = Date.UTC(2026, 10, 22, 12);
export const MINUTE = 60_000;
export type Told = Extract<Notice, { kind: 'finding' }>;

export const key = (id = 'key-1') => ({ kind: 'api_key', id, account: 'account-1' }) as const;
export const person = (id = 'account-1') => ({ kind: 'account', id, session: 's' }) as const;

/** A failed login: of an account with its name, of a name that nobody has, or one that the lockout refused unseen. */
export function failure(
  time: number,
  of: Partial<{ account: string; name: string; ip: string; code: string }>,
) {
  const { account, name = 'nobody', ip = '192.0.2.1', code = 'wrong_password' } = of;
  return {
    type: 'auth.login.failed',
    time,
    actor: { kind: 'anonymous' },
    ...(account !== undefined && { namespace: 'n', resource: { type: 'account', ids: [account] } }),
    success: false,
    code,
    private: { ip, user_agent: 'curl', username: name },
  } as const satisfies AuditEvent;
}

export function memories(
  type: AuditEvent['type'],
  time: number,
  ids: string[],
  actor: AuditEvent['actor'] = key(),
) {
  const resource = { type: 'memory', ids };
  return {
    type,
    time,
    actor,
    namespace: 'n',
    resource,
    success: true,
    private: { ip: '192.0.2.7' },
  } satisfies AuditEvent;
}

/** A log in a real database with a detector behind it. */
export async function watchedLog(canaries: readonly string[] = []) {
  const log = await writtenLog();
  const told: Notice[] = [];
  const findings = () => told.filter((notice): notice is Told => notice.kind === 'finding');
  const rowsFrom = (from: number) => log.source.reader.all(eventsFrom, { from, limit: 100_000 });
  const start = (now = NOW) =>
    new Detector({
      source: log.source,
      detections: allDetections(new Set(canaries)),
      notify: (notice) => told.push(notice),
      now: () => now,
    });
  let detector = start();
  let taken = 0;
  return {
    log,
    told,
    findings,
    names: () => findings().map(({ detection }) => detection),
    /** Appends events and has them looked at. */
    async see(...events: AuditEvent[]) {
      log.append(events);
      const rows = await rowsFrom(taken);
      taken = log.size();
      await detector.take(rows);
      return findings();
    },
    /** The same page again, as when another follower failed on it. */
    again: async () => detector.take(await rowsFrom(0)),
    /** Another process on the same log. */
    async restart(now = NOW) {
      told.length = 0;
      detector = start(now);
      taken = log.size();
      await detector.lookBack(taken);
      return findings();
    },
    close: () => log.close(),
  };
}
export type WatchedLog = Awaited<ReturnType<typeof watchedLog>>;
