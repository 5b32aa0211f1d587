import type { Actor } from '../access/actor.ts';
import { type Permission, ROLE_PERMISSIONS, type Role } from '../access/permissions.ts';
import type { Identity } from './credential-cache.ts';
import { type SessionRow, sessionStands } from './store.ts';
import { type AccessClaims, TokenRefused } from './tokens.ts';

const PERMISSIONS_OF: Record<Role, ReadonlySet<Permission>> = {
  admin: new Set(ROLE_PERMISSIONS.admin),
  user: new Set(ROLE_PERMISSIONS.user),
  readonly: new Set(ROLE_PERMISSIONS.readonly),
};

/**
 * Who a token stands for now: what it claims has to agree with its session and its account.
 * @throws TokenRefused
 */
export function identityOf(claims: AccessClaims, row: SessionRow | undefined, now: number): Identity {
  if (!row || row.account_public_id !== claims.sub) throw new TokenRefused('unknown');
  if (row.revoked_at !== null) throw new TokenRefused('revoked');
  if (row.expires_at <= now) throw new TokenRefused('expired');
  const stands =
    row.is_active === 1 &&
    row.epoch === claims.epoch &&
    row.role === claims.role &&
    row.namespace_public_id === claims.namespace;
  if (!stands) throw new TokenRefused('stale');
  const { role } = claims;
  const actor: Actor = {
    kind: 'account',
    id: claims.sub,
    account: { row: row.account, publicId: claims.sub },
    namespace: { id: row.namespace, publicId: row.namespace_public_id },
    role,
    permissions: PERMISSIONS_OF[role],
    ...(role === 'admin' ? {} : { boundTo: { user_id: claims.sub } }),
    session: claims.jti,
    guard: {
      ...sessionStands.bind({ session: claims.jti, account: row.account, epoch: row.epoch }),
      otherwise: 'stale_authorization',
    },
  };
  return {
    actor: Object.freeze(actor),
    expiresAt: Math.min(claims.exp * 1000, row.expires_at),
    mustChangePassword: row.must_change_password === 1,
  };
}
