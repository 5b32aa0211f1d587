import type { Actor, Entities } from '../access/actor.ts';
import { KEY_PERMISSIONS, type Permission, permissionsOf, ROLES } from '../access/permissions.ts';
import { open, seal } from '../encryption/seal.ts';
import type { ServerKeys } from '../encryption/server-keys.ts';
import { namespaceSettings } from '../namespaces/settings.ts';
import { type KeyRow, keyStands } from './store.ts';

export type SealedField = 'name' | 'entities' | 'signing_key';

const address = (publicId: string, field: SealedField) => ({
  namespace: 0,
  table: 'api_keys',
  row: publicId,
  field,
});

export function sealField(keys: ServerKeys, publicId: string, field: SealedField, value: string): Buffer {
  return seal(keys.records, address(publicId, field), Buffer.from(value));
}

export function openField(
  keys: ServerKeys,
  publicId: string,
  field: SealedField,
  sealed: Uint8Array,
): string {
  return open(keys.records, address(publicId, field), sealed).toString();
}

/** Entity ids name people: sealed like the name, in base64 because their column is text. */
export function sealEntities(keys: ServerKeys, publicId: string, entities: Entities): string {
  return sealField(keys, publicId, 'entities', JSON.stringify(entities)).toString('base64');
}

export function openEntities(keys: ServerKeys, publicId: string, stored: string | null): Entities | null {
  if (stored === null) return null;
  return JSON.parse(openField(keys, publicId, 'entities', Buffer.from(stored, 'base64'))) as Entities;
}

/**
 * The actor of a key that was proved: its right is what the key carries and its maker's role still allows.
 * Undefined when its maker has no role that this version knows, or may not reach the key's entities any more.
 */
export function keyActor(
  keys: ServerKeys,
  row: KeyRow,
  digest: Uint8Array,
  now: () => number,
): Actor | undefined {
  const role = ROLES.find((known) => known === row.role);
  if (!role) return undefined;
  const carried = JSON.parse(row.permissions) as Permission[];
  const allowed = permissionsOf(role, row.namespace === row.own_namespace ? 'own' : 'member');
  const permissions = carried.filter(
    (permission) => KEY_PERMISSIONS.includes(permission) && allowed.has(permission),
  );
  const given = openEntities(keys, row.public_id, row.entities);
  // Among other members a key reaches no further than its maker's login there: only an administrator sees others'.
  const own = role === 'admin' || row.namespace === row.own_namespace;
  const entities = own ? given : { ...given, user_id: row.account_public_id };
  if (given?.user_id !== undefined && given.user_id !== entities?.user_id) return undefined;
  const actor: Actor = {
    kind: 'api_key',
    id: row.public_id,
    account: { row: row.account, publicId: row.account_public_id },
    namespace: { id: row.namespace, publicId: row.namespace_public_id },
    auditReads: namespaceSettings(row.namespace_settings).audit_reads,
    role,
    permissions: new Set(permissions),
    ...(entities ? { boundTo: Object.freeze(entities) } : {}),
    // Bound when it is asked for: the actor is kept between requests, and the key may expire meanwhile.
    get guard() {
      return {
        ...keyStands.bind({ id: row.id, role, digest, now: now() }),
        otherwise: 'stale_authorization',
      };
    },
  };
  return Object.freeze(actor);
}
