/** Everything that a route or tool can ask for. */
export const PERMISSIONS = [
  'memories:read',
  'memories:write',
  'memories:delete',
  'memories:reveal',
  'clusters:read',
  'clusters:write',
  'policies:execute',
  'audit:read',
  'quarantine:review',
  'keys:manage',
  'users:manage',
  'scans:write',
  'deployments:approve',
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

/** Permissions that an API key may carry: a key never manages keys, users or the audit of others. */
export const KEY_PERMISSIONS: readonly Permission[] = [
  'memories:read',
  'memories:write',
  'memories:delete',
  'clusters:read',
  'scans:write',
];
