import { timingSafeEqual } from 'node:crypto';
import type { Account } from '../accounts/service.ts';
import type { Recorder } from '../audit/recorder.ts';
import type { Leaf } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { keyedDigest } from '../encryption/digest.ts';
import type { ServerKeys } from '../encryption/server-keys.ts';
import { sealField } from './actor.ts';
import { keyState, presentKey } from './present.ts';
import { deleteKey, insertKey, type KeyRow, keyById } from './store.ts';

/** The key whose secret is a setting. No other key has this id: theirs are twelve letters. */
export const STATIC_KEY_ID = 'auth-token';
const NAME = 'AUTH_TOKEN';
const PERMISSIONS = ['memories:read', 'memories:write', 'memories:delete'] as const;

export interface StaticKeyDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  keys: ServerKeys;
  recorder: Recorder;
  forgetKey(id: string): void;
  now: () => number;
}

/**
 * What a start found and did; `revoked`: somebody ended the key of this very token, and it stays ended; `inactive`: the
 * account that it was made for opens nothing now, nor does the key.
 */
export type Settled = 'made' | 'kept' | 'replaced' | 'removed' | 'revoked' | 'inactive' | 'none';

type Owner = Pick<Account, 'row' | 'namespace'>;

/**
 * The API key of an operator who sets its secret instead of asking for one. It is a row like every key's: it is
 * listed, can be revoked, ends with its owner, and guards its changes. Its secret was thought of by a person, so that
 * its digest is a keyed one: whoever has the database alone cannot try guesses on it.
 */
export class StaticKey {
  private readonly deps: StaticKeyDeps;
  private current: Buffer | undefined;

  constructor(deps: StaticKeyDeps) {
    this.deps = deps;
  }

  /** Whether this text is the setting's. Whether the key still stands is the row's to say. */
  is(text: string): boolean {
    return this.current !== undefined && timingSafeEqual(this.current, this.digestOf(text));
  }

  digestOf(token: string): Buffer {
    return keyedDigest(this.deps.keys.digest, `static key:${token}`);
  }

  /**
   * Brings the row in line with the setting, with an event for what that changes. For the start of a server. A new token
   * is for the namespace of `owner`; one that is known stays where it was made: its holders would else be let into the
   * memories of another administrator by whatever happened to the first.
   */
  async settle(token: string | undefined, owner: Owner): Promise<Settled> {
    const { writer, forgetKey } = this.deps;
    const [row] = await writer.read(keyById, { id: STATIC_KEY_ID });
    if (token === undefined) {
      // One that somebody ended stays, to be known again: an old setting that comes back must not open anything.
      if (!row || row.revoked_at !== null) return 'none';
      await writer.commit({ steps: [endingOf(row)], leaves: this.ended(row) });
      forgetKey(STATIC_KEY_ID);
      return 'removed';
    }
    const digest = this.digestOf(token);
    this.current = digest;
    if (row && digest.equals(row.secret_digest)) {
      if (row.revoked_at !== null) return 'revoked';
      return row.is_active === 1 ? 'kept' : 'inactive';
    }
    const { step, leaf } = this.making(digest, owner);
    const steps = row ? [endingOf(row), step] : [step];
    await writer.commit({ steps, leaves: [...(row ? this.ended(row) : []), leaf] });
    forgetKey(STATIC_KEY_ID);
    return row ? 'replaced' : 'made';
  }

  private making(digest: Buffer, owner: Owner) {
    const { keys, recorder, now } = this.deps;
    const at = now();
    const name = sealField(keys, STATIC_KEY_ID, 'name', NAME);
    const permissions = JSON.stringify(PERMISSIONS);
    const step = insertKey.bind({
      publicId: STATIC_KEY_ID,
      namespace: owner.namespace.id,
      account: owner.row,
      name,
      digest,
      permissions,
      entities: null,
      maxTrust: null,
      at,
      expires: null,
      rotateAfterDays: null,
      signingAlgorithm: null,
      signingKey: null,
      signatureRequired: 0,
    });
    const made = presentKey(keys, {
      public_id: STATIC_KEY_ID,
      name_sealed: name,
      permissions,
      entities: null,
      max_trust: null,
      created_at: at,
      expires_at: null,
      last_used_at: null,
      rotated_at: null,
      previous_until: null,
      rotate_after_days: null,
      signing_algorithm: null,
      signature_required: 0,
    });
    const event = this.event('apikey.created', owner.namespace.publicId);
    return { step, leaf: recorder.leaf({ ...event, private: { name: NAME }, after: keyState(made) }) };
  }

  /** Nothing where somebody ended it before: that was told then. */
  private ended(row: KeyRow): Leaf[] {
    if (row.revoked_at !== null) return [];
    return [this.deps.recorder.leaf(this.event('apikey.revoked', row.namespace_public_id))];
  }

  private event<T extends 'apikey.created' | 'apikey.revoked'>(type: T, namespace: string) {
    return {
      type,
      time: this.deps.now(),
      actor: { kind: 'system' as const },
      namespace,
      resource: { type: 'api_key', ids: [STATIC_KEY_ID] },
      success: true,
    };
  }
}

/** Only of the row that was read: another server on the same database may have replaced it meanwhile. */
function endingOf({ id, secret_digest: digest }: KeyRow) {
  return { ...deleteKey.bind({ id, digest }), otherwise: 'not_found' };
}
