import { describe, expect, it } from 'vitest';
import { type Actor, authorize, can } from './actor.ts';
import { KEY_PERMISSIONS, PERMISSIONS, type Permission, ROLE_PERMISSIONS, type Role } from './permissions.ts';

const actorOf = (role: Role): Actor => ({
  kind: 'account',
  id: 'a',
  account: { row: 1, publicId: 'a' },
  namespace: { id: 1, publicId: 'n' },
  auditReads: 'durable',
  role,
  permissions: new Set(ROLE_PERMISSIONS[role]),
  guard: { sql: '', parameters: [] },
});

describe('the table of rights', () => {
  it('gives a readonly account nothing that changes anything', () => {
    const reader = actorOf('readonly');
    const allowed = PERMISSIONS.filter((permission) => can(reader, permission));
    expect(allowed).toEqual(['memories:read', 'clusters:read']);
    for (const permission of ['memories:write', 'memories:delete', 'keys:manage'] as const)
      expect(() => authorize(reader, permission)).toThrow(
        expect.objectContaining({ code: 'permission_denied' }),
      );
  });

  it('keeps from a user what concerns others, and from nobody who is an administrator anything', () => {
    const others: Permission[] = ['users:manage', 'audit:read', 'memories:reveal', 'quarantine:review'];
    for (const permission of others) expect(can(actorOf('user'), permission)).toBe(false);
    for (const permission of PERMISSIONS) expect(can(actorOf('admin'), permission)).toBe(true);
  });

  it('lets no key manage keys, users, or the evidence', () => {
    for (const permission of ['keys:manage', 'users:manage', 'audit:read', 'memories:reveal'] as const)
      expect(KEY_PERMISSIONS).not.toContain(permission);
  });
});
