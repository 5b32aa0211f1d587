import type { Actor, Authorized, Entities } from '../access/actor.ts';
import { can } from '../access/actor.ts';
import { AccessError } from '../access/errors.ts';
import { KEY_PERMISSIONS, type Permission, ROLE_PERMISSIONS } from '../access/permissions.ts';
import type { Account } from '../accounts/service.ts';
import type { AuditActor, AuditEvent } from '../audit/entry.ts';
import type { Recorder } from '../audit/recorder.ts';
import { UnitRefused } from '../database/errors.ts';
import type { Leaf, Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import type { ServerKeys } from '../encryption/server-keys.ts';
import { InputError } from '../http/input.ts';
import { auditActor, NO_REQUEST, type Origin, traced } from '../http/origin.ts';
import { keyActor, openEntities, openField, sealEntities, sealField } from './actor.ts';
import { ApiKeyError, type KeyRefusal } from './errors.ts';
import { isKeyOf, keyDigest, keyIdOf, newKeyText } from './key-text.ts';
import type { NewKeyInput } from './schema.ts';
import {
  insertKey,
  keyById,
  keysOfAccount,
  keysOfNamespace,
  type ListedRow,
  revokeOfAccount,
  revokeOfNamespace,
} from './store.ts';

export interface ApiKeyDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  keys: ServerKeys;
  recorder: Recorder;
  /** Forgets what was remembered of a key: called once it is revoked. */
  forgetKey(id: string): void;
  now: () => number;
}

/** A key without its secret, as its owner sees it. */
export interface ApiKey {
  id: string;
  name: string;
  permissions: Permission[];
  /** The key only ever reaches memories of exactly these. */
  entities: Entities | null;
  max_trust: string | null;
  /** ISO 8601. */
  created_at: string;
  expires_at: string | null;
}

/** The one time that a key is shown. */
export interface NewApiKey extends ApiKey {
  key: string;
}

type Maker = Pick<Account, 'row' | 'publicId' | 'namespace' | 'role'>;
type Origins = { actor: AuditActor; origin: Origin; guard: Step[] };

const FIRST_KEY: NewKeyInput = {
  name: 'first key',
  permissions: ['memories:read', 'memories:write', 'memories:delete'],
};

/** API keys: random secrets that programs carry, bound to a namespace, to permissions and, if wished, to entities. */
export class ApiKeyService {
  private readonly deps: ApiKeyDeps;

  constructor(deps: ApiKeyDeps) {
    this.deps = deps;
  }

  /**
   * @throws AccessError `permission_denied` for a permission that the maker lacks; InputError for an end in the past.
   */
  async create(actor: Authorized<'keys:manage'>, input: NewKeyInput, origin: Origin): Promise<NewApiKey> {
    const maker = {
      row: actor.account.row,
      publicId: actor.account.publicId,
      namespace: actor.namespace,
      role: actor.role,
    };
    return this.make(maker, input, { actor: auditActor(actor), origin, guard: [actor.guard] });
  }

  /** The key that a first start hands out, for the account's whole namespace. */
  createFirstKey(account: Maker): Promise<NewApiKey> {
    return this.make(account, FIRST_KEY, { actor: { kind: 'system' }, origin: NO_REQUEST, guard: [] });
  }

  /** The keys in use: one's own, or for those who manage users all of their namespace. Oldest first. */
  async list(actor: Authorized<'keys:manage'>): Promise<ApiKey[]> {
    const { writer, keys } = this.deps;
    const rows = can(actor, 'users:manage')
      ? await writer.read(keysOfNamespace, { namespace: actor.namespace.id })
      : await writer.read(keysOfAccount, { account: actor.account.row });
    return rows.map((row) => present(keys, row));
  }

  /**
   * Ends a key at once and for good.
   * @throws ApiKeyError `not_found`, the same for somebody else's key, a revoked one and one that never was.
   */
  async revoke(actor: Authorized<'keys:manage'>, id: string, origin: Origin): Promise<void> {
    const { writer, recorder, forgetKey, now } = this.deps;
    const at = now();
    const step = can(actor, 'users:manage')
      ? revokeOfNamespace.bind({ id, namespace: actor.namespace.id, at })
      : revokeOfAccount.bind({ id, account: actor.account.row, at });
    const leaf = recorder.leaf({
      ...traced(origin),
      ...keyEvent('apikey.revoked', id, actor.namespace.publicId, at),
      actor: auditActor(actor),
    });
    try {
      await writer.commit({ steps: [actor.guard, { ...step, otherwise: 'not_found' }], leaves: [leaf] });
    } catch (error) {
      throw error instanceof UnitRefused && error.code === 'not_found' ? new ApiKeyError('not_found') : error;
    } finally {
      forgetKey(id);
    }
  }

  /** Who a key stands for now, and until when (epoch milliseconds). */
  async verify(text: string): Promise<{ actor: Actor; expiresAt: number } | { refused: KeyRefusal }> {
    const { writer, keys, now } = this.deps;
    const id = keyIdOf(text);
    if (id === undefined) return { refused: 'malformed' };
    const [row] = await writer.read(keyById, { id });
    if (!row || !isKeyOf(row.secret_digest, text)) return { refused: 'unknown' };
    if (row.revoked_at !== null) return { refused: 'revoked' };
    const expiresAt = row.expires_at ?? Number.POSITIVE_INFINITY;
    if (expiresAt <= now()) return { refused: 'expired' };
    const actor = row.is_active === 1 ? keyActor(keys, row, now) : undefined;
    return actor ? { actor, expiresAt } : { refused: 'stale' };
  }

  private async make(maker: Maker, input: NewKeyInput, by: Origins): Promise<NewApiKey> {
    const { writer, keys, recorder, now } = this.deps;
    const at = now();
    const permissions = [...new Set(input.permissions)];
    for (const permission of permissions)
      if (!KEY_PERMISSIONS.includes(permission) || !ROLE_PERMISSIONS[maker.role].includes(permission))
        throw new AccessError('permission_denied', permission);
    const expires = endOf(input, at);
    const { id, text } = newKeyText();
    const row = {
      public_id: id,
      name_sealed: sealField(keys, id, 'name', input.name),
      permissions: JSON.stringify(permissions),
      entities: input.entities ? sealEntities(keys, id, input.entities as Entities) : null,
      max_trust: input.max_trust ?? null,
      created_at: at,
      expires_at: expires,
    };
    const insert = insertKey.bind({
      publicId: id,
      namespace: maker.namespace.id,
      account: maker.row,
      name: row.name_sealed,
      digest: keyDigest(text),
      permissions: row.permissions,
      entities: row.entities,
      maxTrust: row.max_trust,
      at,
      expires,
    });
    const leaf: Leaf = recorder.leaf({
      ...traced(by.origin, { name: input.name }),
      ...keyEvent('apikey.created', id, maker.namespace.publicId, at),
      actor: by.actor,
    });
    await writer.commit({ steps: [...by.guard, insert], leaves: [leaf] });
    const { id: _, ...shown } = present(keys, row);
    return { id, key: text, ...shown };
  }
}

function endOf({ expires_at }: NewKeyInput, at: number): number | null {
  if (expires_at === undefined || expires_at === null) return null;
  const expires = Date.parse(expires_at);
  const message = 'must be in the future';
  if (!(expires > at)) throw new InputError(`expires_at: ${message}`, [{ path: 'expires_at', message }]);
  return expires;
}

function keyEvent(type: 'apikey.created' | 'apikey.revoked', id: string, namespace: string, time: number) {
  const event = { type, time, namespace, resource: { type: 'api_key', ids: [id] }, success: true };
  return event satisfies Omit<AuditEvent, 'actor'>;
}

function present(keys: ServerKeys, row: ListedRow): ApiKey {
  return {
    id: row.public_id,
    name: openField(keys, row.public_id, 'name', row.name_sealed),
    permissions: JSON.parse(row.permissions) as Permission[],
    entities: openEntities(keys, row.public_id, row.entities),
    max_trust: row.max_trust,
    created_at: new Date(row.created_at).toISOString(),
    expires_at: row.expires_at === null ? null : new Date(row.expires_at).toISOString(),
  };
}
