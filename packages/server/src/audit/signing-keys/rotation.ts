import type { z } from 'zod';
import { UnitRefused } from '../../database/errors.ts';
import type { GroupCommit } from '../../database/group-commit.ts';
import type { Step } from '../../database/unit.ts';
import type { KeyProvider } from '../../encryption/envelope.ts';
import type { DataKey } from '../../encryption/seal.ts';
import { FIRST_SIGNING_KEY, newSigningKey } from '../../encryption/server-keys.ts';
import { deleteSecret } from '../../encryption/store.ts';
import type { AuditEvent } from '../entry.ts';
import type { AuditLedger } from '../ledger.ts';
import { createSigner, encodeVerifierKey, type Signer } from '../note.ts';
import { leafOf } from '../recorder.ts';
import { forgetKey, insertKey } from '../store.ts';
import type { rotatedKey } from './answers.ts';
import type { CurrentSigner } from './current-signer.ts';
import { MAX_ROTATIONS } from './key-chain.ts';
import { signRotation } from './rotation-note.ts';

/** What the main thread tells the writer. The keys, and so the event's resource, are known here only. */
export interface RotationRequest {
  /** `audit.key.rotated`, without its resource. */
  event: Omit<AuditEvent, 'resource'>;
  /** Refuses the rotation when the credential behind it no longer holds. */
  guard: Step;
}

/** The new key, as verifier key text, and what came before it. */
export type RotatedKey = z.output<typeof rotatedKey>;

export interface RotationDeps {
  ledger: AuditLedger;
  commits: Pick<GroupCommit, 'commit'>;
  provider: KeyProvider;
  /** Seals the event's private part. */
  recordsKey: DataKey;
  now: () => number;
}

/**
 * Replaces the key that signs the log, in the writer thread. One transaction has the last checkpoint of the old key,
 * the rotation note, the end of the old private key, the event, and the first checkpoint of the new key: a crash
 * leaves all of it or nothing.
 */
export class KeyRotation {
  private readonly deps: RotationDeps;
  private current: CurrentSigner;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(current: CurrentSigner, deps: RotationDeps) {
    this.current = current;
    this.deps = deps;
  }

  /** One after another. @throws UnitRefused (`limit_reached` after ten thousand), DatabaseError; then the old key goes on. */
  rotate(request: RotationRequest): Promise<RotatedKey> {
    const rotated = this.turn.catch(() => undefined).then(() => this.replace(request));
    this.turn = rotated;
    return rotated;
  }

  private async replace({ event, guard }: RotationRequest): Promise<RotatedKey> {
    const { ledger, commits, provider, recordsKey, now } = this.deps;
    const { signer: old, generation } = this.current;
    // A longer chain counts as a hostile one: with it the server would not start again.
    if (generation >= MAX_ROTATIONS) throw new UnitRefused('limit_reached');
    const next = await newSigner(old, provider, generation + 1);
    // From here on nothing waits: no group of the writer's comes between.
    const { size } = ledger;
    const rotation = signRotation({ origin: old.name, size, time: now() }, old, next.signer);
    const ids = [old.id.toString('hex'), next.signer.id.toString('hex')];
    const leaf = leafOf({ ...event, resource: { type: 'audit_key', ids } }, recordsKey);
    const forget =
      generation === 0 ? deleteSecret.bind({ name: FIRST_SIGNING_KEY }) : forgetKey.bind({ generation });
    const steps = [
      guard,
      { ...forget, otherwise: 'signing_key_changed' },
      insertKey.bind({ generation: generation + 1, sealed: next.sealed, note: rotation, at: now() }),
    ];
    const outcome = ledger.handOver(next.signer, () => commits.commit([{ steps, leaves: [leaf] }])[0]!);
    if (!outcome.ok) throw outcome.error;
    this.current = { signer: next.signer, generation: generation + 1 };
    return {
      generation: generation + 1,
      key: encodeVerifierKey(next.signer),
      previous_key: encodeVerifierKey(old),
      size,
      rotation,
    };
  }
}

/** The log keeps its name, and no two neighbours share the four bytes that a note knows a key by. */
async function newSigner(
  old: Signer,
  provider: KeyProvider,
  generation: number,
): Promise<{ signer: Signer; sealed: Buffer }> {
  for (;;) {
    const { privateKey, sealed } = await newSigningKey(provider, generation);
    const signer = createSigner(old.name, privateKey);
    if (!signer.id.equals(old.id)) return { signer, sealed };
  }
}
