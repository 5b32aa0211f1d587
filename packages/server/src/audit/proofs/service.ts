import type { Authorized } from '../../access/actor.ts';
import { auditActor, type Origin, traced } from '../../http/origin.ts';
import type { Recorder } from '../recorder.ts';
import type { ProofDuties } from './duties.ts';

export interface ProofDeps {
  /** The evidence thread. */
  duties: ProofDuties;
  recorder: Pick<Recorder, 'record'>;
  now: () => number;
}

/**
 * Proofs and checkpoints of the log. A proof of an event holds the event, so handing it out is a read of the log and
 * is recorded before it is answered; hashes and signatures say nothing of anybody, and are not.
 */
export class Proofs {
  private readonly deps: ProofDeps;

  constructor(deps: ProofDeps) {
    this.deps = deps;
  }

  /** @throws RemoteError with a code of proofs/errors.ts, and a message that says the range */
  async inclusion(
    actor: Authorized<'audit:read'>,
    asked: { index: number; size?: number | undefined },
    origin: Origin,
  ) {
    const { duties, recorder, now } = this.deps;
    const proof = await duties.proveInclusion(asked);
    await recorder.record({
      ...traced(origin),
      type: 'audit.listed',
      action: 'proof',
      time: now(),
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      resource: { type: 'audit_event', ids: [String(asked.index)] },
      success: true,
    });
    return proof;
  }

  consistency(_: Authorized<'audit:read'>, asked: { first: number; second?: number | undefined }) {
    return this.deps.duties.proveConsistency(asked);
  }

  checkpoint(_: Authorized<'audit:read'>, asked: { size?: number | undefined }) {
    return this.deps.duties.checkpoint(asked);
  }

  checkpoints(_: Authorized<'audit:read'>, page: { after: number; limit: number }) {
    return this.deps.duties.checkpoints(page);
  }

  keys(_: Authorized<'audit:read'>) {
    return this.deps.duties.logKeys({});
  }
}
