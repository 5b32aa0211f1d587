import type { Actor } from '../access/actor.ts';
import { AccountError } from '../accounts/errors.ts';
import type { OneTimeTokens } from '../accounts/one-time-tokens.ts';
import type { Account, AccountService, Proof } from '../accounts/service.ts';
import type { AuditEvent } from '../audit/entry.ts';
import type { EventType } from '../audit/events.ts';
import type { Recorder } from '../audit/recorder.ts';
import { UnitRefused } from '../database/errors.ts';
import type { Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { auditActor, type Origin, traced } from '../http/origin.ts';
import { LimitError } from '../limits/errors.ts';
import type { Lockout, Reservation } from '../limits/lockout.ts';
import { newLogin, passwordChanged } from '../mail/messages.ts';
import type { MailService } from '../mail/service.ts';
import { NamespaceError } from '../namespaces/errors.ts';
import type { NamespaceService } from '../namespaces/service.ts';
import type { CredentialCache } from './credential-cache.ts';
import { SessionError } from './errors.ts';
import type { Issuer, Login, Place } from './issue.ts';
import type { MfaService } from './mfa/service.ts';
import { sessionOf } from './service.ts';
import { markProved, revokeSessionsOf } from './store.ts';

export interface LoginDeps {
  writer: Pick<WriterClient, 'commit'>;
  recorder: Recorder;
  accounts: Pick<
    AccountService,
    'prove' | 'proveAgain' | 'checkNext' | 'passwordChange' | 'tellFailure' | 'entry' | 'byRow'
  >;
  namespaces: Pick<NamespaceService, 'placeOf'>;
  oneTimeTokens: Pick<OneTimeTokens, 'create' | 'find' | 'end'>;
  /** Ends what an account invited to. */
  endInvitations(account: number): Step;
  mfa: Pick<MfaService, 'enabled' | 'proof'>;
  lockout: Pick<Lockout, 'reserve' | 'isKnown'>;
  mail: Pick<MailService, 'queue' | 'wake'>;
  issuer: Pick<Issuer, 'begin'>;
  cache: Pick<CredentialCache, 'forgetSession' | 'forgetAccount'>;
  now: () => number;
}

export interface LoginInput {
  /** User name or e-mail address. */
  identifier: string;
  password: string;
  /** Of an authenticator, or a recovery code. */
  code?: string | undefined;
  /** Public id of the namespace to act in; default the account's own. */
  namespace?: string | undefined;
}

/** What a login that waits for its second factor has shown. */
interface Pending {
  epoch: number;
  namespace?: string;
}

/** The ways in: password, second factor, and showing either again. */
export class LoginService {
  private readonly deps: LoginDeps;

  constructor(deps: LoginDeps) {
    this.deps = deps;
  }

  /**
   * @throws SessionError `invalid_credentials`, alike for unknown, wrong, inactive and unverified; `mfa_required`
   * with `mfa_token`, when a code is missing; AccountError `hashing_busy`; LimitError `too_many_attempts`.
   */
  async login(input: LoginInput, origin: Origin): Promise<Login> {
    const { accounts, mfa } = this.deps;
    const { identifier, password, code, namespace } = input;
    const failed = this.failure('auth.login.failed', origin, { username: identifier });
    const proof = await this.counted(failed, () => accounts.prove(identifier, password, origin));
    const { account } = proof;
    if (!account) return this.refuse(failed, proof, proof.known, proof.reason!);
    if (!(await mfa.enabled(account.row)))
      return this.enter(account, failed, { namespace, origin, withMfa: false }, [proof]);
    // That the password was right is no success yet: it neither resets a counter nor makes this network a known one.
    await proof.reservation.release();
    if (code === undefined) return this.askForCode(account, proof, namespace, origin);
    const second = await this.secondFactor(account, code, origin);
    return this.enter(account, failed, { namespace, origin, withMfa: true }, [
      { ...second, steps: [...proof.steps, ...second.steps] },
    ]);
  }

  /** The second half of a login: the token of the first half, and a code. @throws as `login` */
  async verify(input: { token: string; code: string }, origin: Origin): Promise<Login> {
    const { accounts, oneTimeTokens } = this.deps;
    const failed = this.failure('auth.mfa.failed', origin);
    const found = await oneTimeTokens.find<Pending>('second-factor', input.token, 'invalid_credentials');
    if (!found) {
      await this.deps.recorder.record({ ...failed, time: this.deps.now(), code: 'unknown' });
      throw new SessionError('invalid_credentials');
    }
    const account = await accounts.byRow(found.account);
    const { epoch, namespace } = found.payload;
    const second = await this.secondFactor(account, input.code, origin);
    // Whatever changed the account since the password was shown, voids what was shown.
    return this.enter({ ...account, epoch }, failed, { namespace, origin, withMfa: true }, [
      { ...second, steps: [found.redeem, ...second.steps] },
    ]);
  }

  /**
   * Shows the password (and the code, where there is one) again, for what asks for a fresh proof.
   */
  async stepUp(
    actor: Actor,
    input: { password: string; code?: string | undefined },
    origin: Origin,
  ): Promise<void> {
    const { writer, recorder, cache, now } = this.deps;
    const id = sessionOf(actor);
    const { steps, withMfa } = await this.shown(actor, input, origin, 'auth.stepup.failed');
    const at = now();
    const event = { ...traced(origin), type: 'auth.stepup.success' as const, time: at, success: true };
    const leaf = recorder.leaf({
      ...event,
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      resource: { type: 'session', ids: [id] },
    });
    try {
      await writer.commit({
        steps: [actor.guard, ...steps, markProved.bind({ id, at, withMfa: Number(withMfa) })],
        leaves: [leaf],
      });
    } catch (error) {
      throw await this.lateRefusal(error, actor, origin);
    } finally {
      cache.forgetSession(id);
    }
  }

  /**
   * Password, and code where a second factor is on, of somebody who is logged in. The steps belong into the unit of
   * what they allow. @throws SessionError, AccountError `invalid_credentials`; LimitError.
   */
  async proveAgain(
    actor: Actor,
    input: { password: string; code?: string | undefined },
    origin: Origin,
  ): Promise<Step[]> {
    return (await this.shown(actor, input, origin, 'auth.stepup.failed')).steps;
  }

  private async shown(
    actor: Actor,
    input: { password: string; code?: string | undefined },
    origin: Origin,
    failure: EventType,
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

  /**
   * Changes the actor's password, ends all sessions and invitations of the account and begins a new session for this
   * client. @throws AccountError `weak_password`, `invalid_credentials`; SessionError `mfa_required`, where a second
   * factor is on; UnitRefused `stale_authorization` when the account was changed meanwhile.
   */
  async changePassword(
    actor: Actor,
    input: { current: string; next: string; code?: string | undefined },
    origin: Origin,
  ): Promise<Login> {
    const { accounts, issuer, endInvitations, writer, recorder, cache, mail, now } = this.deps;
    sessionOf(actor);
    const { row, publicId } = actor.account;
    await accounts.checkNext(row, input);
    const words = { password: input.current, code: input.code };
    const shown = await this.shown(actor, words, origin, 'user.password.changed');
    const change = await accounts.passwordChange(actor, shown.account, input.next, origin);
    const at = now();
    const { account } = change;
    const place = { ...account.namespace, role: account.role };
    const begun = await issuer.begin(account, place, { at, provedAt: at, withMfa: shown.withMfa }, origin);
    const revoked = recorder.leaf({
      ...traced(origin),
      type: 'auth.token.revoked',
      time: at,
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      resource: { type: 'account', ids: [publicId] },
      success: true,
    });
    const { username, email: to } = account;
    const notice = mail.queue({ to, ...passwordChanged({ username, time: at }) });
    const ends = [revokeSessionsOf.bind({ account: row, at }), endInvitations(row)];
    try {
      await writer.commit({
        steps: [actor.guard, ...shown.steps, ...change.steps, ...ends, ...begun.steps, ...notice],
        leaves: [...change.leaves, revoked, begun.leaf],
      });
      mail.wake();
    } finally {
      // Also after a failure whose outcome is unknown: then the database is asked again.
      cache.forgetAccount(row);
    }
    return begun.login;
  }

  /**
   * A second session of the same person, in another namespace that they are a member of. It ends with the session
   * that it was begun from, and no later: a stolen token does not become a longer one here.
   * @throws NamespaceError `not_found`, also for the namespace that the session is in
   */
  async enterNamespace(actor: Actor, namespace: string, origin: Origin): Promise<Login> {
    const { accounts, namespaces, issuer, mail, writer, now } = this.deps;
    const root = sessionOf(actor);
    const account = await accounts.byRow(actor.account.row);
    const place = await namespaces.placeOf(account, namespace);
    if (place.id === actor.namespace.id) throw new SessionError('same_namespace');
    const at = now();
    const from = { root: actor.rootSession ?? root, expires: actor.sessionEnds! };
    const proof = { at, provedAt: actor.provedAt!, withMfa: actor.withMfa === true, from };
    const begun = await issuer.begin(account, place, proof, origin);
    const notice = await this.newPlace(account, origin, at);
    await writer.commit({ steps: [actor.guard, ...begun.steps, ...notice], leaves: [begun.leaf] });
    if (notice.length > 0) mail.wake();
    return begun.login;
  }

  /** A mail about a login from where the account was not used before. */
  private async newPlace(account: Account, origin: Origin, time: number): Promise<Step[]> {
    const { lockout, mail } = this.deps;
    const { ip = '', user_agent: client = '' } = origin.client;
    if (!account.verified || (await lockout.isKnown(account.publicId, ip))) return [];
    const { username, email: to } = account;
    return mail.queue({ to, ...newLogin({ username, time, ip, client }) });
  }

  private async secondFactor(account: Account, code: string, origin: Origin) {
    const { lockout, mfa } = this.deps;
    const failed = this.failure('auth.mfa.failed', origin);
    const attempt = { what: 'code' as const, account: account.publicId, ip: origin.client.ip };
    const reservation = await this.counted(failed, () => lockout.reserve(attempt));
    const steps = await mfa.proof(account, code);
    if (!steps) return this.refuse(failed, { reservation }, account, 'wrong_code');
    return { reservation, steps };
  }

  private async askForCode(
    account: Account,
    proof: Proof,
    namespace: string | undefined,
    origin: Origin,
  ): Promise<never> {
    const { oneTimeTokens, writer, recorder, now } = this.deps;
    const { epoch, row, publicId } = account;
    const pending: Pending = { epoch, ...(namespace === undefined ? {} : { namespace }) };
    const { token, minutes, steps } = oneTimeTokens.create('second-factor', row, pending, true);
    const leaf = recorder.leaf({
      ...traced(origin),
      type: 'auth.token.created',
      action: 'second_factor_pending',
      time: now(),
      actor: { kind: 'account', id: publicId },
      namespace: account.namespace.publicId,
      resource: { type: 'account', ids: [publicId] },
      success: true,
    });
    await writer.commit({ steps: [...proof.steps, ...steps], leaves: [leaf] });
    throw new SessionError('mfa_required', { extensions: { mfa_token: token, expires_in: minutes * 60 } });
  }

  private async placeOf(account: Account, namespace: string | undefined): Promise<Place | undefined> {
    if (namespace === undefined) return { ...account.namespace, role: account.role };
    try {
      return await this.deps.namespaces.placeOf(account, namespace);
    } catch (error) {
      if (error instanceof NamespaceError) return undefined;
      throw error;
    }
  }

  /** One unit: all that was proved still holds, and a session begins. */
  private async enter(
    account: Account,
    failed: FailureOf,
    how: { namespace: string | undefined; origin: Origin; withMfa: boolean },
    proofs: { reservation: Reservation; steps: Step[] }[],
  ): Promise<Login> {
    const { accounts, issuer, mail, writer, recorder, now } = this.deps;
    const { origin, withMfa } = how;
    const place = await this.placeOf(account, how.namespace);
    // In the words of every other failure: a right password must not be told apart without a word in the log.
    if (!place) return this.refuse(failed, proofs[0]!, account, 'no_such_namespace');
    const at = now();
    const begun = await issuer.begin(
      { ...account, lastLoginAt: at },
      place,
      { at, provedAt: at, withMfa },
      origin,
    );
    const leaf = recorder.leaf({
      ...traced(origin, { username: account.username }),
      type: 'auth.login.success',
      time: at,
      actor: { kind: 'account', id: account.publicId, session: begun.session },
      namespace: place.publicId,
      resource: { type: 'account', ids: [account.publicId] },
      success: true,
    });
    const notice = await this.newPlace(account, origin, at);
    const proved = proofs.flatMap(({ reservation, steps }) => [...steps, ...reservation.succeeded(at)]);
    try {
      await writer.commit({
        steps: [...proved, accounts.entry(account, at), ...begun.steps, ...notice],
        leaves: [leaf, begun.leaf],
      });
    } catch (error) {
      if (!(error instanceof UnitRefused)) throw error;
      return this.refuse(failed, proofs[0]!, account, error.code);
    }
    if (notice.length > 0) mail.wake();
    return begun.login;
  }

  /** Somebody used the same code, or changed the account, between the proof and the commit. */
  private async lateRefusal(error: unknown, actor: Actor, origin: Origin): Promise<unknown> {
    if (!(error instanceof UnitRefused) || error.code === 'stale_authorization') return error;
    const failed = this.failure('auth.stepup.failed', origin);
    await this.deps.recorder.record({
      ...failed,
      time: this.deps.now(),
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      code: error.code,
    });
    return new SessionError('invalid_credentials', { cause: error });
  }

  private failure(type: EventType, origin: Origin, details: Record<string, string> = {}): FailureOf {
    return { ...traced(origin, details), type, actor: { kind: 'anonymous' }, success: false };
  }

  private async refuse(
    failed: FailureOf,
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
  private async counted<T>(failed: FailureOf, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof LimitError || (error instanceof AccountError && error.code === 'hashing_busy'))
        await this.deps.recorder.record({ ...failed, time: this.deps.now(), code: error.code });
      throw error;
    }
  }
}

type FailureOf = Omit<AuditEvent, 'time'>;
