import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../entry.ts';
import type { EventType } from '../events.ts';
import {
  failure,
  key,
  MINUTE,
  memories,
  NOW,
  person,
  type WatchedLog,
  watchedLog,
} from './testing/watched-log.ts';

const CANARY = 'canary-1';
let log: WatchedLog;
beforeEach(async () => {
  log = await watchedLog([CANARY]);
});
afterEach(() => log.close());

const read = (time = NOW, actor: AuditEvent['actor'] = key()) =>
  memories('memory.searched', time, ['m', CANARY], actor);

describe('a canary', () => {
  const reaching: EventType[] = [
    'memory.searched',
    'memory.listed',
    'memory.retrieved',
    'memory.history.retrieved',
    'memory.revealed',
    'memory.updated',
    'memory.deleted',
  ];
  it.each(reaching)('is found when %s reaches it, at the first time', async (type) => {
    await log.see(memories(type, NOW, ['m', CANARY]));
    expect(log.findings()).toMatchObject([
      {
        detection: 'canary_read',
        severity: 'critical',
        namespace: 'n',
        resource: { type: 'memory', ids: [CANARY] },
        private: { actor_id: 'key-1', account: 'account-1', ip: '192.0.2.7' },
        first: 0,
        last: 0,
      },
    ]);
    expect(log.findings()[0]!.summary).toContain('api_key key-1');
  });

  it('is not found in what was refused, in other memories, or in other things of the same id', async () => {
    await log.see(
      { ...read(), success: false },
      memories('memory.searched', NOW, ['m']),
      { ...read(), type: 'authz.access.denied', success: false },
      { ...read(), resource: { type: 'cluster', ids: [CANARY] } },
    );
    expect(log.told).toEqual([]);
  });

  it('counts for its owner too, and for each actor by itself', async () => {
    await log.see(read(NOW, person('owner')), read(), read(), read(NOW, key('key-2')));
    expect(log.findings().map(({ private: p }) => p!.actor_id)).toEqual(['owner', 'key-1', 'key-2']);
  });

  it('is known from the moment it was set until it was removed', async () => {
    const change = (type: EventType) => memories(type, NOW, ['other'], person());
    const reading = (who: string) => memories('memory.retrieved', NOW, ['other'], key(who));
    await log.see(
      reading('a'),
      change('canary.created'),
      reading('b'),
      change('canary.removed'),
      reading('c'),
    );
    expect(log.findings()).toMatchObject([{ first: 2, last: 2 }]);
  });
});

describe('a change of privileges', () => {
  const by = person('boss');
  const about = (
    type: EventType,
    action?: string,
    resource = { type: 'account', ids: ['mallory'] },
  ): AuditEvent => ({
    type,
    time: NOW,
    actor: by,
    namespace: 'n',
    resource,
    ...(action !== undefined && { action }),
    success: true,
  });
  it.each([
    [about('user.updated', 'role admin'), 'error'],
    [about('user.created', 'role admin'), 'error'],
    [about('namespace.member.updated', 'role admin'), 'warning'],
    [about('namespace.member.added', 'role admin'), 'warning'],
    [about('auth.mfa.disabled', 'by_administrator'), 'warning'],
    [about('user.certificate.added', undefined, { type: 'certificate', ids: ['c'] }), 'warning'],
    [about('audit.key.rotated', undefined, { type: 'audit_key', ids: ['2'] }), 'warning'],
    [about('audit.hold.lifted', undefined, { type: 'hold', ids: ['h'] }), 'warning'],
  ])('%j is found as %s', async (event, severity) => {
    await log.see(event);
    expect(log.findings()).toMatchObject([{ detection: 'privilege_change', severity }]);
    expect(log.findings()[0]!.summary).toMatch(/^account boss .+\.$/);
  });

  it.each([
    about('user.updated', 'role user'),
    about('user.created'),
    about('namespace.member.updated', 'role readonly'),
    about('auth.mfa.disabled'),
    { ...about('user.updated', 'role admin'), success: false },
    { ...about('user.created', 'role admin'), actor: { kind: 'system' } },
  ] satisfies AuditEvent[])('%j is none', async (event) => {
    await log.see(event);
    expect(log.told).toEqual([]);
  });
});

describe('what the detector does not trip over', () => {
  it('its own findings', async () => {
    const own = { ...read(), type: 'security.suspicious.activity', action: 'canary_read' } as const;
    await log.see(...Array.from({ length: 3000 }, () => own));
    expect(log.told).toEqual([]);
  });

  it('events whose retention is over', async () => {
    log.log.append([read()]);
    log.log.remove(0, 0);
    expect(await log.see()).toEqual([]);
  });

  it('rows that were changed from outside: those after them are looked at', async () => {
    log.log.appendRaw(Buffer.from('{"resource":,"type":"memory.searched","v":1}'));
    log.log.append([failure(NOW, { account: 'a' })]);
    log.log.replacePrivate(1, Buffer.alloc(7));
    await log.see(read());
    expect(log.names()).toEqual(['canary_read']);
  });

  it('a page that is handed out twice', async () => {
    await log.see(...Array.from({ length: 9 }, (_, i) => failure(NOW + i, { account: 'a' })));
    await log.see({ ...failure(NOW, {}), type: 'auth.token.reused' });
    await log.again();
    expect(log.told).toMatchObject([{ kind: 'alarm' }]);
  });
});

describe('after a restart', () => {
  const recorded = (): AuditEvent => {
    const [{ detection, private: details, first, last }] = log.findings() as [
      ReturnType<typeof log.findings>[0],
    ];
    return {
      type: 'security.suspicious.activity',
      time: NOW,
      actor: { kind: 'system' },
      action: detection,
      success: false,
      private: { ...details, first, last },
    };
  };

  it('finds what was found just before, where the process ended before it was recorded', async () => {
    await log.see(read());
    expect(await log.restart(NOW + MINUTE)).toMatchObject([{ detection: 'canary_read', last: 0 }]);
  });

  it('does not tell again what the log tells of', async () => {
    await log.see(read());
    await log.see(recorded());
    expect(await log.restart(NOW + MINUTE)).toEqual([]);
    await log.see(read(NOW + 2 * MINUTE));
    expect(log.told).toEqual([]);
  });

  it('goes on counting where it was', async () => {
    await log.see(...Array.from({ length: 6 }, (_, i) => failure(NOW + i, { account: 'a' })));
    expect(await log.restart(NOW + MINUTE)).toEqual([]);
    await log.see(...Array.from({ length: 4 }, (_, i) => failure(NOW + MINUTE + i, { account: 'a' })));
    expect(log.names()).toEqual(['brute_force']);
  });

  it('leaves alone what is older than the window', async () => {
    await log.see(read());
    expect(await log.restart(NOW + 11 * MINUTE)).toEqual([]);
  });
});

describe('an alarm', () => {
  const alarm = (type: EventType): AuditEvent => ({
    type,
    time: NOW,
    actor: { kind: 'anonymous' },
    action: 'credential_stuffing',
    success: false,
  });

  it.each([
    'security.breach.attempt',
    'auth.token.reused',
    'audit.tail.lost',
    'audit.tail.repaired',
  ] as const)('is raised for each %s, whoever recorded it', async (type) => {
    await log.see(alarm(type), alarm(type));
    expect(log.told).toMatchObject([
      { kind: 'alarm', type, index: 0 },
      { kind: 'alarm', type, index: 1 },
    ]);
  });

  it('is raised once more after a restart within a minute, and not later', async () => {
    await log.see(alarm('auth.token.reused'));
    await log.restart(NOW + MINUTE / 2);
    expect(log.told).toHaveLength(1);
    await log.restart(NOW + 2 * MINUTE);
    expect(log.told).toEqual([]);
  });
});
