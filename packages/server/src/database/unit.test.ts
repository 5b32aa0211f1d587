import { describe, expect, it } from 'vitest';
import { acrossSubjects, advancesOf, changeSequence, type Unit } from './unit.ts';
import { UnitPacker, UnitUnpacker } from './writer-protocol.ts';

const part = (id: number, changes: number): Unit => ({
  steps: Array.from({ length: changes }, (_, n) => ({
    sql: 'update x set seq = ? where id = ?',
    parameters: [changeSequence(n), Buffer.from([id])],
  })),
  leaves: [{ hash: Buffer.from([id]), skeleton: Buffer.alloc(1), privateSealed: null }],
  subject: { id, changes },
});
const guard = { sql: 'select 1', parameters: [], otherwise: 'gone' };

describe('a unit across subjects', () => {
  it('has what may refuse first, then each subject in the order of the ids, with its own numbers', () => {
    const unit = acrossSubjects([guard], [part(7, 2), part(3, 1)]);
    expect(unit.subjects).toEqual([
      { id: 3, changes: 1 },
      { id: 7, changes: 2 },
    ]);
    expect(unit.steps[0]).toBe(guard);
    expect(unit.steps.slice(1).map(({ parameters }) => parameters[0])).toEqual([
      { change: 0, subject: 3 },
      { change: 0, subject: 7 },
      { change: 1, subject: 7 },
    ]);
    expect(unit.leaves.map(({ hash }) => hash[0])).toEqual([3, 7]);
    expect(advancesOf(unit)).toEqual(unit.subjects);
  });

  it('of one subject is the ordinary one', () => {
    const unit = acrossSubjects([guard], [part(7, 1)]);
    expect([unit.subject, unit.subjects]).toEqual([{ id: 7, changes: 1 }, undefined]);
    expect(unit.steps[1]!.parameters[0]).toEqual({ change: 0 });
    expect(advancesOf({})).toEqual([]);
  });

  it('reaches the writer as it was packed', () => {
    const unit = acrossSubjects([guard], [part(7, 2), part(3, 1)]);
    const { message, transfer } = new UnitPacker().pack([{ ticket: 1, unit, note: null }]);
    const sent = structuredClone(message, { transfer });
    const [got] = new UnitUnpacker().unpack(sent as never);
    expect(got!.subjects).toEqual(unit.subjects);
    expect(got!.steps.map(({ sql, otherwise }) => [sql, otherwise])).toEqual(
      unit.steps.map(({ sql, otherwise }) => [sql, otherwise]),
    );
    expect(got!.steps.map(({ parameters: [seq] }) => seq)).toEqual(
      unit.steps.map(({ parameters: [seq] }) => seq),
    );
  });
});
