import type { Actor } from '../access/actor.ts';
import type { AccountService } from '../accounts/service.ts';
import type { Recorder } from '../audit/recorder.ts';
import { UnitRefused } from '../database/errors.ts';
import type { Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { auditActor, type Origin, traced } from '../http/origin.ts';
import { passwordChanged } from '../mail/messages.ts';
import type { MailService } from '../mail/service.ts';
import type { CredentialCache } from './credential-cache.ts';
import { SessionError } from './errors.ts';
import type { Issuer, Login } from './issue.ts';
import type { Prover, Shown } from './proof.ts';
import { sessionOf } from './service.ts';
import { markProved, revokeSessionsOf } from './store.ts';

export interface OwnPasswordDeps {
  writer: Pick<WriterClient, 'commit'>;
  recorder: Recorder;
  accounts: Pick<AccountService, 'checkNext' | 'passwordChange'>;
  prover: Pick<Prover, 'again' | 'failure'>;
  issuer: Pick<Issuer, 'begin'>;
  mail: Pick<MailService, 'queue' | 'wake'>;
  cache: Pick<CredentialCache, 'forgetSession' | 'forgetAccount'>;
  /** Ends what an account invited to. */
  endInvitations(account: number): Step;
  now: () => number;
}

/** What somebody who is logged in does with their own password: show it again, change it. */
export class OwnPassword {
  private readonly deps: OwnPasswordDeps;

  constructor(deps: OwnPasswordDeps) {
    this.deps = deps;
  }

  /**
   * Shows the password (and the code, where there is one) again, for what asks for a fresh proof.
   */
  async stepUp(actor: Actor, input: Shown, origin: Origin): Promise<void> {
    const { writer, recorder, prover, cache, now } = this.deps;
    const id = sessionOf(actor);
    const { steps, withMfa } = await prover.again(actor, input, origin);
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
   * Changes the actor's password, ends all sessions and invitations of the account and begins a new session for this
   * client. @throws AccountError `weak_password`, `invalid_credentials`; SessionError `mfa_required`, where a second
   * factor is on; UnitRefused `stale_authorization` when the account was changed meanwhile.
   */
  async change(
    actor: Actor,
    input: { current: string; next: string; code?: string | undefined },
    origin: Origin,
  ): Promise<Login> {
    const { accounts, prover, issuer, endInvitations, writer, recorder, cache, mail, now } = this.deps;
    sessionOf(actor);
    const { row, publicId } = actor.account;
    await accounts.checkNext(row, input);
    const words = { password: input.current, code: input.code };
    const shown = await prover.again(actor, words, origin, 'user.password.changed');
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
    } catch (error) {
      throw await this.lateRefusal(error, actor, origin);
    } finally {
      // Also after a failure whose outcome is unknown: then the database is asked again.
      cache.forgetAccount(row);
    }
    return begun.login;
  }

  /** Somebody used the same code, or changed the account, between the proof and the commit. */
  private async lateRefusal(error: unknown, actor: Actor, origin: Origin): Promise<unknown> {
    if (!(error instanceof UnitRefused) || error.code === 'stale_authorization') return error;
    const failed = this.deps.prover.failure('auth.stepup.failed', origin);
    await this.deps.recorder.record({
      ...failed,
      time: this.deps.now(),
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      code: error.code,
    });
    return new SessionError('invalid_credentials', { cause: error });
  }
}
