import type { Actor } from '../access/actor.ts';
import { can } from '../access/actor.ts';
import type { AuditEvent } from '../audit/entry.ts';
import type { EventType } from '../audit/events.ts';
import type { Recorder } from '../audit/recorder.ts';
import type { Leaf, Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { keyedDigest } from '../encryption/digest.ts';
import type { ServerKeys } from '../encryption/server-keys.ts';
import { auditActor, type Origin, traced } from '../http/origin.ts';
import type { Lockout, Reservation } from '../limits/lockout.ts';
import { siteOf } from '../limits/network.ts';
import { type Account, accountOf, presentUser, type User } from './account.ts';
import { AccountError } from './errors.ts';
import { comparable, emailKey, usernameKey } from './names.ts';
import { checkPassword, type PasswordHasher, weakPassword } from './passwords.ts';
import {
  type AccountRow,
  accountByEmail,
  accountById,
  accountByPublicId,
  accountByUsername,
  advanceEpoch,
  markLogin,
  replacePassword,
  stillProved,
  upgradeHash,
} from './store.ts';

export type { Account, User } from './account.ts';
export { presentUser } from './account.ts';

export interface AccountDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  keys: ServerKeys;
  recorder: Recorder;
  hasher: PasswordHasher;
  lockout: Pick<Lockout, 'reserve' | 'known'>;
  /** Whether an account logs in before its address was verified. */
  emailVerification: 'required' | 'optional';
  now: () => number;
}

/** What came of a name and a password. `known` is told apart only for the audit log. */
export interface Proof {
  /** Right, active, and verified where that is asked for. */
  account?: Account;
  known?: Account;
  /** Why not; for the audit log. */
  reason?: 'unknown_user' | 'wrong_password' | 'inactive' | 'unverified';
  reservation: Reservation;
  /** Refuses when the proof is out of date; an old hash is replaced by a better one. */
  steps: Step[];
}

/** What belongs into the unit that changes a password; `account` is how it will be. */
export interface PasswordChange {
  account: Account;
  steps: Step[];
  leaves: Leaf[];
}

/** Accounts that exist: look-up, proof of a password, change of it. */
export class AccountService {
  private readonly deps: AccountDeps;

  constructor(deps: AccountDeps) {
    this.deps = deps;
  }

  /**
   * Whose a name or address and its password are: the same work for unknown, wrong and inactive. The attempt is
   * counted before anything is hashed, so that a burst of guesses is no way around the lockout.
   * @throws LimitError `too_many_attempts`; AccountError `hashing_busy`.
   */
  async prove(identifier: string, password: string, origin: Origin): Promise<Proof> {
    const row = await this.rowOf(identifier);
    // Who cannot log in yet is counted like nobody: otherwise a name that was locked before it was registered, or a
    // locked network, would tell whether registering made an account.
    const waits = row?.is_verified === 0 && this.deps.emailVerification === 'required';
    const account = row && !waits ? row.public_id : `name:${comparable(identifier)}`;
    return this.check(row, account, password, origin);
  }

  /**
   * The password of somebody who is logged in, once more. A wrong one becomes an event of `type`.
   * @throws AccountError `invalid_credentials`, `hashing_busy`; LimitError `too_many_attempts`.
   */
  async proveAgain(
    actor: Actor,
    password: string,
    origin: Origin,
    type: EventType,
  ): Promise<Proof & { account: Account }> {
    const row = await this.rowById(actor.account.row);
    const proof = await this.check(row, row.public_id, password, origin);
    const { account } = proof;
    if (account) return { ...proof, account };
    const event = {
      ...traced(origin),
      type,
      time: this.deps.now(),
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      resource: { type: 'account', ids: [row.public_id] },
      success: false,
      code: 'invalid_credentials',
    };
    await this.tellFailure(event, proof);
    throw new AccountError('invalid_credentials', 'The current password is wrong.');
  }

  private async check(
    row: AccountRow | undefined,
    account: string,
    password: string,
    origin: Origin,
  ): Promise<Proof> {
    const { hasher, lockout, keys, emailVerification } = this.deps;
    const { ip } = origin.client;
    const reservation = await lockout.reserve({ what: 'password', account, ip });
    let right: boolean;
    try {
      right = await hasher.verify(row?.password_hash, password, siteOf(ip));
    } catch (error) {
      await reservation.release();
      throw error;
    }
    if (!row) return { reservation, reason: 'unknown_user', steps: [] };
    const known = accountOf(keys, row);
    const refused = (reason: Proof['reason'] & string): Proof => ({ known, reason, reservation, steps: [] });
    if (!right) return refused('wrong_password');
    if (!known.active) return refused('inactive');
    if (emailVerification === 'required' && !known.verified) return refused('unverified');
    const { id, epoch, password_hash: verified } = row;
    const steps: Step[] = [
      { ...stillProved.bind({ id, epoch, verified }), otherwise: 'invalid_credentials' },
    ];
    if (hasher.needsUpgrade(verified)) {
      const passwordHash = await hasher.hash(password, siteOf(ip)).catch(() => undefined);
      if (passwordHash !== undefined) steps.push(upgradeHash.bind({ id, verified, passwordHash }));
    }
    return { known, account: known, reservation, steps };
  }

  /** Notes a login of an account that is still in this epoch. */
  entry(account: Account, at: number): Step {
    const { row: id, epoch } = account;
    return { ...markLogin.bind({ id, epoch, at }), otherwise: 'invalid_credentials' };
  }

  /** Ends every access token of an account. */
  endTokens(id: number): Step {
    return advanceEpoch.bind({ id });
  }

  /** Whether a new password will do, before the old one is looked at. @throws AccountError `weak_password` */
  async checkNext(row: number, { current, next }: { current: string; next: string }): Promise<void> {
    checkPassword(next, 'new_password', ownNames(await this.byRow(row)));
    if (next === current) throw weakPassword('new_password', ['must differ from the current one']);
  }

  /**
   * Prepares a change of the actor's own password, after `account` was proved to be theirs again. The epoch advances,
   * which voids every token of the account. @throws AccountError `hashing_busy`.
   */
  async passwordChange(
    actor: Actor,
    account: Account,
    next: string,
    origin: Origin,
  ): Promise<PasswordChange> {
    const { hasher, recorder, now } = this.deps;
    const passwordHash = await hasher.hash(next, siteOf(origin.client.ip));
    const { row: id, publicId, epoch } = account;
    const leaf = recorder.leaf({
      ...traced(origin),
      type: 'user.password.changed',
      time: now(),
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      resource: { type: 'account', ids: [publicId] },
      success: true,
    });
    const replaced = replacePassword.bind({ id, epoch, passwordHash });
    return {
      account: { ...account, epoch: epoch + 1, mustChangePassword: false },
      steps: [{ ...replaced, otherwise: 'stale_authorization' }],
      leaves: [leaf],
    };
  }

  /** Stores the event of a failed proof, and with it what the failure means: a lockout, an attack on many accounts. */
  async tellFailure(event: AuditEvent, { reservation }: Pick<Proof, 'reservation'>): Promise<void> {
    const { writer, recorder } = this.deps;
    const { type: _, code: __, severity: ___, ...about } = event;
    const leaves = [recorder.leaf(event)];
    if (reservation.last) leaves.push(recorder.leaf({ ...about, type: 'auth.lockout' }));
    if (reservation.spread !== undefined) {
      const { resource: _resource, ...others } = about;
      const found = { ...others, private: { ...about.private, accounts: reservation.spread } };
      leaves.push(
        recorder.leaf({ ...found, type: 'security.breach.attempt', action: 'credential_stuffing' }),
      );
    }
    await writer.commit({ steps: [], leaves });
  }

  /** The profile of the account behind an actor. */
  async own(actor: Actor): Promise<User> {
    return presentUser(await this.byRow(actor.account.row));
  }

  /** @throws AccountError `not_found` */
  async byRow(row: number): Promise<Account> {
    return accountOf(this.deps.keys, await this.rowById(row));
  }

  async byPublicId(publicId: string): Promise<Account | undefined> {
    const [row] = await this.deps.writer.read(accountByPublicId, { publicId });
    return row && accountOf(this.deps.keys, row);
  }

  /** By user name or e-mail address. */
  async byIdentifier(identifier: string): Promise<Account | undefined> {
    const row = await this.rowOf(identifier);
    return row && accountOf(this.deps.keys, row);
  }

  /**
   * A user by name: oneself, or anybody for those who manage users.
   * @throws AccountError `not_found`, the same for somebody else's name and one that does not exist.
   */
  async byUsername(actor: Actor, username: string): Promise<User> {
    const row = await this.rowOf(username);
    const own = actor.kind === 'account' && row?.id === actor.account.row;
    if (!row || !(own || can(actor, 'users:manage')))
      throw new AccountError('not_found', 'There is no such user here.');
    return presentUser(accountOf(this.deps.keys, row));
  }

  private async rowOf(identifier: string): Promise<AccountRow | undefined> {
    const { writer, keys } = this.deps;
    // User names hold no @, so that one name never means two accounts. There are wide and small ones, too.
    const [row] = comparable(identifier).includes('@')
      ? await writer.read(accountByEmail, { digest: keyedDigest(keys.digest, emailKey(identifier)) })
      : await writer.read(accountByUsername, { digest: keyedDigest(keys.digest, usernameKey(identifier)) });
    return row;
  }

  private async rowById(id: number): Promise<AccountRow> {
    const [row] = await this.deps.writer.read(accountById, { id });
    if (!row) throw new AccountError('not_found', 'This account is gone.');
    return row;
  }
}

/** What a password may not contain: whoever attacks an account tries its names first. */
export function ownNames({ username, email, full_name }: Pick<Account, 'username' | 'email' | 'full_name'>) {
  return [username, email.split('@')[0]!, ...(full_name?.split(/[^\p{L}\p{M}\p{N}]+/u) ?? [])];
}
