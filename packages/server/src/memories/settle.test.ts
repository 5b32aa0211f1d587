import { expect, test } from 'vitest';
import type { Unit } from '../database/unit.ts';
import { randomBytes } from '../encryption/randomness.ts';
import { dataKey } from '../encryption/seal.ts';
import { MemoryReading } from './reading.ts';
import type { Caller, ReadRequest } from './requests.ts';

test('a stop waits for the read events that no answer waited for', async () => {
  const units: Unit[] = [];
  const stored = Promise.withResolvers<void>();
  const reading = new MemoryReading({
    // A namespace without memories: nothing is looked up, and the read is told all the same.
    shards: { ofNamespace: async () => undefined, ofSubject: async () => undefined },
    recordsKey: dataKey(randomBytes(32)),
    commit(unit: Unit) {
      units.push(unit);
      return stored.promise;
    },
    queueIsFull: () => false,
    onUnopened: () => undefined,
    rows: new Map(),
  } as unknown as ConstructorParameters<typeof MemoryReading>[0]);
  const caller: Caller = {
    actor: { kind: 'account', id: 'a' },
    guard: { sql: '', parameters: [] },
    namespace: { id: 1, publicId: 'n' },
    auditReads: 'deferred',
    requestId: 'r',
    client: {},
  };
  const list: ReadRequest = {
    kind: 'list',
    caller,
    scope: { reach: {}, filter: {} },
    offset: 0,
    limit: 10,
    order: 'newest',
    now: 0,
  };
  expect(await reading.answer(list)).toMatchObject({ total: 0 });
  expect(units).toHaveLength(1);

  let settled = false;
  const settling = reading.answer({ kind: 'settle' }).then(() => {
    settled = true;
  });
  await new Promise((later) => setTimeout(later, 20));
  expect(settled).toBe(false);
  stored.resolve();
  await settling;
});
