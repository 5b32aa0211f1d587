import type { Actor } from '../../access/actor.ts';
import type { AuditEvent } from '../../audit/entry.ts';
import type { Recorder } from '../../audit/recorder.ts';
import { UnitRefused } from '../../database/errors.ts';
import type { Step } from '../../database/unit.ts';
import type { WriterClient } from '../../database/writer-client.ts';
import type { ServerKeys } from '../../encryption/server-keys.ts';
import { auditActor, type Origin, traced } from '../../http/origin.ts';
import { MfaError, type MfaErrorCode } from './errors.ts';
import { type FactorOwner, openSecret, proofSteps, sealSecret } from './proof.ts';
import { digestOf, newRecoveryCodes } from './recovery-codes.ts';
import {
  confirmFactor,
  deleteFactor,
  deleteRecoveryCodes,
  factorOf,
  factorStands,
  factorStatus,
  forgetProofs,
  insertRecoveryCode,
  markSession,
  putUnconfirmed,
} from './store.ts';
import { base32, newSecret, qrSvg, stepOf, totpUri } from './totp.ts';

/**
 * Proves password and code of an account that is logged in again, with the lockout; resolves with steps that must be
 * in the unit of what they are asked for.
 */
export type ProveAgain = (
  actor: Actor,
  input: { password: string; code?: string },
  origin: Origin,
) => Promise<Step[]>;

export interface MfaDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  keys: ServerKeys;
  recorder: Recorder;
  now: () => number;
  proveAgain: ProveAgain;
  /** Counts a try to confirm before its code is looked at. @throws LimitError when the tries are used up. */
  attempt(actor: Actor, origin: Origin): Promise<{ succeeded(at: number): Step[] }>;
  /** What is remembered of the account's sessions is out of date: whether they showed a code. */
  changed(accountRow: number): void;
  /** Steps that tell the owner of the account what happened to its second factor. */
  notify(accountRow: number, what: 'on' | 'off' | 'codes'): Promise<Step[]>;
  /** What the authenticator app shows beside the code: the user name. */
  nameOf(accountRow: number): Promise<string>;
}

/** A secret that is shown once, in the three forms that apps take it in. */
export interface Enrolment {
  /** Base32, to be typed. */
  secret: string;
  /** `otpauth://totp/…` */
  uri: string;
  /** The same as a picture: a self-contained SVG. */
  qr_svg: string;
}

export interface MfaStatus {
  enabled: boolean;
  /** ISO 8601. */
  since: string | null;
  recovery_codes_left: number;
}

/** Second factors: a code of an authenticator app (RFC 6238), or one of ten recovery codes in its place. */
export class MfaService {
  private readonly deps: MfaDeps;

  constructor(deps: MfaDeps) {
    this.deps = deps;
  }

  /** Whether this account has a confirmed second factor. */
  async enabled(accountRow: number): Promise<boolean> {
    return (await this.deps.writer.read(factorStands, { account: accountRow })).length > 0;
  }

  /** @throws MfaError `permission_denied` for a key. */
  async status(actor: Actor): Promise<MfaStatus> {
    const { row } = ownerOf(actor);
    const [status] = await this.deps.writer.read(factorStatus, { account: row });
    return {
      enabled: status !== undefined,
      since: status ? new Date(status.confirmed_at!).toISOString() : null,
      recovery_codes_left: Number(status?.codes ?? 0),
    };
  }

  /**
   * A new secret, not yet in use. A second call replaces one that was not confirmed.
   * @throws MfaError `mfa_exists`, `permission_denied`.
   */
  async enrol(actor: Actor): Promise<Enrolment> {
    const { writer, keys, nameOf, now } = this.deps;
    const { row, publicId } = ownerOf(actor);
    const secret = newSecret();
    const uri = totpUri({ issuer: 'Memhold', account: await nameOf(row), secret });
    const sealed = sealSecret(keys, publicId, secret);
    const put = putUnconfirmed.bind({ account: row, secret: sealed, at: now() });
    try {
      await writer.commit({ steps: [actor.guard, { ...put, otherwise: 'mfa_exists' }], leaves: [] });
    } catch (error) {
      throw refusedAs(error, 'mfa_exists') ?? error;
    }
    return { secret: base32(secret), uri, qr_svg: qrSvg(uri) };
  }

  /**
   * The first right code turns the factor on. Returns the ten recovery codes, shown this once. Sessions stay.
   * @throws MfaError `not_found` before an enrolment, `mfa_exists` after it, `code_invalid`, `permission_denied`;
   * LimitError when the tries are used up.
   */
  async confirm(actor: Actor, code: string, origin: Origin): Promise<{ recovery_codes: string[] }> {
    const { writer, keys, recorder, attempt, notify, changed, now } = this.deps;
    const owner = ownerOf(actor);
    const account = owner.row;
    const [factor] = await writer.read(factorOf, { account });
    if (!factor) throw new MfaError('not_found');
    if (factor.confirmed_at !== null) throw new MfaError('mfa_exists');
    const { succeeded } = await attempt(actor, origin);
    const at = now();
    const step = stepOf(code, openSecret(keys, owner.publicId, factor.secret_sealed), at);
    if (step === undefined) throw await this.failed(actor, origin);
    const confirm = confirmFactor.bind({ account, secret: factor.secret_sealed, step, at });
    const codes = newRecoveryCodes();
    const steps = [
      actor.guard,
      { ...confirm, otherwise: 'code_invalid' },
      ...this.replaceCodes(owner, codes),
      ...succeeded(at),
      ...(actor.session === undefined ? [] : [markSession.bind({ id: actor.session, account })]),
      ...(await notify(account, 'on')),
    ];
    const leaf = recorder.leaf(event('auth.mfa.enabled', actor, origin, at));
    try {
      await writer.commit({ steps, leaves: [leaf] });
    } catch (error) {
      if (!refusedAs(error, 'code_invalid')) throw error;
      // Another request was faster: it turned the factor on, or put another secret.
      throw (await this.enabled(account)) ? new MfaError('mfa_exists') : await this.failed(actor, origin);
    } finally {
      changed(account);
    }
    return { recovery_codes: codes };
  }

  /**
   * Steps for the unit of whatever the code is to allow, a login or a step-up. `code` is one of the app, whose time
   * step is good once and ends those before it, or a recovery code, which is deleted by its use.
   * The steps refuse the unit as `code_invalid`. Undefined when the code is wrong, or the factor not in use.
   */
  proof(account: FactorOwner, code: string): Promise<Step[] | undefined> {
    return proofSteps(this.deps, account, code);
  }

  /**
   * Turns the factor off. Needs the password and a code again, however fresh the session.
   * @throws MfaError `not_found`, `code_invalid`, `permission_denied`, `invalid_credentials` when the password was
   * changed meanwhile; what `proveAgain` throws.
   */
  async disable(actor: Actor, input: { password: string; code: string }, origin: Origin): Promise<void> {
    const removal = this.removal(ownerOf(actor).row);
    await this.change(actor, input, origin, { type: 'auth.mfa.disabled', what: 'off', steps: removal });
  }

  /**
   * Ten new recovery codes, shown this once; those before are void.
   * @throws like `disable`.
   */
  async renewCodes(
    actor: Actor,
    input: { password: string; code: string },
    origin: Origin,
  ): Promise<{ recovery_codes: string[] }> {
    const codes = newRecoveryCodes();
    const steps = this.replaceCodes(ownerOf(actor), codes);
    await this.change(actor, input, origin, { type: 'auth.mfa.codes.renewed', what: 'codes', steps });
    return { recovery_codes: codes };
  }

  /** For an administrator who helps somebody that lost the phone: steps that remove the factor and its codes. */
  removal(accountRow: number): Step[] {
    const key = { account: accountRow };
    return [deleteRecoveryCodes.bind(key), deleteFactor.bind(key), forgetProofs.bind(key)];
  }

  /** A change of a factor in use, by its owner who has proved to be it again. */
  private async change(
    actor: Actor,
    input: { password: string; code: string },
    origin: Origin,
    change: { type: AuditEvent['type']; what: 'off' | 'codes'; steps: Step[] },
  ): Promise<void> {
    const { writer, recorder, proveAgain, notify, changed, now } = this.deps;
    const account = actor.account.row;
    if (!(await this.enabled(account))) throw new MfaError('not_found');
    const proved = await proveAgain(actor, input, origin);
    const stands = { ...factorStands.bind({ account }), otherwise: 'not_found' };
    const steps = [actor.guard, stands, ...proved, ...change.steps, ...(await notify(account, change.what))];
    const leaf = recorder.leaf(event(change.type, actor, origin, now()));
    try {
      await writer.commit({ steps, leaves: [leaf] });
    } catch (error) {
      if (refusedAs(error, 'code_invalid')) throw await this.failed(actor, origin);
      throw refusedAs(error, 'not_found') ?? refusedAs(error, 'invalid_credentials') ?? error;
    } finally {
      changed(account);
    }
  }

  private replaceCodes({ row, publicId }: FactorOwner, codes: string[]): Step[] {
    const { keys } = this.deps;
    const inserts = codes.map((code) =>
      insertRecoveryCode.bind({ account: row, digest: digestOf(code, publicId, keys.digest)! }),
    );
    return [deleteRecoveryCodes.bind({ account: row }), ...inserts];
  }

  /** Tells the audit log of a wrong code; resolves with the error to throw. */
  private async failed(actor: Actor, origin: Origin): Promise<MfaError> {
    const failure = event('auth.mfa.failed', actor, origin, this.deps.now());
    await this.deps.recorder.record({ ...failure, success: false, code: 'code_invalid' });
    return new MfaError('code_invalid');
  }
}

/** @throws MfaError `permission_denied`: a key has no second factor, and touches nobody's. */
function ownerOf(actor: Actor): FactorOwner {
  if (actor.kind !== 'account') throw new MfaError('permission_denied');
  return actor.account;
}

function refusedAs(error: unknown, code: MfaErrorCode): MfaError | undefined {
  return error instanceof UnitRefused && error.code === code
    ? new MfaError(code, { cause: error })
    : undefined;
}

function event(type: AuditEvent['type'], actor: Actor, origin: Origin, time: number): AuditEvent {
  return {
    ...traced(origin),
    type,
    time,
    actor: auditActor(actor),
    namespace: actor.namespace.publicId,
    resource: { type: 'account', ids: [actor.account.publicId] },
    success: true,
  };
}
