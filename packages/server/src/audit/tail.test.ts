import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reader } from '../database/reader.ts';
import { type InProcessWriter, inProcessWriter } from '../database/testing/in-process-writer.ts';
import { dataKey } from '../encryption/seal.ts';
import { EVENT_TYPES, type EventType } from './events.ts';
import { AuditLedger } from './ledger.ts';
import { SharedLogEnds } from './log-ends.ts';
import { newSigner } from './proofs/testing/log.ts';
import { leafOf } from './recorder.ts';
import type { LogRow, LogSource } from './source.ts';
import { LogTail, typeIn } from './tail.ts';

const KEY = dataKey(Buffer.alloc(32, 7));
let writer: InProcessWriter;
let ledger: AuditLedger;
let ends: SharedLogEnds;
let reads: number;
let wanted: Set<string>;
let told: string[];
let tail: LogTail;

function append(types: EventType[], end: 'commit' | 'rollback' = 'commit'): void {
  writer.db.exec('BEGIN IMMEDIATE');
  for (const type of types)
    ledger.append(leafOf({ type, time: 1, actor: { kind: 'system' }, success: true }, KEY));
  ledger.beforeCommit();
  writer.db.exec(end);
  if (end === 'commit') ledger.afterCommit();
  else ledger.discard();
}

/** As a start of the server does, with what the log has already. */
function begin(): void {
  ends = new SharedLogEnds();
  ledger = new AuditLedger(writer.db, newSigner(), KEY, () => 1, { ends });
}

beforeEach(async () => {
  writer = await inProcessWriter();
  begin();
  reads = 0;
  told = [];
  wanted = new Set(['auth.login.failed']);
  const reader: Pick<Reader, 'all'> = {
    async all(statement, values) {
      reads++;
      return writer.read(statement, values);
    },
  };
  // Another thread has the same memory, not the same object.
  const elsewhere = new SharedLogEnds(ends.memory);
  tail = new LogTail({ reader } as LogSource, elsewhere, 0, (error) => expect(error).toBe(undefined));
  tail.follow({
    wants: (type) => wanted.has(type),
    take: (rows: readonly LogRow[]) =>
      void told.push(...rows.map(({ skeleton }) => typeIn(skeleton)).filter((type) => wanted.has(type))),
  });
});
afterEach(() => writer.close());

describe('the tail of the log', () => {
  it('hands out what is wanted, and reads nothing of what is not', async () => {
    append(['memory.created', 'memory.searched', 'memory.created']);
    await tail.catchUp();
    expect([tail.position, reads, told]).toEqual([3, 0, []]);
    append(['memory.created', 'auth.login.failed', 'memory.created']);
    await tail.catchUp();
    expect([tail.position, told]).toEqual([6, ['auth.login.failed']]);
    expect(reads).toBeGreaterThan(0);
    const before = reads;
    append(['memory.created']);
    await tail.catchUp();
    expect([tail.position, reads]).toEqual([7, before]);
  });

  it('does not pass over what somebody begins to want', async () => {
    append(['memory.created']);
    await tail.catchUp();
    wanted.add('memory.created');
    append(['memory.created', 'memory.searched']);
    await tail.catchUp();
    expect([tail.position, told]).toEqual([3, ['memory.created']]);
  });

  it('never sees what was rolled back', async () => {
    append(['auth.login.failed', 'auth.login.failed'], 'rollback');
    await tail.catchUp();
    expect([tail.position, ends.endOf(() => true), told]).toEqual([0, 0, []]);
    append(['memory.created']);
    await tail.catchUp();
    expect([tail.position, reads]).toEqual([1, 0]);
    append(['auth.login.failed']);
    await tail.catchUp();
    expect(told).toEqual(['auth.login.failed']);
  });
});

it('the shared ends of a log that is there already say that anything may be in it', () => {
  append(['memory.created', 'memory.created']);
  begin();
  expect([ends.size(), ends.endOf((type) => type === 'auth.login.failed')]).toEqual([2, 2]);
  append(['memory.created']);
  expect([ends.size(), ends.endOf((type) => type === 'auth.login.failed')]).toEqual([3, 2]);
});

it('the shared ends say that anything may be there after an event of a type that is none', () => {
  const shared = new SharedLogEnds();
  shared.publish(5, new Map([['unknown.type', 5]]));
  expect([shared.size(), shared.endOf((type) => type === 'auth.login.failed')]).toEqual([5, 5]);
});

it('the type of an event is read from its end, whatever else says that it is the end', () => {
  const hostile = '","type":"memory.created","v":1}';
  for (const type of EVENT_TYPES) {
    const event = { type, time: 1, actor: { kind: 'system', id: hostile } as const, success: true };
    const { skeleton } = leafOf({ ...event, action: hostile, requestId: hostile }, KEY);
    expect(typeIn(skeleton)).toBe(type);
  }
});
