import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from '../../http/input.ts';
import type { Skeleton } from '../record.ts';
import { type AgedLog, agedLog, DAY, START } from '../retention/testing/aged-log.ts';
import { covers } from './criteria.ts';
import { newHold } from './schema.ts';

const USER = '01890000-0000-7000-8000-000000000001';
const OTHER = '01890000-0000-7000-8000-000000000002';
const SPACE = '01890000-0000-7000-8000-000000000003';

const event = (more: Partial<Skeleton> = {}): Skeleton => ({
  type: 'memory.searched',
  severity: 'info',
  time: START,
  actor: { kind: 'system' },
  success: true,
  v: 1,
  ...more,
});

describe('what a hold covers', () => {
  it('is everything where it says nothing', () => {
    expect(covers({}, event())).toBe(true);
  });

  it('is what somebody did, also through a key, and what was done to them', () => {
    const hold = { userId: USER };
    expect(covers(hold, event({ actor: { kind: 'account', id: USER } }))).toBe(true);
    expect(covers(hold, event({ actor: { kind: 'operator', id: USER } }))).toBe(true);
    expect(covers(hold, event({ actor: { kind: 'api_key', id: 'k', account: USER } }))).toBe(true);
    expect(covers(hold, event({ resource: { type: 'account', ids: [OTHER, USER] } }))).toBe(true);
    expect(covers(hold, event({ resource: { type: 'certificate_name', ids: ['c', USER] } }))).toBe(true);
    expect(covers(hold, event({ actor: { kind: 'account', id: OTHER } }))).toBe(false);
    expect(covers(hold, event({ resource: { type: 'memory', ids: [USER] } }))).toBe(false);
    expect(covers(hold, event({ actor: { kind: 'api_key', id: USER } }))).toBe(false);
  });

  it('is what happened in a namespace, and what happened to it', () => {
    const hold = { namespace: SPACE };
    expect(covers(hold, event({ namespace: SPACE }))).toBe(true);
    expect(covers(hold, event({ resource: { type: 'namespace', ids: [SPACE] } }))).toBe(true);
    expect(covers(hold, event({ namespace: OTHER }))).toBe(false);
    expect(covers(hold, event())).toBe(false);
  });

  it('begins and ends with the milliseconds that it names', () => {
    const hold = { from: START, to: START + 10 };
    const at = (time: number) => covers(hold, event({ time }));
    expect([at(START - 1), at(START), at(START + 10), at(START + 11)]).toEqual([false, true, true, false]);
    expect(covers({ from: START }, event({ time: START * 2 }))).toBe(true);
    expect(covers({ to: START }, event({ time: 0 }))).toBe(true);
  });

  it('is less with everything more that it says', () => {
    const criteria = fc.record(
      {
        namespace: fc.constantFrom(SPACE, OTHER),
        userId: fc.constantFrom(USER, OTHER),
        from: fc.nat(5),
        to: fc.nat(5),
      },
      { requiredKeys: [] },
    );
    const skeletons = fc
      .record({
        namespace: fc.constantFrom(SPACE, OTHER),
        id: fc.constantFrom(USER, OTHER),
        time: fc.nat(5),
      })
      .map(({ id, ...rest }) => event({ ...rest, actor: { kind: 'account', id } }));
    fc.assert(
      fc.property(criteria, criteria, skeletons, (one, more, skeleton) => {
        if (covers({ ...more, ...one }, skeleton)) expect(covers(one, skeleton)).toBe(true);
      }),
    );
  });
});

const open: AgedLog[] = [];
afterEach(() => {
  for (const log of open.splice(0)) log.close();
});
async function oldLog() {
  const log = await agedLog({ reads: 30 });
  open.push(log);
  await log.event({ type: 'memory.searched', actor: { kind: 'account', id: USER } }, 100);
  await log.event({ type: 'memory.searched', actor: { kind: 'account', id: OTHER } }, 100);
  log.ledger.checkpoint();
  return log;
}
const place = (log: AgedLog, input: object) =>
  log.holds.place(log.admin, parse(newHold, { reason: 'case 7', ...input }), { client: {} });
const lift = (log: AgedLog, id: string) => log.holds.lift(log.admin, id, 'case closed', { client: {} });
const gone = (log: AgedLog) =>
  log
    .types()
    .slice(0, 2)
    .map((type) => type === undefined);

describe('a hold', () => {
  it('keeps what it covers, and each run says how much that is', async () => {
    const log = await oldLog();
    await place(log, { user_id: USER });
    expect(await log.run()).toEqual({ removed: 1, held: 1, damaged: 0, more: false });
    expect(gone(log)).toEqual([false, true]);
    expect(await log.run()).toEqual({ removed: 0, held: 1, damaged: 0, more: false });
  });

  it('once lifted keeps nothing: what it kept goes with the next run', async () => {
    const log = await oldLog();
    const { id } = await place(log, {});
    expect((await log.run()).held).toBe(2);
    await lift(log, id);
    expect(await log.run()).toMatchObject({ removed: 2, held: 0 });
  });

  it('of two that cover an event the other one still keeps it', async () => {
    const log = await oldLog();
    const { id } = await place(log, { user_id: USER });
    await place(log, { to: new Date(START - 100 * DAY).toISOString() });
    await log.run();
    await lift(log, id);
    expect(await log.run()).toMatchObject({ removed: 0, held: 2 });
  });

  it('is an event when it is placed and when it is lifted, and tells who and why', async () => {
    const log = await oldLog();
    const placed = await place(log, { namespace: SPACE.toUpperCase(), from: '2026-01-01T01:00:00+01:00' });
    expect(placed).toMatchObject({
      reason: 'case 7',
      namespace: SPACE,
      user_id: null,
      from: '2026-01-01T00:00:00.000Z',
      to: null,
      placed_by: log.admin.account.publicId,
      lifted_at: null,
    });
    const lifted = await lift(log, placed.id);
    expect(lifted).toMatchObject({
      ...placed,
      lift_reason: 'case closed',
      lifted_at: expect.any(String),
      lifted_by: placed.placed_by,
    });
    expect(await log.holds.list(log.admin)).toEqual([lifted]);
    const told = log.events().filter(({ type }) => type.startsWith('audit.hold'));
    const resource = { type: 'audit_hold', ids: [placed.id] };
    expect(told).toMatchObject([
      { type: 'audit.hold.placed', severity: 'warning', resource },
      { type: 'audit.hold.lifted', severity: 'warning', resource },
    ]);
  });

  it('is lifted once, and only where there is one', async () => {
    const log = await oldLog();
    const { id } = await place(log, {});
    const both = await Promise.allSettled([lift(log, id), lift(log, id)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(lift(log, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(lift(log, OTHER)).rejects.toMatchObject({ code: 'not_found' });
    expect(log.events().filter(({ type }) => type === 'audit.hold.lifted').length).toBe(1);
  });

  it('whose row was changed from outside stops every removal, rather than lifting itself', async () => {
    const log = await oldLog();
    const { id } = await place(log, {});
    log.db.prepare('UPDATE audit_holds SET lifted_at = 1').run();
    expect(await log.run()).toMatchObject({ removed: 0, held: 2 });
    log.db.prepare('UPDATE audit_holds SET sealed = zeroblob(200) WHERE id = ?').run(id);
    await expect(log.run()).rejects.toMatchObject({ code: 'decryption_failed' });
    expect(gone(log)).toEqual([false, false]);
  });

  it('holds its reason and criteria sealed', async () => {
    const log = await oldLog();
    await place(log, { user_id: USER, reason: 'the marmalade affair' });
    const row = log.db.prepare('SELECT * FROM audit_holds').get() as { sealed: Buffer };
    expect(row.sealed.includes('marmalade')).toBe(false);
    expect(JSON.stringify(log.events())).not.toMatch(/marmalade|000000000001"\],"type":"audit_hold/);
  });

  it.each([
    [{ reason: '' }, /reason/],
    [{ reason: 'x'.repeat(501) }, /reason: must have at most 500/],
    [{ user_id: 'alice' }, /user_id: must be an id/],
    [{ namespace: 'sales' }, /namespace: must be an id/],
    [{ from: 'yesterday' }, /from: must be an ISO 8601/],
    [{ from: '2027-01-02T00:00:00Z', to: '2027-01-01T00:00:00Z' }, /to: must not be before from/],
    [{ username: 'alice' }, /username/],
  ])('is refused with %j', (input, words) => {
    expect(() => parse(newHold, { reason: 'a case', ...input })).toThrow(words);
  });
});
