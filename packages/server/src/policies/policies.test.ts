import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor, Authorized } from '../access/actor.ts';
import { permissionsOf, type Role } from '../access/permissions.ts';
import type { AuditEvent } from '../audit/entry.ts';
import { parse } from '../http/input.ts';
import { POLICY_NAMES, type Policy, type PolicyName, type PolicyOutcome, type PolicyRun } from './policy.ts';
import { policyRun } from './schema.ts';
import { PolicyService } from './service.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const guard = { sql: 'SELECT 1', parameters: [], otherwise: 'stale_authorization' };

function actorOf(role: Role, where: 'own' | 'member' = 'own') {
  return {
    kind: 'account',
    id: 'a',
    account: { row: 1, publicId: 'a' },
    namespace: { id: 7, publicId: 'n7' },
    role,
    permissions: permissionsOf(role, where),
    guard,
  } as unknown as Authorized<'policies:execute'> & Actor;
}
const admin = actorOf('admin');
const user = actorOf('user');
const origin = { requestId: 'r1', client: { ip: '192.0.2.1' } };

let at: number;
let events: AuditEvent[];
let ran: { name: PolicyName; run: PolicyRun }[];
let results: Partial<Record<PolicyName, (PolicyOutcome | Error)[]>>;
let service: PolicyService;

function policy(name: PolicyName, more: Partial<Policy> = {}): Policy {
  return {
    name,
    description: name,
    scope: 'namespace',
    schedule: { every: 'hour', atStart: false },
    settings: {},
    async run(run) {
      ran.push({ name, run });
      const result = results[name]?.shift() ?? { counts: { done: 0 }, more: false };
      if (result instanceof Error) throw result;
      return result;
    },
    ...more,
  };
}
const refused = (code: string) => Object.assign(new Error(code), { code });

beforeEach(() => {
  at = 1000 * DAY;
  events = [];
  ran = [];
  results = {};
  service = new PolicyService({
    policies: [
      policy('memory-expiry', { schedule: { every: 'day', atStart: false } }),
      policy('original-expiry', { schedule: { every: 'hour', atStart: true } }),
      policy('event-expiry'),
      policy('scan-expiry'),
      policy('audit-retention', { scope: 'server', settings: { kept_days: { reads: 90 } } }),
    ],
    recorder: { record: async (event) => void events.push(event) },
    now: () => at,
  });
});
/** In their order. */
const OF_A_NAMESPACE = ['memory-expiry', 'original-expiry', 'event-expiry', 'scan-expiry'];
const names = () => ran.map(({ name }) => name);

describe('a run that somebody asks for', () => {
  it('of a user is for their own namespace, under their guard, and leaves out what is the server’s', async () => {
    const { ran_at, policies } = await service.run(user, undefined, origin);
    expect([ran_at, Object.keys(policies)]).toEqual([new Date(at).toISOString(), OF_A_NAMESPACE]);
    for (const { run } of ran) expect(run).toMatchObject({ namespace: { id: 7 }, guard, actor: { id: 'a' } });
  });

  it('of an administrator of the server is for the whole server', async () => {
    await service.run(admin, undefined, origin);
    expect(names()).toEqual([...POLICY_NAMES]);
    for (const { run } of ran) expect([run.namespace, run.guard]).toEqual([undefined, guard]);
  });

  it('of an administrator who is only a member there is for that namespace', async () => {
    await service.run(actorOf('admin', 'member'), undefined, origin);
    expect(names()).toEqual(OF_A_NAMESPACE);
    for (const { run } of ran) expect(run.namespace).toEqual({ id: 7, publicId: 'n7' });
  });

  it('is refused whole where one of it is not the caller’s to run', async () => {
    const run = service.run(user, ['memory-expiry', 'audit-retention'], origin);
    await expect(run).rejects.toMatchObject({ code: 'permission_denied', permission: 'users:manage' });
    expect([ran, events]).toEqual([[], []]);
  });

  it('is an event for each policy, also where nothing was to be done', async () => {
    results['original-expiry'] = [{ counts: { dropped: 3 }, more: true }];
    const { policies } = await service.run(user, ['original-expiry', 'memory-expiry'], origin);
    expect(policies).toEqual({
      'memory-expiry': { done: 0, complete: true },
      'original-expiry': { dropped: 3, complete: false },
    });
    expect(events).toMatchObject([
      { type: 'policy.executed', action: 'memory-expiry', namespace: 'n7', success: true, requestId: 'r1' },
      { action: 'original-expiry', actor: { id: 'a' }, private: { ip: '192.0.2.1', dropped: 3 } },
    ]);
  });

  it('goes on where one policy fails, and says with which code', async () => {
    results['memory-expiry'] = [refused('storage_full')];
    results['original-expiry'] = [new Error('a secret in words')];
    const { policies } = await service.run(admin, undefined, origin);
    expect(policies).toEqual({
      'memory-expiry': { failed: 'storage_full' },
      'original-expiry': { failed: 'internal_error' },
      'event-expiry': { done: 0, complete: true },
      'scan-expiry': { done: 0, complete: true },
      'audit-retention': { done: 0, complete: true },
    });
    expect(events).toMatchObject([
      { type: 'policy.failed', action: 'memory-expiry', success: false, code: 'storage_full' },
      { type: 'policy.failed', action: 'original-expiry', code: 'internal_error' },
      { type: 'policy.executed', action: 'event-expiry' },
      { type: 'policy.executed', action: 'scan-expiry' },
      { type: 'policy.executed', action: 'audit-retention' },
    ]);
    expect(JSON.stringify([policies, events])).not.toContain('secret');
  });

  it('is one at a time for a namespace, so that nobody’s requests stand in the way of the others', async () => {
    const first = service.run(user, undefined, origin);
    await expect(service.run(user, undefined, origin)).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterSeconds: 1,
    });
    const elsewhere = service.run(admin, undefined, origin);
    await Promise.all([first, elsewhere]);
    expect(ran).toHaveLength(9);
    results['memory-expiry'] = [refused('storage_full')];
    await service.run(user, undefined, origin);
    await service.run(user, undefined, origin);
    expect(ran).toHaveLength(17);
  });

  it('of no policy, or one that there is not, is bad input', () => {
    expect(() => parse(policyRun, { policies: [] })).toThrow(/at least one/);
    expect(() => parse(policyRun, { policies: ['tiers'] })).toThrow(/memory-expiry/);
    expect(() => parse(policyRun, { names: ['memory-expiry'] })).toThrow(/names/);
    expect(parse(policyRun, undefined)).toEqual({});
  });
});

describe('what runs by itself', () => {
  it('is at a start what costs little, then each what its hour or day has come for', async () => {
    await service.runDue('start');
    expect(names()).toEqual(['original-expiry']);
    ran = [];
    await service.runDue('hour');
    expect(names()).toEqual([...POLICY_NAMES]);
    ran = [];
    at += HOUR;
    await service.runDue('hour');
    expect(names()).toEqual(['original-expiry', 'event-expiry', 'scan-expiry', 'audit-retention']);
    ran = [];
    at += DAY;
    await service.runDue('hour');
    expect(names()).toEqual([...POLICY_NAMES]);
    for (const { run } of ran) expect(run).toMatchObject({ actor: { kind: 'system' } });
    for (const { run } of ran) expect([run.namespace, run.guard]).toEqual([undefined, undefined]);
  });

  it('goes on to its end, and is one event with the sum; with nothing to do it is none', async () => {
    results['audit-retention'] = [
      { counts: { removed: 5, held: 1 }, more: true },
      { counts: { removed: 2, held: 1 }, more: false },
    ];
    await service.runDue('hour');
    expect(events).toMatchObject([
      {
        type: 'policy.executed',
        action: 'audit-retention',
        actor: { kind: 'system' },
        private: { removed: 7 },
      },
    ]);
    expect(events.length).toBe(1);
  });

  it('is an event when it fails, and keeps nothing else from its turn', async () => {
    results['memory-expiry'] = [refused('decryption_failed')];
    await service.runDue('hour');
    expect(events).toMatchObject([{ type: 'policy.failed', code: 'decryption_failed' }]);
    expect(names()).toEqual([...POLICY_NAMES]);
  });

  it('waits for a run that is under way, and begins nothing after the stop', async () => {
    await Promise.all([service.run(user, ['memory-expiry'], origin), service.runDue('hour')]);
    expect(names()).toEqual(['memory-expiry', ...POLICY_NAMES]);
    ran = [];
    service.stop();
    at += DAY;
    await service.runDue('hour');
    expect(ran).toEqual([]);
  });
});

describe('the list', () => {
  it('shows what the caller may run, and what it did only to administrators of the server', async () => {
    expect(service.list(admin).map(({ last_run }) => last_run)).toEqual([null, null, null, null, null]);
    results['memory-expiry'] = [{ counts: { ended: 2 }, more: false }];
    await service.runDue('hour');
    const at_ = new Date(at).toISOString();
    expect(service.list(admin)).toMatchObject([
      {
        name: 'memory-expiry',
        schedule: 'daily',
        last_run: { at: at_, result: { ended: 2, complete: true } },
      },
      { name: 'original-expiry', schedule: 'hourly' },
      { name: 'event-expiry', schedule: 'hourly' },
      { name: 'scan-expiry' },
      { name: 'audit-retention', scope: 'server', settings: { kept_days: { reads: 90 } } },
    ]);
    expect(service.list(user).map(({ name, last_run }) => [name, last_run])).toEqual([
      ['memory-expiry', { at: at_ }],
      ['original-expiry', { at: at_ }],
      ['event-expiry', { at: at_ }],
      ['scan-expiry', { at: at_ }],
    ]);
  });
});
