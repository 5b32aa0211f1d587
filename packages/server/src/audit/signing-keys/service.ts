import type { Authorized } from '../../access/actor.ts';
import { auditActor, type Origin, traced } from '../../http/origin.ts';
import type { RotatedKey, RotationRequest } from './rotation.ts';

export interface SigningKeyDeps {
  /** In the writer thread: between two groups of changes. */
  rotate(request: RotationRequest): Promise<RotatedKey>;
  now: () => number;
}

/** The key that signs the audit log, as administrators handle it. */
export class SigningKeys {
  private readonly deps: SigningKeyDeps;

  constructor(deps: SigningKeyDeps) {
    this.deps = deps;
  }

  /**
   * A new key signs from now on, and the old private key is forgotten. What it has signed stays verifiable, with
   * either key.
   * @throws UnitRefused `stale_authorization` when the actor's credential no longer holds; DatabaseError.
   */
  rotate(actor: Authorized<'users:manage'>, origin: Origin): Promise<RotatedKey> {
    const event = {
      ...traced(origin),
      type: 'audit.key.rotated',
      time: this.deps.now(),
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      success: true,
    } as const;
    return this.deps.rotate({ event, guard: actor.guard });
  }
}
