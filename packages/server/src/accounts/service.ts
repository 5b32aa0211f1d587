import type { Actor } from '../access/actor.ts';
import { can } from '../access/actor.ts';
import type { Recorder } from '../audit/recorder.ts';
import type { Leaf, Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { keyedDigest } from '../encryption/digest.ts';
import type { ServerKeys } from '../encryption/server-keys.ts';
import { auditActor, type Origin, traced } from '../http/origin.ts';
import { type Account, accountOf, presentUser, type User } from './account.ts';
import { AccountError } from './errors.ts';
import { emailKey, usernameKey } from './names.ts';
import { checkPassword, type PasswordHasher, weakPassword } from './passwords.ts';
import {
  type AccountRow,
  accountByEmail,
  accountById,
  accountByUsername,
  markLogin,
  replacePassword,
} from './store.ts';

export type { Account, User } from './account.ts';
export { presentUser } from './account.ts';

export interface AccountDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  keys: ServerKeys;
  recorder: Recorder;
  hasher: PasswordHasher;
  now: () => number;
}

/** An account whose password was just proved. `entry` notes the login, and refuses when the proof is out of date. */
export interface Proved {
  account: Account;
  entry(at: number): Step;
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
   * The account of a name or address and its password; undefined for unknown, wrong and inactive alike, after the
   * same work. `known` is told apart only for the audit log.
   * @throws AccountError `hashing_busy`.
   */
  async prove(identifier: string, password: string): Promise<{ proved?: Proved; known?: Account }> {
    const row = await this.rowOf(identifier);
    const right = await this.deps.hasher.verify(row?.password_hash, password);
    if (!row) return {};
    const known = accountOf(this.deps.keys, row);
    if (!right || !known.active) return { known };
    const { id, epoch, password_hash: verified } = row;
    const entry = (at: number): Step => ({
      ...markLogin.bind({ id, epoch, verified, at }),
      otherwise: 'invalid_credentials',
    });
    return { known, proved: { account: known, entry } };
  }

  /**
   * Prepares a change of the actor's own password. The epoch advances, which voids every token of the account.
   * @throws AccountError `weak_password`, `invalid_credentials`, `hashing_busy`.
   */
  async passwordChange(
    actor: Actor,
    input: { current: string; next: string },
    origin: Origin,
  ): Promise<PasswordChange> {
    const { hasher, recorder, keys, now } = this.deps;
    checkPassword(input.next, 'new_password');
    const row = await this.rowById(actor.account.row);
    const event = {
      ...traced(origin),
      type: 'user.password.changed' as const,
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      resource: { type: 'account', ids: [row.public_id] },
    };
    if (!(await hasher.verify(row.password_hash, input.current))) {
      await recorder.record({ ...event, time: now(), success: false, code: 'invalid_credentials' });
      throw new AccountError('invalid_credentials', 'The current password is wrong.');
    }
    if (input.next === input.current)
      throw weakPassword('new_password', ['must differ from the current one']);
    const passwordHash = await hasher.hash(input.next);
    const { id, epoch, password_hash: verified } = row;
    const step = replacePassword.bind({ id, epoch, verified, passwordHash });
    const account = accountOf(keys, row);
    return {
      account: { ...account, epoch: epoch + 1, mustChangePassword: false },
      steps: [{ ...step, otherwise: 'stale_authorization' }],
      leaves: [recorder.leaf({ ...event, time: now(), success: true })],
    };
  }

  /** The profile of the account behind an actor. */
  async own(actor: Actor): Promise<User> {
    return presentUser(accountOf(this.deps.keys, await this.rowById(actor.account.row)));
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
    // User names hold no @, so that one name never means two accounts.
    const [row] = identifier.includes('@')
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
