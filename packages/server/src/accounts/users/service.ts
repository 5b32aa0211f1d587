import type { z } from 'zod';
import type { Actor, Authorized } from '../../access/actor.ts';
import type { Role } from '../../access/permissions.ts';
import type { AuditEvent } from '../../audit/entry.ts';
import type { EventType } from '../../audit/events.ts';
import type { Recorder } from '../../audit/recorder.ts';
import { UnitRefused } from '../../database/errors.ts';
import type { Leaf, Step, Unit } from '../../database/unit.ts';
import type { WriterClient } from '../../database/writer-client.ts';
import type { ServerKeys } from '../../encryption/server-keys.ts';
import { InputError } from '../../http/input.ts';
import { auditActor, type Origin, traced } from '../../http/origin.ts';
import { type Ending, namespaceDeleted } from '../../namespaces/erasure.ts';
import { type Account, accountOf, presentUser, type User } from '../account.ts';
import type { createdUser, userList } from '../answers.ts';
import { AccountError } from '../errors.ts';
import { type PasswordHasher, randomPassword } from '../passwords.ts';
import type { Registration } from '../registration.ts';
import type { AccountService } from '../service.ts';
import {
  accountPage,
  changeStanding,
  countAccounts,
  deleteAccount,
  deleteUnconfirmed,
  neverConfirmed,
  otherAdmin,
  resetPassword,
} from '../store.ts';

export interface UserDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  keys: ServerKeys;
  recorder: Recorder;
  hasher: PasswordHasher;
  accounts: Pick<AccountService, 'byPublicId' | 'byRow'>;
  registration: Pick<Registration, 'createFor'>;
  /** Whether an account logs in before its address was verified. */
  emailVerification: 'required' | 'optional';
  /** Ends every session of an account, and what it invited to. */
  endSessions(account: number, at: number): Step[];
  /** Takes the second factor away. */
  withoutMfa(account: number): Step[];
  /**
   * What goes with the account: the contents of its own namespace, unless others are at home there, and the events
   * that tell of it. Refuses when that changed meanwhile.
   */
  erasure(account: Account, by: Ending): Promise<Pick<Unit, 'steps' | 'leaves'>>;
  /** The empty namespace of an account that is gone: changes nothing where something is in it. */
  emptied(namespace: number): Step;
  /** The networks that an account came from. */
  forgotten(publicId: string): Step;
  /** Ends links to a new password that are under way. */
  endResets(account: number): Step;
  forgetAccount(account: number): void;
  now: () => number;
}

export type UserPage = z.output<typeof userList>;

const SWEPT = 200;
const UNCONFIRMED_MS = 7 * 86_400_000;

/** Users of this server, as its administrators see and change them. */
export class Users {
  private readonly deps: UserDeps;

  constructor(deps: UserDeps) {
    this.deps = deps;
  }

  /** Oldest first. @throws AccountError `not_found` for an `after` that is no user */
  async list(
    _actor: Authorized<'users:manage'>,
    page: { after?: string | undefined; limit: number },
  ): Promise<UserPage> {
    const { writer, keys } = this.deps;
    const after = page.after === undefined ? 0 : (await this.of(page.after)).row;
    const [rows, [count]] = await Promise.all([
      writer.read(accountPage, { after, limit: page.limit + 1 }),
      writer.read(countAccounts, {}),
    ]);
    const users = rows.slice(0, page.limit).map((row) => presentUser(accountOf(keys, row)));
    const next = rows.length > page.limit ? users.at(-1)!.id : null;
    return { users, total: count!.total, next };
  }

  /** @throws AccountError `not_found` */
  async get(_actor: Authorized<'users:manage'>, id: string): Promise<User> {
    return presentUser(await this.of(id));
  }

  /** @throws AccountError `username_taken`; InputError for an address that another user has */
  async create(
    actor: Authorized<'users:manage'>,
    input: { username: string; email: string; full_name?: string | null | undefined; role: Role },
    origin: Origin,
  ): Promise<z.output<typeof createdUser>> {
    const { username, email, full_name = null, role } = input;
    const profile = { username, email, full_name };
    try {
      return await this.deps.registration.createFor(profile, role, auditActor(actor), actor.guard, origin);
    } catch (error) {
      throw error instanceof UnitRefused ? taken(error) : error;
    }
  }

  /**
   * Changes role and activity, at once: every session of the account ends, and its keys have the new role's rights.
   * @throws AccountError `not_found`, `last_admin`
   */
  async change(
    actor: Authorized<'users:manage'>,
    id: string,
    changes: { role?: Role | undefined; is_active?: boolean | undefined },
    origin: Origin,
  ): Promise<User> {
    const account = await this.of(id);
    const { row, epoch } = account;
    const role = changes.role ?? account.role;
    const active = changes.is_active ?? account.active;
    if (role === account.role && active === account.active) return presentUser(account);
    const loses = account.active && account.role === 'admin' && !(active && role === 'admin');
    const types: EventType[] = [];
    if (role !== account.role) types.push('user.updated');
    if (active !== account.active) types.push(active ? 'user.activated' : 'user.deactivated');
    const step = changeStanding.bind({ id: row, epoch, role, active: Number(active) });
    const states = {
      before: { role: account.role, is_active: account.active },
      after: { role, is_active: active },
    };
    const leaves = types.map((type) => this.leaf(type, actor, account, origin, `role ${role}`, states));
    const steps = [{ ...step, otherwise: 'stale_version' }, this.deps.endResets(row)];
    await this.commit(actor, account, loses, steps, leaves);
    return presentUser({ ...account, role, active });
  }

  /**
   * Removes the account with its keys, sessions and memberships; what its own namespace holds is destroyed with its
   * keys, unless others are at home there. @throws AccountError `not_found`, `last_admin`
   */
  async remove(actor: Authorized<'users:manage'>, id: string, origin: Origin): Promise<void> {
    const account = await this.of(id);
    const { row, epoch } = account;
    const by = { ...traced(origin), actor: auditActor(actor), time: this.deps.now() };
    const erasure = await this.deps.erasure(account, by);
    const steps = [
      ...erasure.steps,
      { ...deleteAccount.bind({ id: row, epoch }), otherwise: 'stale_version' },
    ];
    const leaves = [this.leaf('user.deleted', actor, account, origin), ...erasure.leaves];
    await this.commit(actor, account, account.active && account.role === 'admin', steps, leaves);
  }

  /** A random password for somebody who lost theirs; it has to be changed at the next login. */
  async resetPassword(actor: Authorized<'users:manage'>, id: string, origin: Origin): Promise<string> {
    const { hasher } = this.deps;
    const account = await this.of(id);
    const { row, epoch } = account;
    const password = randomPassword();
    const passwordHash = await hasher.hash(password);
    const step = resetPassword.bind({ id: row, epoch, passwordHash, mustChange: 1 });
    const leaf = this.leaf('user.password.reset', actor, account, origin, 'by_administrator');
    const steps = [{ ...step, otherwise: 'stale_version' }, this.deps.endResets(row)];
    await this.commit(actor, account, false, steps, [leaf]);
    return password;
  }

  /** For somebody who lost phone and recovery codes. Every session ends. */
  async removeMfa(actor: Authorized<'users:manage'>, id: string, origin: Origin): Promise<void> {
    const account = await this.of(id);
    const leaf = this.leaf('auth.mfa.disabled', actor, account, origin, 'by_administrator');
    await this.commit(actor, account, false, this.deps.withoutMfa(account.row), [leaf]);
  }

  /**
   * Where an address has to be confirmed first: removes accounts that never were, after a week, so that nobody holds
   * names for ever by registering them.
   */
  async sweep(): Promise<void> {
    const { writer, recorder, emptied, forgotten, emailVerification, now } = this.deps;
    if (emailVerification !== 'required') return;
    const before = now() - UNCONFIRMED_MS;
    const rows = await writer.read(neverConfirmed, { before, limit: SWEPT });
    for (const { id, public_id, namespace_id, namespace_public_id: namespace } of rows) {
      const by = { time: now(), actor: { kind: 'system' } } as const;
      const resource = { type: 'account', ids: [public_id] };
      const leaf = recorder.leaf({
        ...by,
        type: 'user.deleted',
        action: 'never_confirmed',
        namespace,
        resource,
        success: true,
      });
      const steps = [
        { ...deleteUnconfirmed.bind({ id, before }), otherwise: 'not_any_more' },
        forgotten(public_id),
      ];
      const empty = { ...emptied(namespace_id), otherwise: 'namespace_in_use' };
      try {
        const leaves = [leaf, recorder.leaf(namespaceDeleted(namespace, by))];
        await writer.commit({ steps: [...steps, empty], leaves }).catch((error: unknown) => {
          if ((error as { code?: string }).code !== 'namespace_in_use') throw error;
          return writer.commit({ steps, leaves: [leaf] });
        });
      } catch (error) {
        if (!(error instanceof UnitRefused)) throw error;
      }
    }
    // As long as each run finds as many, there are more.
    if (rows.length === SWEPT) await this.sweep();
  }

  private async of(id: string): Promise<Account> {
    const account = await this.deps.accounts.byPublicId(id);
    if (!account) throw new AccountError('not_found', 'There is no such user here.');
    return account;
  }

  private async commit(
    actor: Actor,
    { row }: Account,
    losesAdmin: boolean,
    steps: Step[],
    leaves: Leaf[],
  ): Promise<void> {
    const { writer, endSessions, forgetAccount, emailVerification, now } = this.deps;
    const verified = Number(emailVerification === 'required');
    const another = { ...otherAdmin.bind({ id: row, verified }), otherwise: 'last_admin' };
    try {
      await writer.commit({
        steps: [actor.guard, ...(losesAdmin ? [another] : []), ...endSessions(row, now()), ...steps],
        leaves,
      });
    } catch (error) {
      if (error instanceof UnitRefused && error.code === 'last_admin')
        throw new AccountError('last_admin', 'This is the last administrator: make somebody else one first.');
      throw error;
    } finally {
      forgetAccount(row);
    }
  }

  private leaf(
    type: EventType,
    actor: Actor,
    account: Account,
    origin: Origin,
    action?: string,
    states: Pick<AuditEvent, 'before' | 'after'> = {},
  ): Leaf {
    return this.deps.recorder.leaf({
      ...traced(origin, { username: account.username }),
      ...states,
      type,
      ...(action === undefined ? {} : { action }),
      time: this.deps.now(),
      actor: auditActor(actor),
      namespace: account.namespace.publicId,
      resource: { type: 'account', ids: [account.publicId] },
      success: true,
    });
  }
}

/** An administrator sees every address anyway: it may be said which of the two is taken. */
function taken(refused: UnitRefused): Error {
  const problem = (path: string) => [{ path, message: 'is taken' }];
  if (refused.code === 'username_taken')
    return new AccountError('username_taken', 'This user name is taken: choose another.', {
      problems: problem('username'),
    });
  if (refused.code === 'email_taken')
    return new InputError('Another user has this e-mail address.', problem('email'));
  return refused;
}
