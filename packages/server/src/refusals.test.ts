import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from './audit/entry.ts';
import { recordPatiently } from './audit/record-patiently.ts';
import { refusal } from './refusals.ts';

const actor = {
  kind: 'account',
  id: 'a',
  account: { row: 1, publicId: 'a' },
  namespace: { id: 7, publicId: 'n7' },
};
const request = { actor, id: 'r1', ip: '192.0.2.1', headers: {} } as unknown as FastifyRequest;

/** A log that first refuses with these codes. */
function logThatRefuses(...codes: string[]) {
  const events: AuditEvent[] = [];
  let tries = 0;
  return {
    events,
    tries: () => tries,
    async record(event: AuditEvent) {
      tries++;
      const code = codes.shift();
      if (code !== undefined) throw Object.assign(new Error(code), { code });
      events.push(event);
    },
    leaf: () => {
      throw new Error('a refusal changes nothing');
    },
  };
}

describe('a refused request', () => {
  it('is told to the log before it is answered, also while others fill the queue', async () => {
    const log = logThatRefuses('overloaded', 'overloaded');
    await refusal(log, request, { code: 'permission_denied', permission: 'audit:read' });
    expect(log.events).toMatchObject([{ type: 'authz.access.denied', code: 'permission_denied' }]);
  });

  it('is answered though the log cannot be written', async () => {
    const log = logThatRefuses('storage_full');
    await refusal(log, request, { code: 'permission_denied' });
    expect([log.tries(), log.events]).toEqual([1, []]);
  });
});

describe('an event that can wait', () => {
  const event = { type: 'system.error', time: 0, actor: { kind: 'system' }, success: false } as const;

  it('is given up after its time', async () => {
    const log = logThatRefuses(...Array.from({ length: 50 }, () => 'overloaded'));
    await recordPatiently(log, event, { passing: ['overloaded'], patienceMs: 250 });
    expect([log.tries(), log.events]).toEqual([2, []]);
  });
});
