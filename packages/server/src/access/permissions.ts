/** Everything that a route or tool can ask for. */
export const PERMISSIONS = [
  'memories:read',
  'memories:write',
  'memories:delete',
  'memories:reveal',
  'clusters:read',
  'clusters:write',
  'policies:execute',
  'projects:write',
  'audit:read',
  'quarantine:review',
  'keys:manage',
  'members:manage',
  'users:manage',
  'scans:write',
  'scans:read',
  'deployments:approve',
  'metrics:read',
  'webhooks:manage',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ['admin', 'user', 'readonly'] as const;
export type Role = (typeof ROLES)[number];

/** The table: what each role may do. `admin` has every permission (`admin:*`). */
export const ROLE_PERMISSIONS: Record<Role, readonly Permission[]> = {
  admin: PERMISSIONS,
  user: [
    'memories:read',
    'memories:write',
    'memories:delete',
    'clusters:read',
    'policies:execute',
    'keys:manage',
  ],
  readonly: ['memories:read', 'clusters:read'],
};

/** What concerns the whole server: an administrator of one namespace of it has no say there. */
const OF_THE_SERVER: readonly Permission[] = ['users:manage', 'audit:read', 'metrics:read'];

/**
 * What a role allows in the account's own namespace (where `admin` means: of this server), or in one that it is
 * only a member of.
 */
export function permissionsOf(role: Role, where: 'own' | 'member'): ReadonlySet<Permission> {
  return PERMISSION_SETS[where][role];
}

const setsOf = (without: readonly Permission[]) =>
  Object.fromEntries(
    ROLES.map((role) => [role, new Set(ROLE_PERMISSIONS[role].filter((one) => !without.includes(one)))]),
  ) as unknown as Record<Role, ReadonlySet<Permission>>;
const PERMISSION_SETS = { own: setsOf([]), member: setsOf(OF_THE_SERVER) };

/** Permissions that an API key may carry: a key never manages keys, users or the audit of others. */
export const KEY_PERMISSIONS: readonly Permission[] = [
  'memories:read',
  'memories:write',
  'memories:delete',
  'clusters:read',
  'projects:write',
  'scans:write',
  'scans:read',
  'metrics:read',
  'webhooks:manage',
];
