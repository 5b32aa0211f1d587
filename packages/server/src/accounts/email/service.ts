import { setTimeout as delay } from 'node:timers/promises';
import { type Actor, loggedIn } from '../../access/actor.ts';
import type { AuditEvent } from '../../audit/entry.ts';
import type { EventType } from '../../audit/events.ts';
import type { Recorder } from '../../audit/recorder.ts';
import { UnitRefused } from '../../database/errors.ts';
import type { Step } from '../../database/unit.ts';
import type { WriterClient } from '../../database/writer-client.ts';
import { keyedDigest } from '../../encryption/digest.ts';
import type { ServerKeys } from '../../encryption/server-keys.ts';
import { auditActor, type Origin, traced } from '../../http/origin.ts';
import type { Lockout } from '../../limits/lockout.ts';
import { siteOf } from '../../limits/network.ts';
import { linkTo } from '../../mail/links.ts';
import {
  addressChanged,
  addressTaken,
  changeAddress,
  passwordWasReset,
  resetPassword as resetMail,
  verifyAddress,
} from '../../mail/messages.ts';
import type { MailService } from '../../mail/service.ts';
import { type Account, type Profile, sealProfile } from '../account.ts';
import { AccountError } from '../errors.ts';
import { emailKey } from '../names.ts';
import type { Found, OneTimeTokens, PURPOSES } from '../one-time-tokens.ts';
import { checkPassword, type PasswordHasher } from '../passwords.ts';
import { type AccountService, ownNames } from '../service.ts';
import { emailFree, markVerified, replaceProfile, resetByMail } from '../store.ts';

export interface EmailFlowDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  keys: ServerKeys;
  recorder: Recorder;
  hasher: PasswordHasher;
  accounts: Pick<AccountService, 'byIdentifier' | 'byRow'>;
  oneTimeTokens: OneTimeTokens;
  lockout: Pick<Lockout, 'known'>;
  mail: Pick<MailService, 'queue' | 'wake'>;
  /** Ends every session of an account, and what it invited to; a change of password advances the epoch. */
  endSessions(account: number, at: number): Step[];
  /** Takes the second factor and the API keys away. */
  disown(account: number, at: number): Step[];
  forgetAccount(account: number): void;
  /** Password, and code where there is one, of somebody who is logged in. */
  proveAgain(
    actor: Actor,
    input: { password: string; code?: string | undefined },
    origin: Origin,
  ): Promise<Step[]>;
  /** From the configuration, never from a request. */
  publicUrl(): string;
  now: () => number;
}

/** Several times as long as the work: a token and a mail more or less do not show in the time of the answer. */
const ANSWER_MS = 50;
interface ResetState {
  /** Keyed digest of the address that the mail goes to, hexadecimal. */
  email: string;
}
interface ChangeState {
  epoch: number;
  email: string;
}

const INVALID = 'This link or token is not valid (any more): ask for a new one.';

/** What goes by mail: confirming an address, a new password, another address. */
export class EmailFlows {
  private readonly deps: EmailFlowDeps;

  constructor(deps: EmailFlowDeps) {
    this.deps = deps;
  }

  /** Steps that ask the owner of a new account's address to confirm it; the unit may be making the account. */
  confirmation(account: Profile & { publicId: string }): Step[] {
    const { oneTimeTokens, mail } = this.deps;
    // Bound to the address: a mail on its way to an old one confirms no new one.
    const payload = { email: this.digestOf(account.email) };
    const { token, minutes, steps } = oneTimeTokens.createFor('verify-email', account.publicId, payload);
    const words = verifyAddress({
      ...this.link('verify-email', token),
      username: account.username,
      hours: minutes / 60,
    });
    return [...steps, ...mail.queue({ to: account.email, ...words })];
  }

  /** Steps that tell the owner of an address that somebody tried to register with it. */
  taken(email: string): Step[] {
    const { mail, publicUrl } = this.deps;
    const resetLink = `${publicUrl()}/auth/links/forgot-password`;
    return mail.queue({ to: email, ...addressTaken({ resetLink }) });
  }

  /** @throws AccountError `link_invalid` */
  async verify(token: string, origin: Origin): Promise<void> {
    const found = await this.found<{ email: string }>('verify-email', token, 'user.email.verified', origin);
    const { account, key } = found;
    const email = Buffer.from(key.payload.email, 'hex');
    const marked = { ...markVerified.bind({ id: account.row, email }), otherwise: 'link_invalid' };
    await this.commit([key.redeem, marked], this.event('user.email.verified', account, origin));
  }

  /** A further confirmation. Says nothing of whether there is such an account, nor does its time. */
  async resend(email: string, origin: Origin): Promise<void> {
    const answer = delay(ANSWER_MS);
    const account = await this.deps.accounts.byIdentifier(email);
    const wanted = account?.active && !account.verified ? account : undefined;
    const steps = wanted ? this.confirmation(wanted) : [];
    await this.commitAlike(steps, 'user.email.verified', 'confirmation_requested', wanted, origin);
    await answer;
  }

  /** A mail with a link to a new password, if there is such an account. @see resend */
  async forgot(email: string, origin: Origin): Promise<void> {
    const { accounts, oneTimeTokens, mail } = this.deps;
    const answer = delay(ANSWER_MS);
    const account = await accounts.byIdentifier(email);
    const wanted = account?.active ? account : undefined;
    const steps: Step[] = [];
    if (wanted) {
      const state: ResetState = { email: this.digestOf(wanted.email) };
      const { token, minutes, steps: stored } = oneTimeTokens.create('reset-password', wanted.row, state);
      const words = resetMail({ ...this.link('reset-password', token), username: wanted.username, minutes });
      const letter = mail.queue({ to: wanted.email, ...words });
      // No mail, no new token: else whoever floods a mailbox would void the last link that got there.
      if (letter.length > 0) steps.push(...stored, ...letter);
    }
    await this.commitAlike(steps, 'user.password.reset.requested', undefined, wanted, origin);
    await answer;
  }

  /**
   * A new password for whoever reads the account's mail. Every session ends; a second factor stays.
   * @throws AccountError `link_invalid`, `weak_password` (which does not use the link up), `hashing_busy`
   */
  async reset(token: string, password: string, origin: Origin): Promise<void> {
    const { hasher, oneTimeTokens, lockout, mail, endSessions, disown, forgetAccount, now } = this.deps;
    const found = await this.found<ResetState>('reset-password', token, 'user.password.reset', origin);
    const { account, key } = found;
    checkPassword(password, 'new_password', ownNames(account));
    const passwordHash = await hasher.hash(password, siteOf(origin.client.ip));
    const at = now();
    const { row: id, username } = account;
    const email = Buffer.from(key.payload.email, 'hex');
    const replaced = resetByMail.bind({ id, email, passwordHash });
    try {
      await this.commit(
        [
          key.redeem,
          { ...replaced, otherwise: 'link_invalid' },
          ...endSessions(id, at),
          oneTimeTokens.end('second-factor', id),
          // An address that its owner confirms only now: whatever somebody else set up before is not theirs.
          ...(account.verified ? [] : disown(id, at)),
          // Whoever reads the mail is let in from here, also while others are guessing at the password.
          ...lockout.known(account.publicId, origin.client.ip, at),
          ...mail.queue({ to: account.email, ...passwordWasReset({ username, time: at }) }),
        ],
        this.event('user.password.reset', account, origin),
      );
    } finally {
      forgetAccount(id);
    }
    mail.wake();
  }

  /**
   * Asks for another address, which holds once it was confirmed from there. A taken one answers like a free one, and
   * its owner gets a mail.
   * @throws AccountError `invalid_credentials`; LimitError `too_many_attempts`
   */
  async change(
    actor: Actor,
    input: { email: string; password: string; code?: string | undefined },
    origin: Origin,
  ): Promise<void> {
    const { accounts, oneTimeTokens, mail, proveAgain, writer, recorder } = this.deps;
    const proved = await proveAgain(loggedIn(actor), input, origin);
    const account = await accounts.byRow(actor.account.row);
    const { email } = input;
    const { token, minutes, steps } = oneTimeTokens.create('change-email', account.row, {
      email,
      epoch: account.epoch,
    });
    const link = this.link('change-email', token);
    const words = changeAddress({ ...link, username: account.username, hours: minutes / 60 });
    const owner = await accounts.byIdentifier(email);
    const letter = owner ? this.taken(owner.email) : mail.queue({ to: email, ...words });
    const event = { ...this.event('user.email.changed', account, origin), action: 'requested' };
    const about = { ...event, actor: auditActor(actor) };
    const leaves = [recorder.leaf(about)];
    try {
      await writer.commit({ steps: [actor.guard, ...proved, ...steps, ...letter], leaves });
    } catch (error) {
      if (!(error instanceof UnitRefused) || error.code === 'stale_authorization') throw error;
      // The same code was used, or the password changed, between the proof and the commit.
      await recorder.record({ ...about, success: false, code: error.code });
      throw new AccountError('invalid_credentials', 'The password or the code is wrong.');
    }
    mail.wake();
  }

  /** @throws AccountError `link_invalid`, also when somebody else has the address by now */
  async confirmChange(token: string, origin: Origin): Promise<void> {
    const { keys, oneTimeTokens, mail, now } = this.deps;
    const found = await this.found<ChangeState>('change-email', token, 'user.email.changed', origin);
    const { account, key } = found;
    const { row: id, publicId, username, full_name } = account;
    // As it was when the password was shown for it: a change of password since, or a logout everywhere, voids it.
    const { email, epoch } = key.payload;
    const digest = keyedDigest(keys.digest, emailKey(email));
    const profile = sealProfile(keys, publicId, { username, email, full_name });
    const replaced = replaceProfile.bind({ id, epoch, email: digest, profile, verified: 1 });
    const words = addressChanged({ username, time: now(), newAddress: email });
    await this.commit(
      [
        key.redeem,
        { ...emailFree.bind({ digest }), otherwise: 'link_invalid' },
        { ...replaced, otherwise: 'link_invalid' },
        // What was mailed to the old address ends with it.
        oneTimeTokens.end('reset-password', id),
        oneTimeTokens.end('verify-email', id),
        ...mail.queue({ to: account.email, ...words }),
      ],
      this.event('user.email.changed', account, origin),
    );
    mail.wake();
  }

  /** Hexadecimal. */
  private digestOf(email: string): string {
    return keyedDigest(this.deps.keys.digest, emailKey(email)).toString('hex');
  }

  private link(page: 'verify-email' | 'reset-password' | 'change-email', token: string) {
    return { link: linkTo(this.deps.publicUrl(), page, token), token };
  }

  private async found<T extends object>(
    purpose: keyof typeof PURPOSES,
    token: string,
    type: EventType,
    origin: Origin,
  ): Promise<{ account: Account; key: Found<T> }> {
    const { oneTimeTokens, accounts, recorder, now } = this.deps;
    const key = await oneTimeTokens.find<T>(purpose, token);
    const account = key && (await accounts.byRow(key.account));
    if (key && account?.active) return { account, key };
    const actor = { kind: 'anonymous' as const };
    await recorder.record({
      ...traced(origin),
      type,
      time: now(),
      actor,
      success: false,
      code: 'link_invalid',
    });
    throw new AccountError('link_invalid', INVALID);
  }

  private async commit(steps: Step[], event: AuditEvent): Promise<void> {
    const { writer, recorder } = this.deps;
    try {
      await writer.commit({ steps, leaves: [recorder.leaf(event)] });
    } catch (error) {
      if (!(error instanceof UnitRefused)) throw error;
      await recorder.record({ ...event, success: false, code: error.code });
      throw new AccountError('link_invalid', INVALID);
    }
  }

  private event(type: EventType, account: Account, origin: Origin): AuditEvent {
    return {
      ...traced(origin),
      type,
      time: this.deps.now(),
      actor: { kind: 'account', id: account.publicId },
      namespace: account.namespace.publicId,
      resource: { type: 'account', ids: [account.publicId] },
      success: true,
    };
  }

  /** One commit, whether there is such an account or not. */
  private async commitAlike(
    steps: Step[],
    type: EventType,
    action: string | undefined,
    account: Account | undefined,
    origin: Origin,
  ): Promise<void> {
    const { writer, recorder, mail, now } = this.deps;
    const event = account
      ? this.event(type, account, origin)
      : { ...traced(origin), type, time: now(), success: false, code: 'unknown_user' };
    const about = {
      ...event,
      ...(action === undefined ? {} : { action }),
      actor: { kind: 'anonymous' as const },
    };
    await writer.commit({ steps, leaves: [recorder.leaf(about)] });
    mail.wake();
  }
}
