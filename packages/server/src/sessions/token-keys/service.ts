import type { KeyObject } from 'node:crypto';
import type { Authorized } from '../../access/actor.ts';
import type { Recorder } from '../../audit/recorder.ts';
import { UnitRefused } from '../../database/errors.ts';
import type { Step } from '../../database/unit.ts';
import type { WriterClient } from '../../database/writer-client.ts';
import type { ServerKeys } from '../../encryption/server-keys.ts';
import {
  newTokenKey,
  openTokenKey,
  sealTokenKey,
  type TokenJwk,
  type TokenKey,
} from '../../encryption/token-key.ts';
import { auditActor, type Origin, traced } from '../../http/origin.ts';
import { insertTokenKey, noneSigns, retireKeys, standingKeys } from './store.ts';

export interface TokenKeyDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  keys: ServerKeys;
  recorder: Recorder;
  now: () => number;
  accessTokenMinutes: number;
}

/** A replica that has not seen a rotation yet signs with the old key for so long; its clock may differ too. */
const GRACE_MS = 60_000;
/** How old a copy of the table may be. */
const FRESH_MS = 5000;
/** The same for a key that the copy does not have: it may be new, or invented to make this server read. */
const UNKNOWN_MS = 1000;

/** What was read of the table, newest key first. `turn` is the order in which readings began. */
interface Copy {
  turn: number;
  readAt: number;
  keys: (TokenKey & { retiredAt: number | null })[];
}

/**
 * The Ed25519 keys of access tokens, kept in the database so that all replicas sign with the same one. The newest
 * signs; a retired one still verifies until the last token that it signed has expired.
 */
export class TokenKeys {
  private readonly deps: TokenKeyDeps;
  private readonly verifiableMs: number;
  private copy: Copy = { turn: 0, readAt: Number.NEGATIVE_INFINITY, keys: [] };
  private turns = 0;
  private reading: Promise<void> | undefined;

  constructor(deps: TokenKeyDeps) {
    this.deps = deps;
    this.verifiableMs = deps.accessTokenMinutes * 60_000 + GRACE_MS;
  }

  /** Makes the first key if there is none: of two servers that start at once, one makes it for both. */
  async load(): Promise<void> {
    const { writer, recorder, now } = this.deps;
    await this.read();
    if (this.newest()) return;
    const key = newTokenKey();
    try {
      const first: Step = { ...noneSigns.bind({}), otherwise: 'token_key_exists' };
      const actor = { kind: 'system' } as const;
      const event = recorder.leaf({ ...rotated(key, now()), actor, action: 'create' });
      await writer.commit({ steps: [first, this.insertion(key, now())], leaves: [event] });
    } catch (error) {
      if (!(error instanceof UnitRefused)) throw error;
    }
    await this.read();
  }

  /** The newest key that is not retired. */
  async signing(): Promise<{ kid: string; key: KeyObject }> {
    await this.refresh(FRESH_MS);
    const key = this.newest();
    if (!key) throw new Error('there is no token key: load() makes the first one');
    return { kid: key.kid, key: key.privateKey };
  }

  /** The public key of an id, while a token that it signed can still be valid; else undefined. */
  async verifying(kid: string): Promise<KeyObject | undefined> {
    await this.refresh(this.copy.keys.some((key) => key.kid === kid) ? FRESH_MS : UNKNOWN_MS);
    return this.verifiable().find((key) => key.kid === kid)?.publicKey;
  }

  /** The JWK set (RFC 7517) of all that `verifying` knows. */
  async jwks(): Promise<{ keys: TokenJwk[] }> {
    await this.refresh(FRESH_MS);
    return { keys: this.verifiable().map(({ jwk }) => jwk) };
  }

  /**
   * A new key signs from now on, the one before only verifies for an access token's lifetime and a minute more.
   * @throws UnitRefused `stale_authorization` when the actor's credential no longer holds.
   */
  async rotate(actor: Authorized<'users:manage'>, origin: Origin): Promise<{ kid: string }> {
    const { writer, recorder, now } = this.deps;
    const key = newTokenKey();
    const at = now();
    const event = recorder.leaf({
      ...traced(origin),
      ...rotated(key, at),
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
    });
    // Whatever signs is retired, whether this server has seen it or not: two rotations at once need no order.
    const steps = [actor.guard, retireKeys.bind({ at }), this.insertion(key, at)];
    await writer.commit({ steps, leaves: [event] });
    await this.read();
    return { kid: key.kid };
  }

  private insertion(key: TokenKey, at: number): Step {
    const sealed = sealTokenKey(this.deps.keys.records, key);
    return insertTokenKey.bind({ id: key.kid, sealed, publicKey: JSON.stringify(key.jwk), at });
  }

  private newest(): TokenKey | undefined {
    return this.copy.keys.find(({ retiredAt }) => retiredAt === null);
  }

  private verifiable(): TokenKey[] {
    const since = this.deps.now() - this.verifiableMs;
    return this.copy.keys.filter(({ retiredAt }) => retiredAt === null || retiredAt > since);
  }

  /** Reads the table where the copy is older than that; all who come meanwhile wait for one reading. */
  private async refresh(oldest: number): Promise<void> {
    const age = this.deps.now() - this.copy.readAt;
    // A clock that was set back makes ages below zero.
    if (age >= 0 && age < oldest) return;
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    await this.reading;
  }

  private async read(): Promise<void> {
    const { writer, keys, now } = this.deps;
    const readAt = now();
    const turn = ++this.turns;
    const rows = await writer.read(standingKeys, { since: readAt - this.verifiableMs });
    const opened = rows.map(({ id, sealed, retired_at }) => {
      // The same object each time: the JOSE library remembers what it made of it.
      const known = this.copy.keys.find(({ kid }) => kid === id) ?? openTokenKey(keys.records, id, sealed);
      return { ...known, retiredAt: retired_at };
    });
    // A reading that began before another one and ended after it is out of date.
    if (turn > this.copy.turn) this.copy = { turn, readAt, keys: opened };
  }
}

function rotated({ kid }: TokenKey, time: number) {
  const resource = { type: 'token_key', ids: [kid] };
  return { type: 'auth.tokenkey.rotated', time, resource, success: true } as const;
}
