import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSecurityEvent } from '../catalog.ts';
import type { AuditEvent } from '../entry.ts';
import { EVENT_SEVERITY, type EventType, SEVERITIES } from '../events.ts';
import { userOf } from '../record.ts';
import { SEGMENT } from './columns.ts';
import { LogIndex } from './log-index.ts';
import { positionRanges } from './position-ranges.ts';
import { count, type EventFilter, select } from './selection.ts';
import { type WrittenLog, writtenLog } from './testing/written-log.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 22);
const TYPES: EventType[] = ['memory.searched', 'auth.login.failed', 'user.updated', 'system.error'];
const EVENTS = 3 * SEGMENT + 500;

/** The clock was a month ahead for a while, was set back twice, and wavers. */
function timeOf(index: number): number {
  const steady = NOW - (EVENTS - index) * 100_000;
  const wavering = steady + ((index * 7919) % 40) * 60_000;
  if (index > 3000 && index < 3100) return wavering + 700 * HOUR;
  return index > 20_000 && index < 20_400 ? wavering - 500 * HOUR : wavering;
}

function eventOf(index: number): AuditEvent {
  const type = TYPES[(index * 13 + (index >> 4)) % TYPES.length]!;
  const user = `user-${(index * 31) % 17}`;
  const other = `user-${(index * 17) % 23}`;
  return {
    type,
    time: timeOf(index),
    severity: index % 11 === 0 ? 'critical' : EVENT_SEVERITY[type],
    actor:
      index % 5 === 0
        ? { kind: 'system' }
        : index % 3 === 0
          ? { kind: 'api_key', id: 'key', account: user }
          : { kind: 'account', id: user },
    ...(index % 4 === 0 ? {} : { namespace: `namespace-${index % 3}` }),
    ...(type === 'user.updated'
      ? { resource: { type: 'account', ids: index % 9 === 0 ? ['user-99', other] : [other] } }
      : { resource: { type: 'memory', ids: [other] } }),
    success: index % 7 !== 0,
  };
}

const events = Array.from({ length: EVENTS }, (_, index) => eventOf(index));
let log: WrittenLog;
beforeAll(async () => {
  log = await writtenLog();
  log.append(events);
});
afterAll(() => log.close());

const indexOf = (keptEvents: number, of = log) =>
  new LogIndex({ reader: of.source.reader, now: () => NOW, keptMs: 720 * HOUR, keptEvents });

/** The same by reading everything. */
function expected(
  filter: EventFilter,
  since: number,
  all: readonly (AuditEvent | undefined)[] = events,
): number[] {
  const { type, severity, success, user, about, namespace, security } = filter;
  const fits = (event: AuditEvent | undefined) =>
    event !== undefined &&
    event.time >= since &&
    (type === undefined || event.type === type) &&
    (severity === undefined || event.severity === severity) &&
    (success === undefined || event.success === success) &&
    (user === undefined || userOf(event.actor) === user) &&
    (namespace === undefined || event.namespace === namespace) &&
    (about === undefined ||
      userOf(event.actor) === about ||
      (event.resource?.type === 'account' && event.resource.ids.includes(about))) &&
    (!security || isSecurityEvent(event.type));
  return all.flatMap((event, index) => (fits(event) ? [index] : [])).reverse();
}

const users = fc.integer({ min: 0, max: 25 }).map((n) => `user-${n}`);
const filters: fc.Arbitrary<EventFilter> = fc.record(
  {
    type: fc.constantFrom<string>(...TYPES, 'cluster.created'),
    severity: fc.constantFrom(...SEVERITIES),
    success: fc.boolean(),
    user: users,
    about: fc.oneof(users, fc.constant('user-99')),
    namespace: fc.constantFrom('namespace-0', 'namespace-1', 'nowhere'),
    security: fc.boolean(),
  },
  { requiredKeys: [] },
);

describe('a selection', () => {
  it.each([
    ['in memory', 1_000_000],
    ['read from the table again, as the cap is small', 1],
  ])('is every event that matches, newest first, whatever the clock said: %s', async (_, keptEvents) => {
    const index = indexOf(keptEvents);
    await fc.assert(
      fc.asyncProperty(
        filters,
        fc.integer({ min: 1, max: 720 }),
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 1, max: 50 }),
        async (filter, hours, offset, limit) => {
          const since = NOW - hours * HOUR;
          const all = expected(filter, since);
          const { page, total, more, size } = await select(index, filter, { since, offset, limit });
          expect({ page, total, more, size }).toEqual({
            page: all.slice(offset, offset + limit),
            total: all.length,
            more: all.length > offset + limit,
            size: EVENTS,
          });
        },
      ),
      { numRuns: keptEvents === 1 ? 25 : 250 },
    );
  });

  it('keeps no more in memory than it may', async () => {
    const [small, large] = [indexOf(SEGMENT), indexOf(1_000_000)];
    const everything = { since: 0, offset: 0, limit: 1 };
    expect((await select(small, {}, everything)).total).toBe(EVENTS);
    expect((await select(large, {}, everything)).total).toBe(EVENTS);
    expect(small.bytes).toBe(23 * SEGMENT);
    expect(large.bytes).toBe(4 * 23 * SEGMENT);
  });

  it('goes on below a position, and never before the events that a reader has', async () => {
    const index = indexOf(1_000_000);
    const since = NOW - 720 * HOUR;
    const all = expected({ success: false }, since);
    const range = { since, offset: 0, limit: 100, before: all[40]!, after: all[200]!, size: all[10]! };
    const { page, total } = await select(index, { success: false }, range);
    expect(page).toEqual(all.slice(41, 141));
    expect(total).toBe(189);
  });

  it('walks one after another when many are asked for at once', async () => {
    const index = indexOf(1_000_000);
    const since = NOW - 100 * HOUR;
    const asked = Array.from({ length: 12 }, (_, n) => ({ user: `user-${n}` }));
    const found = await Promise.all(
      asked.map((filter) => select(index, filter, { since, offset: 0, limit: 1000 })),
    );
    expect(found.map(({ page }) => page)).toEqual(asked.map((filter) => expected(filter, since)));
    expect(found.every(({ total }) => total > 0)).toBe(true);
  });
});

describe('statistics', () => {
  it('count what is there since then', async () => {
    const since = NOW - 300 * HOUR;
    const all = expected({}, since).map((at) => events[at]!);
    const of = (key: (event: AuditEvent) => string) =>
      Object.fromEntries(
        Object.entries(Object.groupBy(all, key)).map(([name, some]) => [name, some!.length]),
      );
    expect(await count(indexOf(1), since)).toEqual({
      total: all.length,
      failed: all.filter(({ success }) => !success).length,
      users: new Set(all.flatMap(({ actor }) => userOf(actor) ?? [])).size,
      byType: of(({ type }) => type),
      bySeverity: {
        debug: 0,
        info: 0,
        warning: 0,
        error: 0,
        critical: 0,
        ...of(({ severity }) => severity!),
      },
    });
  });
});

describe('what happens to the log later', () => {
  const range = { since: 0, offset: 0, limit: 1000 };
  const removed = (ids: string[]): AuditEvent => ({
    type: 'audit.records.removed',
    time: NOW,
    actor: { kind: 'system' },
    resource: { type: 'audit_event', ids },
    success: true,
  });

  it.each([
    ['before it was ever read', false],
    ['after it was read into memory', true],
  ])('a removed event never shows again: %s', async (_, readBefore) => {
    const own = await writtenLog();
    const index = indexOf(1_000_000, own);
    own.append(events.slice(0, 50));
    if (readBefore) expect((await select(index, {}, range)).total).toBe(50);
    own.remove(0, 0);
    own.remove(20, 29);
    own.append([removed(['0', '20-29']), eventOf(60)]);
    const left = events.slice(0, 50).map((one, at) => (at === 0 || (at > 19 && at < 30) ? undefined : one));
    const all = [51, 50, ...expected({}, 0, left)];
    expect(await select(index, {}, range)).toEqual({ page: all, total: 41, more: false, size: 52 });
    expect((await count(index, 0)).total).toBe(41);
    own.close();
  });

  it('new events are found by the next query, across the end of a segment', async () => {
    const own = await writtenLog();
    const index = indexOf(1, own);
    const since = 0;
    for (const until of [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT + 10]) {
      own.append(events.slice(own.size(), until));
      const all = expected({ success: false }, since, events.slice(0, until));
      const { page, total, size } = await select(index, { success: false }, { ...range, since });
      expect([page, total, size]).toEqual([all.slice(0, 1000), all.length, until]);
    }
    own.close();
  });

  it('a row that is no event is passed over', async () => {
    const own = await writtenLog();
    own.append(events.slice(1, 3));
    own.appendRaw(Buffer.from('{"type":"auth.logout"'));
    own.append(events.slice(3, 5));
    const { page, total } = await select(indexOf(1, own), {}, range);
    expect([page, total]).toEqual([[4, 3, 1, 0], 4]);
    own.close();
  });
});

describe('ranges of positions', () => {
  it('are read as they are written, and nothing else', () => {
    expect(positionRanges(['12', '3-40', '0-0'])).toEqual([
      { first: 12, last: 12 },
      { first: 3, last: 40 },
      { first: 0, last: 0 },
    ]);
    expect(positionRanges(['', '-1', '1-', 'x', '1-2-3', '1e3', '12 ', '9'.repeat(16)])).toEqual([]);
  });
});
