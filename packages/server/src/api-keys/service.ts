import type { Actor, Authorized, Entities } from '../access/actor.ts';
import { can } from '../access/actor.ts';
import { AccessError } from '../access/errors.ts';
import { KEY_PERMISSIONS, type Permission, permissionsOf } from '../access/permissions.ts';
import type { Account } from '../accounts/service.ts';
import type { AuditActor, AuditEvent } from '../audit/entry.ts';
import type { Recorder } from '../audit/recorder.ts';
import { UnitRefused } from '../database/errors.ts';
import type { Leaf, Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { ed25519PublicKey } from '../encryption/message-signing.ts';
import { randomBytes } from '../encryption/randomness.ts';
import type { ServerKeys } from '../encryption/server-keys.ts';
import { InputError } from '../http/input.ts';
import { auditActor, NO_REQUEST, type Origin, traced } from '../http/origin.ts';
import { namespaceSettings } from '../namespaces/settings.ts';
import { keyActor, openField, sealEntities, sealField } from './actor.ts';
import { ApiKeyError, type KeyRefusal } from './errors.ts';
import { isDigestOf, keyDigest, keyIdOf, newKeyText } from './key-text.ts';
import { type ApiKey, keyState, type NewApiKey, presentKey } from './present.ts';
import type { NewKeyInput } from './schema.ts';
import { type Settled, STATIC_KEY_ID, StaticKey } from './static-key.ts';
import {
  insertKey,
  isOwnNamespace,
  type KeyRow,
  keyById,
  keyInReach,
  keysOfAccount,
  keysOfNamespace,
  markUsed,
  type Reach,
  revokeAllKeysOf,
  revokeKey,
  revokeKeysOf,
  roomForKey,
  rotateKey,
} from './store.ts';

export type { ApiKey, NewApiKey } from './present.ts';
export type { Settled } from './static-key.ts';

export interface ApiKeyDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  keys: ServerKeys;
  recorder: Recorder;
  /** Forgets what was remembered of a key: called once it is revoked. */
  forgetKey(id: string): void;
  now: () => number;
}

/** Who a key stands for now, until when (epoch milliseconds), and how its requests are signed. */
export interface VerifiedKey {
  actor: Actor;
  expiresAt: number;
  signing?: {
    required: boolean;
    key: { keyId: string; algorithm: 'hmac-sha256' | 'ed25519'; key: Uint8Array } | undefined;
  };
}

type Maker = Pick<Account, 'row' | 'publicId' | 'namespace'> & { permissions: ReadonlySet<Permission> };
type Origins = { actor: AuditActor; origin: Origin; guard: Step[] };

const FIRST_KEY: NewKeyInput = {
  name: 'first key',
  permissions: ['memories:read', 'memories:write', 'memories:delete'],
};
/** Keys in use that one account may have. */
const MOST = 1000;
const USE_NOTED_MS = 60_000;
const USES_HELD = 10_000;

/** API keys: random secrets that programs carry, bound to a namespace, to permissions and, if wished, to entities. */
export class ApiKeyService {
  private readonly deps: ApiKeyDeps;
  /** When the use of a key was last noted, newest last. */
  private readonly noted = new Map<string, number>();
  private readonly staticKey: StaticKey;

  constructor(deps: ApiKeyDeps) {
    this.deps = deps;
    this.staticKey = new StaticKey(deps);
  }

  /** Brings the key whose secret is a setting in line with it. @see StaticKey.settle */
  settleStatic(token: string | undefined, owner: Pick<Account, 'row' | 'namespace'>): Promise<Settled> {
    return this.staticKey.settle(token, owner);
  }

  /** Whether this text, in no form of a key, is the secret of the key that is a setting. */
  isStatic(text: string): boolean {
    return this.staticKey.is(text);
  }

  /**
   * @throws AccessError `permission_denied` for a permission that the maker lacks; InputError for an end in the past,
   * a public key that is none, or the entities of another member; UnitRefused `limit_reached` beyond a thousand keys.
   */
  async create(actor: Authorized<'keys:manage'>, input: NewKeyInput, origin: Origin): Promise<NewApiKey> {
    const maker = {
      row: actor.account.row,
      publicId: actor.account.publicId,
      namespace: actor.namespace,
      permissions: actor.permissions,
    };
    const by = { actor: auditActor(actor), origin, guard: [actor.guard] };
    return this.make(maker, await this.withinReach(actor, input), by);
  }

  /** The key that a first start hands out, for the account's whole namespace. */
  createFirstKey(account: Pick<Account, 'row' | 'publicId' | 'namespace' | 'role'>): Promise<NewApiKey> {
    const maker = { ...account, permissions: permissionsOf(account.role, 'own') };
    return this.make(maker, FIRST_KEY, { actor: { kind: 'system' }, origin: NO_REQUEST, guard: [] });
  }

  /** The keys in use: one's own, or for those who manage the namespace all of it. Oldest first. */
  async list(actor: Authorized<'keys:manage'>): Promise<ApiKey[]> {
    const { writer, keys } = this.deps;
    const { id: namespace } = actor.namespace;
    const rows = can(actor, 'members:manage')
      ? await writer.read(keysOfNamespace, { namespace })
      : await writer.read(keysOfAccount, { account: actor.account.row, namespace });
    return rows.map((row) => presentKey(keys, row));
  }

  /**
   * Ends a key at once and for good.
   * @throws ApiKeyError `not_found`, the same for somebody else's key, a revoked one and one that never was.
   */
  async revoke(actor: Authorized<'keys:manage'>, id: string, origin: Origin): Promise<void> {
    const at = this.deps.now();
    const step = revokeKey.bind({ ...reachOf(actor, id), at });
    await this.change(actor, id, [step], { ...keyEvent('apikey.revoked', id, actor, at), ...traced(origin) });
  }

  /**
   * A new secret under the same id. The old one is good for `overlapSeconds` more, so that it can be replaced
   * everywhere before it ends. A signing secret made here is renewed with it, at once.
   * @throws ApiKeyError `not_found`
   */
  async rotate(
    actor: Authorized<'keys:manage'>,
    id: string,
    overlapSeconds: number,
    origin: Origin,
  ): Promise<NewApiKey> {
    const { writer, keys, now } = this.deps;
    const at = now();
    const reach = reachOf(actor, id);
    const [before] = await writer.read(keyInReach, reach);
    if (!before) throw new ApiKeyError('not_found');
    if (id === STATIC_KEY_ID)
      throw new InputError('This key is the setting AUTH_TOKEN: change it there and restart the server.');
    const { text } = newKeyText(id);
    const secret = before.signing_algorithm === 'hmac-sha256' ? randomBytes(32) : undefined;
    const step = rotateKey.bind({
      ...reach,
      digest: keyDigest(text),
      until: at + overlapSeconds * 1000,
      at,
      signingKey: secret ? sealField(keys, id, 'signing_key', secret.toString('base64')) : null,
    });
    const row = { ...before, rotated_at: at, previous_until: at + overlapSeconds * 1000 };
    const rotated = presentKey(keys, row);
    await this.change(actor, id, [step], {
      ...keyEvent('apikey.rotated', id, actor, at),
      ...traced(origin),
      before: keyState(presentKey(keys, before)),
      after: keyState(rotated),
    });
    const { id: _, ...shown } = rotated;
    return { id, key: text, ...shown, ...(secret ? { signing_secret: secret.toString('base64') } : {}) };
  }

  /** For the unit of whatever ends an account's keys: those of one namespace, or all. */
  endOf(account: number, at: number, namespace?: number): Step {
    return namespace === undefined
      ? revokeAllKeysOf.bind({ account, at })
      : revokeKeysOf.bind({ account, namespace, at });
  }

  /** Who a key stands for now, or why it does not. */
  async verify(text: string): Promise<VerifiedKey | { refused: KeyRefusal }> {
    const { writer, keys, now } = this.deps;
    const fixed = this.staticKey.is(text);
    const id = fixed ? STATIC_KEY_ID : keyIdOf(text);
    if (id === undefined) return { refused: 'malformed' };
    const digest = fixed ? this.staticKey.digestOf(text) : keyDigest(text);
    const [row] = await writer.read(keyById, { id });
    if (!row) return { refused: 'unknown' };
    const at = now();
    const current = isDigestOf(row.secret_digest, digest);
    const previous = !current && row.previous_digest !== null && isDigestOf(row.previous_digest, digest);
    if (!current && !previous) return { refused: 'unknown' };
    if (row.revoked_at !== null) return { refused: 'revoked' };
    const ends = row.expires_at ?? Number.POSITIVE_INFINITY;
    if (ends <= at) return { refused: 'expired' };
    if (previous && row.previous_until! <= at) return { refused: 'rotated' };
    const actor = row.is_active === 1 ? keyActor(keys, row, digest, now) : undefined;
    if (!actor) return { refused: 'stale' };
    const signing = this.signingOf(row);
    return {
      actor,
      expiresAt: previous ? Math.min(ends, row.previous_until!) : ends,
      ...(signing ? { signing } : {}),
    };
  }

  /** Notes that a key was used, at most once a minute a key. Never throws: a use is not worth a failed request. */
  used({ id }: Actor): void {
    const { writer, now } = this.deps;
    const at = now();
    if (at - (this.noted.get(id) ?? Number.NEGATIVE_INFINITY) < USE_NOTED_MS) return;
    this.noted.delete(id);
    this.noted.set(id, at);
    if (this.noted.size > USES_HELD) this.noted.delete(this.noted.keys().next().value!);
    writer.commit({ steps: [markUsed.bind({ id, at })], leaves: [] }).catch(() => undefined);
  }

  /** A member who is no administrator reaches only what is their own: so do their keys. */
  private async withinReach(actor: Authorized<'keys:manage'>, input: NewKeyInput): Promise<NewKeyInput> {
    const { account, namespace, role } = actor;
    const place = { account: account.row, namespace: namespace.id };
    if (role === 'admin' || (await this.deps.writer.read(isOwnNamespace, place)).length > 0) return input;
    const { user_id = account.publicId } = input.entities ?? {};
    const path = 'entities.user_id';
    const message = 'must be your own id in a namespace that you are a member of';
    if (user_id !== account.publicId) throw new InputError(`${path}: ${message}`, [{ path, message }]);
    return { ...input, entities: { ...input.entities, user_id } };
  }

  private signingOf(row: KeyRow): VerifiedKey['signing'] {
    const { signing_algorithm: algorithm, signing_key_sealed: sealed, public_id: keyId } = row;
    const required =
      row.signature_required === 1 || namespaceSettings(row.namespace_settings).require_signatures;
    if (sealed === null || (algorithm !== 'hmac-sha256' && algorithm !== 'ed25519'))
      return required ? { required, key: undefined } : undefined;
    const key = Buffer.from(openField(this.deps.keys, keyId, 'signing_key', sealed), 'base64');
    return { required, key: { keyId, algorithm, key } };
  }

  private async change(
    actor: Authorized<'keys:manage'>,
    id: string,
    [step]: [Step],
    event: Omit<AuditEvent, 'actor'>,
  ): Promise<void> {
    const { writer, recorder, forgetKey } = this.deps;
    const leaf = recorder.leaf({ ...event, actor: auditActor(actor) });
    try {
      await writer.commit({ steps: [actor.guard, { ...step, otherwise: 'not_found' }], leaves: [leaf] });
    } catch (error) {
      throw error instanceof UnitRefused && error.code === 'not_found' ? new ApiKeyError('not_found') : error;
    } finally {
      forgetKey(id);
    }
  }

  private async make(maker: Maker, input: NewKeyInput, by: Origins): Promise<NewApiKey> {
    const { writer, keys, recorder, now } = this.deps;
    const at = now();
    const permissions = [...new Set(input.permissions)];
    for (const permission of permissions)
      if (!KEY_PERMISSIONS.includes(permission) || !maker.permissions.has(permission))
        throw new AccessError('permission_denied', permission);
    const expires = endOf(input, at);
    const { id, text } = newKeyText();
    const signing = signingKeyOf(input);
    const row = {
      public_id: id,
      name_sealed: sealField(keys, id, 'name', input.name),
      permissions: JSON.stringify(permissions),
      entities: input.entities ? sealEntities(keys, id, input.entities as Entities) : null,
      max_trust: input.max_trust ?? null,
      created_at: at,
      expires_at: expires,
      last_used_at: null,
      rotated_at: null,
      previous_until: null,
      rotate_after_days: input.rotate_after_days ?? null,
      signing_algorithm: input.signing?.algorithm ?? null,
      signature_required: Number(input.signing?.required ?? false),
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
      rotateAfterDays: row.rotate_after_days,
      signingAlgorithm: row.signing_algorithm,
      signingKey: signing ? sealField(keys, id, 'signing_key', signing.toString('base64')) : null,
      signatureRequired: row.signature_required,
    });
    const made = presentKey(keys, row);
    const leaf: Leaf = recorder.leaf({
      ...traced(by.origin, { name: input.name }),
      ...keyEvent('apikey.created', id, maker, at),
      after: keyState(made),
      actor: by.actor,
    });
    const room = { ...roomForKey.bind({ account: maker.row, most: MOST }), otherwise: 'limit_reached' };
    await writer.commit({ steps: [...by.guard, room, insert], leaves: [leaf] });
    const { id: _, ...shown } = made;
    const secret = input.signing?.algorithm === 'hmac-sha256' ? signing : undefined;
    return { id, key: text, ...shown, ...(secret ? { signing_secret: secret.toString('base64') } : {}) };
  }
}

function reachOf(actor: Authorized<'keys:manage'>, id: string): Reach {
  return {
    id,
    namespace: actor.namespace.id,
    account: actor.account.row,
    anyone: Number(can(actor, 'members:manage')),
  };
}

function signingKeyOf({ signing }: NewKeyInput): Buffer | undefined {
  if (!signing) return undefined;
  if (signing.algorithm === 'hmac-sha256') return randomBytes(32);
  try {
    return Buffer.from(ed25519PublicKey(signing.public_key));
  } catch (error) {
    // It never repeats the key, and knows best what was sent in its place.
    const { message } = error as Error;
    const path = 'signing.public_key';
    throw new InputError(`${path}: ${message}`, [{ path, message }]);
  }
}

function endOf({ expires_at }: NewKeyInput, at: number): number | null {
  if (expires_at === undefined || expires_at === null) return null;
  const expires = Date.parse(expires_at);
  const message = 'must be in the future';
  if (!(expires > at)) throw new InputError(`expires_at: ${message}`, [{ path: 'expires_at', message }]);
  return expires;
}

function keyEvent(
  type: 'apikey.created' | 'apikey.revoked' | 'apikey.rotated',
  id: string,
  { namespace: { publicId: namespace } }: Pick<Maker, 'namespace'>,
  time: number,
) {
  const event = { type, time, namespace, resource: { type: 'api_key', ids: [id] }, success: true };
  return event satisfies Omit<AuditEvent, 'actor'>;
}
