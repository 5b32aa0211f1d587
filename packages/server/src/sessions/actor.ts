import type { Actor } from '../access/actor.ts';
import { permissionsOf, ROLES } from '../access/permissions.ts';
import { namespaceSettings } from '../namespaces/settings.ts';
import type { Identity } from './credential-cache.ts';
import { type SessionRow, sessionStands } from './store.ts';
import { type AccessClaims, TokenRefused } from './tokens.ts';

/** The role that a session has where it acts, while account and session stand; else why not. */
export function standingOf(row: SessionRow, now: number) {
  if (row.revoked_at !== null) throw new TokenRefused('revoked');
  if (row.expires_at <= now) throw new TokenRefused('expired');
  const role = ROLES.find((known) => known === row.role);
  if (row.is_active !== 1 || !role) throw new TokenRefused('stale');
  return role;
}

/**
 * Who a token stands for now: what it claims has to agree with its session and its account.
 * @throws TokenRefused
 */
export function identityOf(claims: AccessClaims, row: SessionRow | undefined, now: number): Identity {
  if (!row || row.account_public_id !== claims.sub) throw new TokenRefused('unknown');
  const role = standingOf(row, now);
  const stands =
    row.epoch === claims.epoch && role === claims.role && row.namespace_public_id === claims.namespace;
  if (!stands) throw new TokenRefused('stale');
  const { require_mfa, audit_reads } = namespaceSettings(row.namespace_settings);
  const actor: Actor = {
    kind: 'account',
    id: claims.sub,
    account: { row: row.account, publicId: claims.sub },
    namespace: { id: row.namespace, publicId: row.namespace_public_id },
    auditReads: audit_reads,
    role,
    permissions: permissionsOf(role, row.namespace === row.own_namespace ? 'own' : 'member'),
    ...(role === 'admin' ? {} : { boundTo: { user_id: claims.sub } }),
    session: claims.sid,
    provedAt: row.proved_at,
    withMfa: row.with_mfa === 1,
    rootSession: row.root,
    sessionEnds: row.expires_at,
    guard: {
      ...sessionStands.bind({ session: claims.sid, account: row.account, epoch: row.epoch, role }),
      otherwise: 'stale_authorization',
    },
  };
  return {
    actor: Object.freeze(actor),
    expiresAt: Math.min(claims.exp * 1000, row.expires_at),
    ...(row.must_change_password === 1 ? { first: 'password_change_required' } : {}),
    ...(row.must_change_password !== 1 && require_mfa && row.with_mfa !== 1
      ? { first: 'mfa_enrolment_required' }
      : {}),
  };
}
