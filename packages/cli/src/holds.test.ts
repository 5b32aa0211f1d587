import { describe, expect, it } from 'vitest';
import { lastMoment, moment } from './hold.ts';
import { type Answers, operatorOf, problem, run } from './testing/run.ts';

const ID = '01890000-0000-7000-8000-000000000001';
const USER = '01890000-0000-7000-8000-000000000002';
const hold = {
  id: ID,
  reason: 'case 7',
  namespace: null,
  user_id: USER,
  from: '2026-01-01T00:00:00.000Z',
  to: null,
  placed_at: '2026-11-21T12:42:00.000Z',
  placed_by: USER,
  lifted_at: null,
  lifted_by: null,
  lift_reason: null,
};

async function on(answers: Answers, argv: string[]) {
  const operator = operatorOf(answers);
  const { openOperatorAccess } = operator;
  const result = await run(argv, { server: { openOperatorAccess } });
  expect(operator.left()).toBe(0);
  return { ...result, asked: operator.asked };
}
const place = (...argv: string[]) =>
  on({ 'POST /audit/holds': hold, 'GET /auth/users/alice': { id: USER, username: 'alice' } }, [
    'audit',
    'hold',
    'place',
    ...argv,
  ]);

describe('audit hold', () => {
  it('place asks for exactly what the options say, and tells what is kept', async () => {
    const { code, out, asked } = await place('--reason', 'case 7', '--user', 'alice', '--from', '2026-01-01');
    expect((await place('--reason', 'x', '--to', '2026-03-31')).asked.at(-1)?.[2]).toEqual({
      reason: 'x',
      to: '2026-03-31T23:59:59.999Z',
    });
    expect(asked.at(-1)).toEqual([
      'POST',
      '/audit/holds',
      { reason: 'case 7', user_id: USER, from: '2026-01-01T00:00:00.000Z' },
    ]);
    expect([code, out]).toEqual([
      0,
      `Hold ${ID} is in force: it keeps every event of user ${USER} from 2026-01-01T00:00:00.000Z.`,
    ]);
    const bare = await place('--reason', 'case 7', '--json');
    expect(bare.asked).toEqual([['POST', '/audit/holds', { reason: 'case 7' }]]);
    expect(JSON.parse(bare.out)).toEqual(hold);
  });

  it('place takes the id of somebody who is gone, and refuses a name that is nobody’s', async () => {
    const gone = await place('--reason', 'x', '--user', USER);
    expect(gone.asked).toEqual([['POST', '/audit/holds', { reason: 'x', user_id: USER }]]);
    const typo = await place('--reason', 'x', '--user', 'alcie');
    expect([typo.code, typo.err]).toEqual([1, expect.stringContaining('there is no user "alcie"')]);
  });

  it.each([
    [['place'], /--reason/],
    [['place', '--reason', 'x', '--from', 'yesterday'], /Write a time such as 2026-01-31/],
    [['place', '--reason', 'x', '--to', '2026-13-01'], /Write a time such as 2026-01-31/],
    [['lift', ID], /--reason/],
    [['lift', '--reason', 'x'], /id/],
  ])('%j is used wrongly', async (argv, words) => {
    const { code, err } = await on({}, ['audit', 'hold', ...argv]);
    expect([code, err]).toEqual([2, expect.stringMatching(words)]);
  });

  it('list shows each hold on one line, whatever its reason is', async () => {
    const lifted = {
      ...hold,
      reason: 'a\n\u001b[31mb',
      user_id: null,
      from: null,
      lifted_at: '2026-11-22T08:00:00.000Z',
    };
    const { out } = await on({ 'GET /audit/holds': { holds: [hold, lifted] } }, ['audit', 'hold', 'list']);
    const [head, first, second, ...rest] = out.split('\n');
    expect(head).toMatch(/^ID +PLACED +LIFTED +KEEPS +REASON$/);
    expect(first).toMatch(/2026-11-21 12:42 UTC +in force +every event of user .* case 7$/);
    expect(second).toMatch(/2026-11-22 08:00 UTC +every event +a \[31mb$/);
    expect(rest).toEqual([]);
    const none = await on({ 'GET /audit/holds': { holds: [] } }, ['audit', 'hold', 'list']);
    expect(none.out).toMatch(/There are no holds/);
  });

  it('lift names the hold, and says why one cannot be lifted', async () => {
    const path = `POST /audit/holds/${ID}/lift`;
    const { out, asked } = await on({ [path]: hold }, ['audit', 'hold', 'lift', ID, '--reason', 'over']);
    expect([out, asked]).toEqual([
      `Hold ${ID} is lifted.`,
      [['POST', `/audit/holds/${ID}/lift`, { reason: 'over' }]],
    ]);
    const missing = {
      'POST /audit/holds/..%2F..%2Fusers/lift': problem(404, 'not_found', 'There is no such hold.'),
    };
    const { code, err } = await on(missing, ['audit', 'hold', 'lift', '../../users', '--reason', 'x']);
    expect([code, err]).toEqual([1, 'memhold: There is no such hold.']);
  });

  it('reads dates as the beginning of the day in UTC, and wants an offset with a time', () => {
    expect(moment('2026-01-31')).toBe('2026-01-31T00:00:00.000Z');
    expect(moment('2026-01-31T12:00:00+02:00')).toBe('2026-01-31T10:00:00.000Z');
    expect(lastMoment('2026-01-31')).toBe('2026-01-31T23:59:59.999Z');
    expect(lastMoment('2026-01-31T12:00:00+02:00')).toBe('2026-01-31T10:00:00.000Z');
    for (const text of ['2026-01-31T12:00', '31.1.2026', '2026-1-31', '2026-02-30x', ''])
      expect(() => moment(text)).toThrow(/Write a time/);
  });
});

describe('policies run', () => {
  const answer = {
    ran_at: '2026-11-21T12:42:00.000Z',
    policies: {
      'memory-expiry': { ended: 3, complete: true },
      'audit-retention': { removed: 7, held: 1, damaged: 0, complete: false },
    },
  };

  it('tells what each policy did, and whether there is more', async () => {
    const { code, out, asked } = await on({ 'POST /policies/run': answer }, ['policies', 'run']);
    expect([code, asked]).toEqual([0, [['POST', '/policies/run', {}]]]);
    expect(out.split('\n')).toEqual([
      'memory-expiry: 3 ended',
      'audit-retention: 7 removed, 1 held, 0 damaged — there is more: run it again',
    ]);
  });

  it('asks for the named ones, and ends with 1 where one failed', async () => {
    const failed = { ...answer, policies: { 'memory-expiry': { failed: 'storage_full' } } };
    const { code, out, asked } = await on({ 'POST /policies/run': failed }, [
      'policies',
      'run',
      'memory-expiry',
    ]);
    expect(asked).toEqual([['POST', '/policies/run', { policies: ['memory-expiry'] }]]);
    expect([code, out]).toEqual([1, 'memory-expiry: failed (storage_full)']);
  });
});
