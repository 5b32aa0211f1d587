import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Authorized } from '../../access/actor.ts';
import type { Account } from '../../accounts/account.ts';
import { InputError, parse } from '../../http/input.ts';
import type { AuditEvent } from '../entry.ts';
import { EVENT_TYPES } from '../events.ts';
import { queryDuties } from './duties.ts';
import { eventQuery } from './schema.ts';
import { AuditQueries, type LogPage } from './service.ts';
import { type WrittenLog, writtenLog } from './testing/written-log.ts';
import { eventTypes, severityLevels } from './vocabulary.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const actor = {
  kind: 'account',
  id: 'ada',
  account: { row: 1, publicId: 'ada' },
  namespace: { id: 1, publicId: 'home' },
  session: 'session-1',
} as unknown as Authorized<'audit:read'>;
const origin = { requestId: 'request-1', client: { ip: '192.0.2.9' } };
const LOGS = { part: 'logs' } as const;

let log: WrittenLog;
let queries: AuditQueries;
let clock: number;
let names: Map<string, string>;
let lookedUp: string[];
let full: boolean;

beforeEach(emptyLog);
async function emptyLog() {
  log = await writtenLog();
  [clock, names, lookedUp, full] = [NOW, new Map([['ada', 'Ada']]), [], false];
  queries = new AuditQueries({
    duties: queryDuties({ source: log.source, now: () => clock }),
    recorder: {
      leaf: () => {
        throw new Error('a query changes nothing');
      },
      async record(event) {
        if (full) throw new Error('the disk is full');
        log.append([event]);
      },
    },
    accounts: {
      async byPublicId(id) {
        lookedUp.push(id);
        if (id === 'damaged') throw new Error('does not open');
        const username = names.get(id);
        return username === undefined ? undefined : ({ username } as Account);
      },
    },
    now: () => clock,
  });
}
afterEach(() => log.close());

const read = (id: string, more: Partial<AuditEvent> = {}): AuditEvent => ({
  type: 'memory.retrieved',
  time: clock,
  actor: { kind: 'account', id },
  success: true,
  ...more,
});
const ask = (query: Record<string, string> = {}, which: Parameters<AuditQueries['find']>[1] = LOGS) =>
  queries.find(actor, which, parse(eventQuery, query), origin);
const idsOf = ({ logs }: LogPage) => logs.map(({ id }) => id);

describe('a query of the log', () => {
  it('is in the log itself before it is answered, with what was asked and what was given', async () => {
    log.append([read('ada'), read('bob')]);
    const page = await ask({ severity: 'info', limit: '1' });
    expect(page).toMatchObject({ total: 2, limit: 1, offset: 0, request_id: 'request-1' });
    const [own] = (await ask({ event_type: 'audit.listed' })).logs;
    expect(own).toMatchObject({
      id: 2,
      event_type: 'audit.listed',
      action: 'logs',
      user_id: 'ada',
      session_id: 'session-1',
      namespace: 'home',
      request_id: 'request-1',
      ip_address: '192.0.2.9',
      resource_type: 'audit_event',
      metadata: {
        part: 'logs',
        hours: '24',
        limit: '1',
        severity: 'info',
        returned: '1',
        total: '2',
        newest: '1',
        oldest: '1',
      },
    });
    await queries.find(actor, { part: 'user', user: 'bob' }, parse(eventQuery, {}), origin);
    await queries.statistics(actor, { hours: 720 }, origin);
    const actions = (await ask({ event_type: 'audit.listed' })).logs.map(({ action }) => action);
    expect(actions).toEqual(['statistics', 'logs.user', 'logs', 'logs']);
  });

  it('shows nothing when it cannot be recorded', async () => {
    log.append([read('ada')]);
    full = true;
    await expect(ask()).rejects.toThrow('the disk is full');
    await expect(queries.statistics(actor, { hours: 1 }, origin)).rejects.toThrow('the disk is full');
  });

  it('ends a page of giants early, and goes on from there', async () => {
    const giant = read('ada', { private: { memory_ids: 'x'.repeat(1_000_000) } });
    for (let i = 0; i < 20; i++) log.append([giant]);
    const seen: number[] = [];
    let page = await ask({ limit: '1000', event_type: 'memory.retrieved' });
    expect([page.logs.length, page.total]).toEqual([8, 20]);
    for (;;) {
      seen.push(...idsOf(page));
      if (page.next === null) break;
      page = await ask({ limit: '1000', event_type: 'memory.retrieved', cursor: page.next });
    }
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => 19 - i));
  });

  it('names accounts as they are called today, and asks once for each', async () => {
    const attempt: AuditEvent = {
      ...read('x'),
      actor: { kind: 'anonymous' },
      private: { username: 'as typed' },
    };
    log.append([read('ada'), read('gone'), attempt, read('damaged'), read('ada')]);
    const { logs } = await ask();
    expect(logs.map(({ username }) => username)).toEqual(['Ada', null, 'as typed', null, 'Ada']);
    expect(lookedUp.sort()).toEqual(['ada', 'damaged', 'gone']);
  });

  it('answers when private parts are erased or damaged', async () => {
    const kept = read('ada', { private: { ip: '192.0.2.1', note: 'mine' } });
    log.append([kept, kept, read('ada')]);
    log.replacePrivate(0, null);
    log.replacePrivate(1, Buffer.alloc(80));
    const { logs, total } = await ask();
    expect(total).toBe(3);
    expect(logs.map((one) => [one.private_part, one.ip_address])).toEqual([
      ['none', null],
      ['erased', null],
      ['erased', null],
    ]);
    log.append([kept]);
    expect((await ask({ limit: '1' })).logs[0]).toMatchObject({
      private_part: 'kept',
      ip_address: '192.0.2.1',
      metadata: { note: 'mine' },
    });
  });

  it('of a user is what they did and what was done to them; of nobody, nothing', async () => {
    const changed: AuditEvent = {
      ...read('root'),
      type: 'user.updated',
      resource: { type: 'account', ids: ['bob'] },
    };
    const byKey = { ...read('x'), actor: { kind: 'api_key', id: 'key', account: 'bob' } } as const;
    log.append([
      read('ada'),
      read('bob'),
      byKey,
      changed,
      { ...changed, resource: { type: 'memory', ids: ['bob'] } },
    ]);
    const of = (user: string) => ask({}, { part: 'user', user });
    expect(idsOf(await of('bob'))).toEqual([3, 2, 1]);
    expect(await of('nobody')).toMatchObject({ logs: [], total: 0, next: null });
    expect(idsOf(await ask({ user_id: 'bob' }))).toEqual([2, 1]);
  });
});

describe('pages', () => {
  const everyPage = async (query: Record<string, string>, between: () => void) => {
    const pages = [await ask(query)];
    for (let last = pages[0]!; last.next !== null; pages.push(last)) {
      between();
      last = await ask({ ...query, cursor: last.next });
    }
    return pages;
  };

  it('by cursor neither repeat nor skip while events arrive and time passes', async () => {
    const event_type = 'memory.retrieved';
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 70 }), async (limit) => {
        log.close();
        await emptyLog();
        // The oldest ones leave the last hour between two pages.
        for (let minute = 59; minute >= 0; minute--)
          log.append([read('ada', { time: NOW - minute * 60_000 })]);
        const before = await ask({ event_type, limit: '1000', hours: '1' });
        const pages = await everyPage({ event_type, hours: '1', limit: String(limit) }, () => {
          clock += 60_000;
          log.append([read('bob', { time: NOW - 7 * 3_600_000 }), read('bob', { time: clock })]);
        });
        expect(pages.flatMap(idsOf)).toEqual(idsOf(before));
        expect(pages.map(({ total }) => total)).toEqual(pages.map(() => before.total));
      }),
      { numRuns: 15 },
    );
  });

  it('by offset count from the newest', async () => {
    log.append(Array.from({ length: 10 }, () => read('ada')));
    const query = { event_type: 'memory.retrieved', limit: '4' };
    expect(idsOf(await ask({ ...query, offset: '3' }))).toEqual([6, 5, 4, 3]);
    expect(await ask({ ...query, offset: '8' })).toMatchObject({ total: 10, offset: 8, next: null });
    expect(await ask({ ...query, offset: '999999' })).toMatchObject({ logs: [], total: 10, next: null });
    expect(idsOf(await ask({ ...query, after: '6' }))).toEqual([9, 8, 7]);
  });

  it('by a cursor of other filters, or one that is none, are refused', async () => {
    log.append([read('ada'), read('ada'), read('ada')]);
    const { next } = await ask({ limit: '1', user_id: 'ada' });
    const cursor = next!;
    expect(idsOf(await ask({ limit: '2', user_id: 'ada', cursor }))).toEqual([1, 0]);
    const other = ask({ limit: '1', user_id: 'bob', cursor });
    await expect(other).rejects.toThrow(/^cursor: belongs to a query with other filters/);
    await expect(ask({ user_id: 'ada', cursor }, { part: 'security' })).rejects.toThrow(InputError);
    await expect(ask({ user_id: 'ada', cursor, offset: '1' })).rejects.toThrow(
      /^offset: cannot stand beside/,
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.base64String({ minLength: 1 }), fc.json().map(btoaJson)), async (text) => {
        await expect(
          queries.find(actor, LOGS, { ...parse(eventQuery, {}), cursor: text }, origin),
        ).rejects.toThrow(InputError);
      }),
    );
  });
});

const btoaJson = (json: string) => Buffer.from(json).toString('base64url');

describe('what is asked for', () => {
  it.each([
    ['hours', '0', 'must be a whole number from 1 to 720'],
    ['hours', '721', 'must be a whole number from 1 to 720'],
    ['hours', '', 'must be a whole number from 1 to 720'],
    ['hours', '1.5', 'must be a whole number from 1 to 720'],
    ['hours', '-1', 'must be a whole number from 1 to 720'],
    ['hours', '0x10', 'must be a whole number from 1 to 720'],
    ['hours', ['1', '2'], 'must be a whole number from 1 to 720'],
    ['limit', '0', 'must be a whole number from 1 to 1000'],
    ['limit', '1001', 'must be a whole number from 1 to 1000'],
    ['limit', '9'.repeat(40), 'must be a whole number from 1 to 1000'],
    ['offset', '-1', 'must be a whole number from 0'],
    ['offset', '1e3', 'must be a whole number from 0'],
    ['severity', 'fatal', 'must be one of debug, info, warning, error, critical'],
    ['success', 'yes', 'must be true or false'],
    ['event_type', 'memory.*', 'must be one of those that GET /audit/events/types lists'],
    ['event_type', 'constructor', 'must be one of those that GET /audit/events/types lists'],
  ])('is refused with its range: %s=%j', (name, value, message) => {
    expect(() => parse(eventQuery, { [name]: value })).toThrow(`${name}: ${message}`);
  });

  it('has defaults, and takes the ends of each range', () => {
    expect(parse(eventQuery, {})).toEqual({ hours: 24, limit: 100 });
    const ends = { hours: '720', limit: '1000', offset: '0', after: '0', success: 'false' };
    expect(parse(eventQuery, ends)).toEqual({ hours: 720, limit: 1000, offset: 0, after: 0, success: false });
    expect(() => parse(eventQuery, { hour: '1' })).toThrow(/hour/);
  });
});

describe('the vocabulary', () => {
  it('lists every type and the five severities, mildest first', () => {
    const { event_types, details } = eventTypes();
    expect(event_types).toEqual(EVENT_TYPES);
    expect(details).toHaveLength(EVENT_TYPES.length);
    expect(details[0]).toEqual({
      event_type: 'auth.login.success',
      severity: 'info',
      class: 'identity',
      description: 'A login succeeded',
      security: false,
    });
    expect(severityLevels().severity_levels).toEqual(['debug', 'info', 'warning', 'error', 'critical']);
    expect(severityLevels().details[4]).toMatchObject({ severity: 'critical', level: 4 });
  });
});
