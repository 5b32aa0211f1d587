import type { Actor } from '../access/actor.ts';
import type { OneTimeTokens } from '../accounts/one-time-tokens.ts';
import type { Account, AccountService, Proof } from '../accounts/service.ts';
import type { Recorder } from '../audit/recorder.ts';
import { UnitRefused } from '../database/errors.ts';
import type { Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { type Origin, traced } from '../http/origin.ts';
import type { Lockout, Reservation } from '../limits/lockout.ts';
import { newLogin } from '../mail/messages.ts';
import type { MailService } from '../mail/service.ts';
import { NamespaceError } from '../namespaces/errors.ts';
import type { NamespaceService } from '../namespaces/service.ts';
import { SessionError } from './errors.ts';
import type { Issuer, Login, Place } from './issue.ts';
import type { MfaService } from './mfa/service.ts';
import type { Failure, Prover } from './proof.ts';
import { sessionOf } from './service.ts';

export interface LoginDeps {
  writer: Pick<WriterClient, 'commit'>;
  recorder: Recorder;
  accounts: Pick<AccountService, 'prove' | 'entry' | 'byRow'>;
  prover: Pick<Prover, 'secondFactor' | 'failure' | 'refuse' | 'counted'>;
  namespaces: Pick<NamespaceService, 'placeOf'>;
  oneTimeTokens: Pick<OneTimeTokens, 'create' | 'find'>;
  mfa: Pick<MfaService, 'enabled'>;
  lockout: Pick<Lockout, 'isKnown'>;
  mail: Pick<MailService, 'queue' | 'wake'>;
  issuer: Pick<Issuer, 'begin'>;
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

/** The ways in: a password, then the second factor where there is one, then perhaps another namespace. */
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
    const { accounts, mfa, prover } = this.deps;
    const { identifier, password, code, namespace } = input;
    const failed = prover.failure('auth.login.failed', origin, { username: identifier });
    const proof = await prover.counted(failed, () => accounts.prove(identifier, password, origin));
    const { account } = proof;
    if (!account) return prover.refuse(failed, proof, proof.known, proof.reason!);
    if (!(await mfa.enabled(account.row)))
      return this.enter(account, failed, { namespace, origin, withMfa: false }, [proof]);
    // That the password was right is no success yet: it neither resets a counter nor makes this network a known one.
    await proof.reservation.release();
    if (code === undefined) return this.askForCode(account, proof, namespace, origin);
    const second = await prover.secondFactor(account, code, origin);
    return this.enter(account, failed, { namespace, origin, withMfa: true }, [
      { ...second, steps: [...proof.steps, ...second.steps] },
    ]);
  }

  /** The second half of a login: the token of the first half, and a code. @throws as `login` */
  async verify(input: { token: string; code: string }, origin: Origin): Promise<Login> {
    const { accounts, oneTimeTokens, prover } = this.deps;
    const failed = prover.failure('auth.mfa.failed', origin);
    const found = await oneTimeTokens.find<Pending>('second-factor', input.token, 'invalid_credentials');
    if (!found) {
      await this.deps.recorder.record({ ...failed, time: this.deps.now(), code: 'unknown' });
      throw new SessionError('invalid_credentials');
    }
    const account = await accounts.byRow(found.account);
    const { epoch, namespace } = found.payload;
    const second = await prover.secondFactor(account, input.code, origin);
    // Whatever changed the account since the password was shown, voids what was shown.
    return this.enter({ ...account, epoch }, failed, { namespace, origin, withMfa: true }, [
      { ...second, steps: [found.redeem, ...second.steps] },
    ]);
  }

  /**
   * A second session of the same person, in another namespace that they are a member of. It ends with the session
   * that it was begun from, and no later: a stolen token does not become a longer one here.
   * @throws NamespaceError `not_found`; SessionError `same_namespace` for the one that the session is in
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
    failed: Failure,
    how: { namespace: string | undefined; origin: Origin; withMfa: boolean },
    proofs: { reservation: Reservation; steps: Step[] }[],
  ): Promise<Login> {
    const { accounts, issuer, mail, prover, writer, recorder, now } = this.deps;
    const { origin, withMfa } = how;
    const place = await this.placeOf(account, how.namespace);
    // In the words of every other failure: a right password must not be told apart without a word in the log.
    if (!place) return prover.refuse(failed, proofs[0]!, account, 'no_such_namespace');
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
      return prover.refuse(failed, proofs[0]!, account, error.code);
    }
    if (notice.length > 0) mail.wake();
    return begun.login;
  }
}
