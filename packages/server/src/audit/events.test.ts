import { describe, expect, it } from 'vitest';
import { EVENT_SEVERITY, EVENT_TYPES, isEventType, isSeverity, SEVERITIES } from './events.ts';

// As ancestors.md lists them.
const memoric = `auth.{login.success, login.failed, logout, token.created, token.expired, token.invalid};
user.{created, updated, deleted, password.changed, password.reset, activated, deactivated};
memory.{created, retrieved, updated, deleted, searched}; cluster.{created, retrieved, updated, deleted};
policy.{executed, failed}; authz.{access.granted, access.denied, permission.checked};
system.{startup, shutdown, error}; security.{breach.attempt, rate_limit.exceeded, suspicious.activity}`
  .split(';')
  .flatMap((group) => {
    const [, prefix, names] = /(\w+)\.\{([^}]*)\}/.exec(group)!;
    return names!.split(',').map((name) => `${prefix}.${name.trim()}`);
  });

describe('event types', () => {
  it("include Memoric's 33, under the same names", () => {
    expect(memoric).toHaveLength(33);
    expect(EVENT_TYPES).toEqual(expect.arrayContaining(memoric));
  });

  it('each have a known severity and a dotted name', () => {
    for (const type of EVENT_TYPES) {
      expect(SEVERITIES).toContain(EVENT_SEVERITY[type]);
      expect(type).toMatch(/^[a-z]+(\.[a-z_]+)+$/);
    }
  });

  it('are a closed list', () => {
    expect(isEventType('memory.created')).toBe(true);
    for (const other of ['memory.stolen', '', '__proto__', 'toString'])
      expect(isEventType(other)).toBe(false);
    expect(isSeverity('critical')).toBe(true);
    expect(isSeverity('fatal')).toBe(false);
  });
});
