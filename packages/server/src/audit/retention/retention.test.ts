import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CATALOG, RETENTION_CLASSES } from '../catalog.ts';
import { EVENT_TYPES } from '../events.ts';
import { Frontier } from '../merkle.ts';
import { openPrivate } from '../recorder.ts';
import type { RetentionPeriods } from './periods.ts';
import { rangesOf, rangeText } from './ranges.ts';
import { type AgedLog, agedLog, DAY } from './testing/aged-log.ts';

const open: AgedLog[] = [];
async function logWith(periods: RetentionPeriods): Promise<AgedLog> {
  const log = await agedLog(periods);
  open.push(log);
  return log;
}
afterEach(() => {
  for (const log of open.splice(0)) log.close();
});

const ALL = { reads: 30, changes: 30, identity: 30, security: 30, system: 30 };
const gone = (log: AgedLog) =>
  log.types().flatMap((type, position) => (type === undefined ? [position] : []));
const removals = (log: AgedLog) => log.events().filter(({ type }) => type === 'audit.records.removed');

describe('retention', () => {
  it('removes an event on the day its period is over, to the millisecond, and not before', async () => {
    const log = await logWith({ reads: 90 });
    await log.event({ type: 'memory.searched' }, 0);
    log.ledger.checkpoint();
    log.clock.at += 90 * DAY - 1;
    expect(await log.run()).toEqual({ removed: 0, held: 0, damaged: 0, more: false });
    log.clock.at += 1;
    expect(await log.run()).toEqual({ removed: 1, held: 0, damaged: 0, more: false });
    expect(log.rows()[0]).toMatchObject({ skeleton: Buffer.alloc(0), private_sealed: null });
  });

  it('keeps every class that has no period, and what the log says of itself always', async () => {
    for (const name of RETENTION_CLASSES.filter((one) => one !== 'evidence')) {
      const log = await logWith({ [name]: 30 });
      await log.batch(EVENT_TYPES.map((type) => [type, 100]));
      log.ledger.checkpoint();
      await log.run();
      const isKept = (type: (typeof EVENT_TYPES)[number]) =>
        CATALOG[type].class !== name || type === 'key.destroyed';
      const left = EVENT_TYPES.map((type) => (isKept(type) ? type : undefined));
      expect(log.types().slice(0, EVENT_TYPES.length)).toEqual(left);
      expect(removals(log).at(-1)?.seq).toBe(EVENT_TYPES.length);
    }
  });

  it('keeps always that a key was destroyed: without that, what it sealed would look tampered with', async () => {
    const log = await logWith(ALL);
    const types = ['key.created', 'key.destroyed', 'subject.erased'] as const;
    await log.batch(types.map((type) => [type, 1000]));
    log.ledger.checkpoint();
    expect(await log.run()).toMatchObject({ removed: 2, damaged: 0 });
    expect(log.types().slice(0, 3)).toEqual([undefined, 'key.destroyed', undefined]);
  });

  it('is told with a time that no clock makes earlier than what it was counted from', async () => {
    const log = await logWith({ reads: 1 });
    await log.event({ type: 'memory.searched' }, 2);
    log.ledger.checkpoint();
    const at = log.clock.at;
    // As it searches.
    vi.spyOn(log.looked, 'push').mockImplementation(() => {
      log.clock.at -= DAY;
      return 1;
    });
    await log.run();
    expect(removals(log)).toMatchObject([{ time: at }]);
  });

  it('without periods removes nothing and does not even look', async () => {
    const log = await logWith({});
    await log.event({ type: 'memory.searched' }, 10_000);
    log.ledger.checkpoint();
    expect(await log.run()).toEqual({ removed: 0, held: 0, damaged: 0, more: false });
    expect([log.looked, gone(log)]).toEqual([[], []]);
  });

  it('leaves every leaf, so that the tree is what it was, and tells in the same change what was removed', async () => {
    const log = await logWith(ALL);
    for (let i = 0; i < 20; i++)
      await log.event({ type: i % 3 === 0 ? 'audit.listed' : 'memory.searched' }, 40 - i);
    log.ledger.checkpoint();
    const before = log.rows().map(({ leaf }) => leaf);
    expect(await log.run()).toMatchObject({ removed: expect.any(Number), more: false });
    const after = log.rows();
    expect(after.slice(0, 20).map(({ leaf }) => leaf)).toEqual(before);
    const tree = new Frontier();
    for (const { leaf } of after) tree.append(leaf);
    expect(log.signed()).toMatchObject({ size: 21, root: tree.root() });
    const [event] = removals(log);
    expect(event).toMatchObject({
      seq: 20,
      actor: { kind: 'system' },
      success: true,
      resource: { type: 'audit_event', ids: rangesOf(gone(log)).map(rangeText) },
    });
    const row = after[20]!;
    const details = JSON.parse(openPrivate(log.key, row.leaf, row.private_sealed!).privatePart.toString());
    expect(details).toEqual({ class: 'reads', count: gone(log).length, cutoff: '2025-12-02T00:00:00.000Z' });
  });

  it('lets go of nothing that no signed checkpoint covers yet', async () => {
    const log = await logWith(ALL);
    await log.event({ type: 'memory.searched' }, 100);
    await log.event({ type: 'memory.searched' }, 100);
    expect((await log.run()).removed).toBe(0);
    log.ledger.checkpoint();
    await log.event({ type: 'memory.searched' }, 100);
    expect((await log.run()).removed).toBe(2);
    expect(gone(log)).toEqual([0, 1]);
    log.ledger.checkpoint();
    expect((await log.run()).removed).toBe(1);
  });

  it('leaves what does not fit its leaf, so that a verification names it: no removal hides an edit', async () => {
    const log = await logWith(ALL);
    await log.event({ type: 'memory.searched' }, 1);
    await log.event({ type: 'memory.searched' }, 100);
    log.ledger.checkpoint();
    const aged = log
      .rows()[0]!
      .skeleton.toString()
      .replace(/"time":\d+/, '"time":1000');
    log.db.prepare('UPDATE audit_events SET skeleton = ? WHERE seq = 0').run(Buffer.from(aged));
    expect(await log.run()).toEqual({ removed: 1, held: 0, damaged: 1, more: false });
    expect(gone(log)).toEqual([1]);
  });

  it('leaves what cannot be read, and goes on behind it', async () => {
    const log = await logWith(ALL);
    for (let i = 0; i < 2; i++) await log.event({ type: 'memory.searched' }, 100);
    log.ledger.checkpoint();
    log.db.prepare('UPDATE audit_events SET skeleton = ? WHERE seq = 0').run(Buffer.from('{"type":'));
    expect(await log.run()).toMatchObject({ removed: 1, more: false });
    expect(log.rows().map(({ skeleton }) => skeleton.length)).toEqual([8, 0, expect.any(Number)]);
  });

  it('goes on where it was, and does not stop for ever at an event from a clock that was wrong', async () => {
    const log = await logWith({ reads: 30 });
    await log.event({ type: 'memory.searched' }, 40);
    await log.event({ type: 'memory.searched' }, -5000);
    await log.event({ type: 'memory.searched' }, 35);
    await log.event({ type: 'user.created' }, 34);
    await log.event({ type: 'memory.searched' }, 20);
    await log.event({ type: 'memory.searched' }, 10);
    log.ledger.checkpoint();
    await log.run();
    expect(gone(log)).toEqual([0, 2]);
    log.clock.at += 11 * DAY;
    await log.run();
    expect(gone(log)).toEqual([0, 2, 4]);
    expect(log.looked).toEqual([0, 4]);
  });

  it('looks through a long log in bounded runs, and says that there is more', async () => {
    const log = await logWith({ reads: 30 });
    const pair = [['memory.searched', 100] as const, ['user.created', 100] as const];
    await log.batch(Array.from({ length: 30_000 }, () => pair).flat());
    log.ledger.checkpoint();
    const first = await log.run();
    expect(first).toMatchObject({ removed: 25_000, more: true });
    const second = await log.run();
    expect(second).toMatchObject({ removed: 5000, more: false });
    expect(log.looked).toEqual([0, 50_000]);
    // Every second event goes: five hundred ranges are as much as one event of the log names.
    expect(removals(log).map(({ resource }) => resource!.ids.length)).toEqual(Array(60).fill(500));
  });

  it('removes the events of all classes that are over, whatever their order, and no other', async () => {
    const classes = fc.constantFrom(
      'memory.searched',
      'memory.created',
      'auth.logout',
      'auth.lockout',
      'audit.listed',
    );
    const events = fc.array(fc.tuple(classes, fc.constantFrom(0, 5, 10, 20, 40)), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(events, async (some) => {
        const log = await logWith({ reads: 10, changes: 20, security: 40 });
        const days = {
          reads: 10,
          changes: 20,
          identity: Infinity,
          security: 40,
          system: Infinity,
          evidence: Infinity,
        };
        const aged = [...some].sort(([, a], [, b]) => b - a) as [(typeof EVENT_TYPES)[number], number][];
        await log.batch(aged);
        log.ledger.checkpoint();
        const { removed } = await log.run();
        const over = aged.flatMap(([type, ago], i) => (ago >= days[CATALOG[type].class] ? [i] : []));
        expect([gone(log), removed]).toEqual([over, over.length]);
        const named = removals(log).flatMap(({ resource }) => resource!.ids);
        const counted = named.reduce((sum, text) => {
          const [first, last = first] = text.split('-').map(Number);
          return sum + last! - first! + 1;
        }, 0);
        expect(counted).toBe(over.length);
      }),
      { numRuns: 40 },
    );
  });
});

describe('of what comes between', () => {
  it('a hold that is placed while a run searches keeps its events', async () => {
    const log = await logWith(ALL);
    await log.event({ type: 'memory.searched', namespace: 'n' }, 100);
    log.ledger.checkpoint();
    log.before.commit = async () => {
      log.before.commit = undefined;
      await log.holds.place(log.admin, { reason: 'a case' }, { client: {} });
    };
    expect(await log.run()).toEqual({ removed: 0, held: 1, damaged: 0, more: false });
    expect(gone(log)).toEqual([]);
  });

  it('an event that somebody else removed is not named twice', async () => {
    const log = await logWith(ALL);
    for (let i = 0; i < 3; i++) await log.event({ type: 'memory.searched' }, 100);
    log.ledger.checkpoint();
    log.before.commit = async () => {
      log.before.commit = undefined;
      log.db.prepare("UPDATE audit_events SET skeleton = x'', private_sealed = NULL WHERE seq = 1").run();
    };
    expect((await log.run()).removed).toBe(2);
    expect(removals(log).map(({ resource }) => resource!.ids)).toEqual([['0', '2']]);
  });

  it('two runs at once follow each other', async () => {
    const log = await logWith(ALL);
    await log.event({ type: 'memory.searched' }, 100);
    await log.event({ type: 'memory.searched' }, 99);
    log.ledger.checkpoint();
    const from = new Date(log.clock.at - 99 * DAY).toISOString();
    await log.holds.place(log.admin, { reason: 'a case', from }, { client: {} });
    const both = await Promise.all([log.run(), log.run()]);
    expect(both.map(({ removed, held }) => [removed, held])).toEqual([
      [1, 1],
      [0, 1],
    ]);
    await log.holds.place(log.admin, { reason: 'another', from }, { client: {} });
    const again = await Promise.all([log.run(), log.run()]);
    expect(again.map(({ held }) => held)).toEqual([1, 1]);
  });

  it('an operator who lost the right in the meantime removes nothing', async () => {
    const log = await logWith(ALL);
    await log.event({ type: 'memory.searched' }, 100);
    log.ledger.checkpoint();
    const guard = [{ sql: 'SELECT 1 WHERE 1 = 0', parameters: [], otherwise: 'stale_authorization' }];
    const run = log.retention.run({ actor: { kind: 'account', id: 'a' }, guard, origin: { client: {} } });
    await expect(run).rejects.toMatchObject({ code: 'stale_authorization' });
    expect(gone(log)).toEqual([]);
  });
});
