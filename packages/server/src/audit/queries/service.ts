import type { z } from 'zod';
import type { Authorized } from '../../access/actor.ts';
import type { AccountService } from '../../accounts/service.ts';
import { InputError } from '../../http/input.ts';
import { auditActor, type Origin, traced } from '../../http/origin.ts';
import type { AuditRecord } from '../record.ts';
import type { Recorder } from '../recorder.ts';
import type { logStatistics } from './answers.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { QueryDuties } from './duties.ts';
import type { EventQuery } from './schema.ts';
import type { EventFilter } from './selection.ts';

export interface AuditQueryDeps {
  duties: QueryDuties;
  recorder: Recorder;
  accounts: Pick<AccountService, 'byPublicId'>;
  now: () => number;
}

/** Which part of the log is asked for: all of it, what an account did or had done to it, or attacks and refusals. */
export type LogPart = { part: 'logs' | 'security' } | { part: 'user'; user: string };

export interface LogPage {
  logs: AuditRecord[];
  /** All events that match, whatever the page. */
  total: number;
  offset: number;
  limit: number;
  /** `cursor` of the next page; null after the last one. */
  next: string | null;
  /** Under this id the log tells of this very query. */
  request_id: string | null;
}

export type LogStatistics = z.output<typeof logStatistics>;

const HOUR_MS = 3_600_000;

/** What administrators ask the log. Whoever reads it is in it before the answer. */
export class AuditQueries {
  private readonly deps: AuditQueryDeps;

  constructor(deps: AuditQueryDeps) {
    this.deps = deps;
  }

  /**
   * Events, newest first. @throws InputError for a cursor that is none or belongs to other filters; DatabaseError when
   * the query could not be recorded: then nothing is shown.
   */
  async find(
    actor: Authorized<'audit:read'>,
    which: LogPart,
    input: EventQuery,
    origin: Origin,
  ): Promise<LogPage> {
    const { limit, offset, cursor: text, ...query } = input;
    if (text !== undefined && offset !== undefined) throw notBoth();
    const asked = { ...which, ...query };
    const cursor = text === undefined ? undefined : decodeCursor(text, asked);
    const since = cursor?.since ?? this.deps.now() - query.hours * HOUR_MS;
    const { records, total, next, size } = await this.deps.duties.findEvents({
      filter: filterOf(which, query),
      range: {
        since,
        limit,
        offset: offset ?? 0,
        ...(query.after !== undefined && { after: query.after }),
        ...cursor,
      },
    });
    await this.named(records);
    await this.tell(actor, which.part === 'logs' ? 'logs' : `logs.${which.part}`, origin, {
      ...asked,
      limit,
      offset: offset ?? 0,
      returned: records.length,
      total,
      newest: records[0]?.id,
      oldest: records.at(-1)?.id,
    });
    return {
      logs: records,
      total,
      offset: offset ?? 0,
      limit,
      next: next === undefined ? null : encodeCursor({ before: next, size, since }, asked),
      request_id: origin.requestId ?? null,
    };
  }

  /** Counts of the last hours. */
  async statistics(
    actor: Authorized<'audit:read'>,
    { hours }: { hours: number },
    origin: Origin,
  ): Promise<LogStatistics> {
    const end = this.deps.now();
    const since = end - hours * HOUR_MS;
    const { total, failed, users, byType, bySeverity } = await this.deps.duties.countEvents({ since });
    await this.tell(actor, 'statistics', origin, { hours, total });
    return {
      total_events: total,
      events_by_type: byType,
      events_by_severity: bySeverity,
      failed_operations: failed,
      unique_users: users,
      start_time: new Date(since).toISOString(),
      end_time: new Date(end).toISOString(),
    };
  }

  /** Gives the accounts their names of today, where the event has none of its own. */
  private async named(records: readonly AuditRecord[]): Promise<void> {
    const nameless = records.filter(({ user_id, username }) => user_id !== null && username === null);
    const ids = [...new Set(nameless.map(({ user_id }) => user_id!))];
    const names = new Map(await Promise.all(ids.map(async (id) => [id, await this.nameOf(id)] as const)));
    for (const record of nameless) record.username = names.get(record.user_id!) ?? null;
  }

  /** An account that is gone, or whose profile does not open, keeps nobody from reading the log. */
  private async nameOf(id: string): Promise<string | undefined> {
    const account = await this.deps.accounts.byPublicId(id).catch(() => undefined);
    return account?.username;
  }

  private async tell(
    actor: Authorized<'audit:read'>,
    action: string,
    origin: Origin,
    details: Record<string, string | number | boolean | undefined>,
  ): Promise<void> {
    const given = Object.entries(details).filter(([, value]) => value !== undefined);
    await this.deps.recorder.record({
      ...traced(origin, Object.fromEntries(given.map(([name, value]) => [name, String(value)]))),
      type: 'audit.listed',
      action,
      time: this.deps.now(),
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      resource: { type: 'audit_event', ids: [] },
      success: true,
    });
  }
}

function filterOf(
  which: LogPart,
  { event_type, severity, success, user_id, namespace }: Omit<EventQuery, 'limit'>,
): EventFilter {
  return {
    ...(event_type !== undefined && { type: event_type }),
    ...(severity !== undefined && { severity }),
    ...(success !== undefined && { success }),
    ...(user_id !== undefined && { user: user_id }),
    ...(namespace !== undefined && { namespace }),
    ...(which.part === 'security' && { security: true }),
    ...(which.part === 'user' && { about: which.user }),
  };
}

function notBoth(): InputError {
  const message = 'cannot stand beside cursor: use one of them';
  return new InputError(`offset: ${message}`, [{ path: 'offset', message }]);
}
