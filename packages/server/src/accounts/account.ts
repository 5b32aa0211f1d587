import type { z } from 'zod';
import { ROLES, type Role } from '../access/permissions.ts';
import { open, seal } from '../encryption/seal.ts';
import type { ServerKeys } from '../encryption/server-keys.ts';
import type { user } from './answers.ts';
import type { AccountRow } from './store.ts';

/** What is sealed: names and addresses. */
export interface Profile {
  username: string;
  email: string;
  full_name: string | null;
}

/** An account as the server knows it. Times are epoch milliseconds. */
export interface Account extends Profile {
  row: number;
  publicId: string;
  namespace: { id: number; publicId: string };
  role: Role;
  active: boolean;
  verified: boolean;
  mustChangePassword: boolean;
  /** Tokens of an earlier epoch are void. */
  epoch: number;
  createdAt: number;
  lastLoginAt: number | null;
}

export type User = z.output<typeof user>;

const address = (publicId: string) => ({ namespace: 0, table: 'accounts', row: publicId, field: 'profile' });

export function sealProfile(keys: ServerKeys, publicId: string, profile: Profile): Buffer {
  return seal(keys.records, address(publicId), Buffer.from(JSON.stringify(profile)));
}

/** @throws EncryptionError `decryption_failed`; Error when the row has a role that this version does not know. */
export function accountOf(keys: ServerKeys, row: AccountRow): Account {
  const role = ROLES.find((known) => known === row.role);
  if (!role) throw new Error('an account has an unknown role');
  const profile = JSON.parse(
    open(keys.records, address(row.public_id), row.profile_sealed).toString(),
  ) as Profile;
  return {
    ...profile,
    row: row.id,
    publicId: row.public_id,
    namespace: { id: row.namespace_id, publicId: row.namespace_public_id },
    role,
    active: row.is_active === 1,
    verified: row.is_verified === 1,
    mustChangePassword: row.must_change_password === 1,
    epoch: row.epoch,
    createdAt: row.created_at,
    lastLoginAt: row.last_login_at,
  };
}

export function presentUser(account: Omit<Account, 'row' | 'epoch'>): User {
  const { lastLoginAt } = account;
  return {
    id: account.publicId,
    username: account.username,
    email: account.email,
    full_name: account.full_name,
    namespace: account.namespace.publicId,
    roles: [account.role],
    is_active: account.active,
    is_verified: account.verified,
    created_at: new Date(account.createdAt).toISOString(),
    last_login_at: lastLoginAt === null ? null : new Date(lastLoginAt).toISOString(),
  };
}
