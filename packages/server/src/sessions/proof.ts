import type { Actor } from '../access/actor.ts';
import { AccountError } from '../accounts/errors.ts';
import type { Account, AccountService } from '../accounts/service.ts';
import type { AuditEvent } from '../audit/entry.ts';
import type { EventType } from '../audit/events.ts';
import type { Recorder } from '../audit/recorder.ts';
import type { Step } from '../database/unit.ts';
import { type Origin, traced } from '../http/origin.ts';
import { LimitError } from '../limits/errors.ts';
import type { Lockout, Reservation } from '../limits/lockout.ts';
import { SessionError } from './errors.ts';
import type { MfaService } from './mfa/service.ts';
import { sessionOf } from './service.ts';

export interface ProverDeps {
  recorder: Recorder;
  accounts: Pick<AccountService, 'proveAgain' | 'tellFailure'>;
  mfa: Pick<MfaService, 'enabled' | 'proof'>;
  lockout: Pick<Lockout, 'reserve'>;
  now: () => number;
}

/** The event of a failure, but for when and why. */
export type Failure = Omit<AuditEvent, 'time'>;

/** What somebody shows to be who they are. */
export interface Shown {
  password: string;
  /** Of an authenticator, or a recovery code. */
  code?: string | undefined;
}

/** Proofs of passwords and codes: each is counted before it is looked at, and each failure is told. */
export class Prover {
  private readonly deps: ProverDeps;

  constructor(deps: ProverDeps) {
    this.deps = deps;
  }

  /**
   * Password, and code where a second factor is on, of somebody who is logged in. The steps belong into the unit of
   * what they allow. A wrong password becomes an event of type `failure`.
   * @throws SessionError `invalid_credentials`, `mfa_required`; AccountError `invalid_credentials`; LimitError.
   */
  async again(
    actor: Actor,
    input: Shown,
    origin: Origin,
    failure: EventType = 'auth.stepup.failed',
  ): Promise<{ steps: Step[]; withMfa: boolean; account: Account }> {
    const { accounts, mfa, now } = this.deps;
    sessionOf(actor);
    const proof = await accounts.proveAgain(actor, input.password, origin, failure);
    const { account } = proof;
    if (!(await mfa.enabled(actor.account.row)))
      return { steps: [...proof.steps, ...proof.reservation.succeeded(now())], withMfa: false, account };
    await proof.reservation.release();
    if (input.code === undefined) throw new SessionError('mfa_required');
    const second = await this.secondFactor(account, input.code, origin);
    const steps = [...proof.steps, ...second.steps, ...second.reservation.succeeded(now())];
    return { steps, withMfa: true, account };
  }

  /** A code of the account's authenticator, or a recovery code. @throws SessionError, LimitError */
  async secondFactor(account: Account, code: string, origin: Origin) {
    const { lockout, mfa } = this.deps;
    const failed = this.failure('auth.mfa.failed', origin);
    const attempt = { what: 'code' as const, account: account.publicId, ip: origin.client.ip };
    const reservation = await this.counted(failed, () => lockout.reserve(attempt));
    const steps = await mfa.proof(account, code);
    if (!steps) return this.refuse(failed, { reservation }, account, 'wrong_code');
    return { reservation, steps };
  }

  failure(type: EventType, origin: Origin, details: Record<string, string> = {}): Failure {
    return { ...traced(origin, details), type, actor: { kind: 'anonymous' }, success: false };
  }

  /** Tells of a failure and throws, in one wording for every reason. @throws SessionError `invalid_credentials` */
  async refuse(
    failed: Failure,
    proof: { reservation: Reservation },
    known: Account | undefined,
    reason: string,
  ): Promise<never> {
    const event: AuditEvent = {
      ...failed,
      ...(known ? { namespace: known.namespace.publicId } : {}),
      ...(known ? { resource: { type: 'account', ids: [known.publicId] } } : {}),
      time: this.deps.now(),
      code: reason,
    };
    await this.deps.accounts.tellFailure(event, proof);
    throw new SessionError('invalid_credentials');
  }

  /** Notes that a lockout turned somebody away, or that too many were waiting. */
  async counted<T>(failed: Failure, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof LimitError || (error instanceof AccountError && error.code === 'hashing_busy'))
        await this.deps.recorder.record({ ...failed, time: this.deps.now(), code: error.code });
      throw error;
    }
  }
}
