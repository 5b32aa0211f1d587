import type { Actor, Authorized } from '../access/actor.ts';
import type { Role } from '../access/permissions.ts';
import type { AccountService } from '../accounts/service.ts';
import type { EventType } from '../audit/events.ts';
import type { Recorder } from '../audit/recorder.ts';
import { UnitRefused } from '../database/errors.ts';
import type { Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { auditActor, type Origin, traced } from '../http/origin.ts';
import { NamespaceError } from './errors.ts';
import { roleOf } from './service.ts';
import {
  deleteMembership,
  insertMembership,
  memberByPublicId,
  membersOf,
  otherNamespaceAdmin,
  ownersOf,
  updateMembership,
} from './store.ts';

export interface MemberDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  recorder: Pick<Recorder, 'leaf'>;
  accounts: Pick<AccountService, 'byRow'>;
  /** Ends every token and session of an account: what it carries says what it was allowed. */
  endTokens(account: number, at: number): Step[];
  forgetAccount(account: number): void;
  now: () => number;
}

/** A member as the others see it. */
export interface Member {
  /** Public id of the account. */
  id: string;
  username: string;
  role: Role;
  /** It is the namespace that came with this account. */
  own: boolean;
  is_active: boolean;
  /** ISO 8601. */
  since: string;
}

/** Who else may act in a namespace, and as what. Invitations make members: see accounts. */
export class Members {
  private readonly deps: MemberDeps;

  constructor(deps: MemberDeps) {
    this.deps = deps;
  }

  /** @throws NamespaceError `not_found` for any namespace but the actor's */
  async list(actor: Authorized<'members:manage'>, namespace: string): Promise<Member[]> {
    const { writer, accounts } = this.deps;
    here(actor, namespace);
    const key = { namespace: actor.namespace.id };
    const [owners, members] = await Promise.all([writer.read(ownersOf, key), writer.read(membersOf, key)]);
    const present = (own: boolean) => async (row: (typeof members)[number]) => {
      const { username, active } = await accounts.byRow(row.account);
      const since = new Date(row.created_at).toISOString();
      return { id: row.public_id, username, role: roleOf(row.role), own, is_active: active, since };
    };
    return Promise.all([...owners.map(present(true)), ...members.map(present(false))]);
  }

  /** Whether nobody but this account is at home in its namespace. */
  async alone(namespace: number, account: number): Promise<boolean> {
    const { writer } = this.deps;
    const [owners, members] = await Promise.all([
      writer.read(ownersOf, { namespace }),
      writer.read(membersOf, { namespace }),
    ]);
    return [...owners, ...members].every((row) => row.account === account);
  }

  /** Steps of an invitation that is accepted: `account` is a public id, of an account that the unit may be making. */
  joining(account: string, namespace: number, role: Role): Step {
    const step = insertMembership.bind({ account, namespace, role, at: this.deps.now() });
    return { ...step, otherwise: 'already_member' };
  }

  /** @throws NamespaceError `not_found`, `last_admin` */
  change(
    actor: Authorized<'members:manage'>,
    namespace: string,
    member: string,
    role: Role,
    origin: Origin,
  ): Promise<void> {
    const set = (account: number, before: Role) =>
      updateMembership.bind({ namespace: actor.namespace.id, account, before, role });
    return this.unit(actor, namespace, member, set, role !== 'admin', 'namespace.member.updated', origin);
  }

  /** @throws NamespaceError `not_found`, `last_admin` */
  remove(
    actor: Authorized<'members:manage'>,
    namespace: string,
    member: string,
    origin: Origin,
  ): Promise<void> {
    const end = (account: number, before: Role) =>
      deleteMembership.bind({ namespace: actor.namespace.id, account, before });
    return this.unit(actor, namespace, member, end, true, 'namespace.member.removed', origin);
  }

  private async unit(
    actor: Actor,
    namespace: string,
    member: string,
    change: (account: number, before: Role) => Step,
    loses: boolean,
    type: EventType,
    origin: Origin,
  ): Promise<void> {
    const { writer, recorder, endTokens, forgetAccount, now } = this.deps;
    here(actor, namespace);
    const { id } = actor.namespace;
    const [row] = await writer.read(memberByPublicId, { namespace: id, account: member });
    if (!row) throw new NamespaceError('not_found');
    const { account } = row;
    const other = { ...otherNamespaceAdmin.bind({ namespace: id, account }), otherwise: 'last_admin' };
    const at = now();
    const leaf = recorder.leaf({
      ...traced(origin),
      type,
      time: at,
      actor: auditActor(actor),
      namespace,
      resource: { type: 'account', ids: [member] },
      success: true,
    });
    try {
      await writer.commit({
        steps: [
          actor.guard,
          ...(loses && row.role === 'admin' ? [other] : []),
          { ...change(account, roleOf(row.role)), otherwise: 'not_found' },
          ...endTokens(account, at),
        ],
        leaves: [leaf],
      });
    } catch (error) {
      const known =
        error instanceof UnitRefused && (error.code === 'last_admin' || error.code === 'not_found');
      throw known ? new NamespaceError(error.code as 'last_admin' | 'not_found') : error;
    } finally {
      forgetAccount(account);
    }
  }
}

function here(actor: Actor, namespace: string): void {
  if (namespace !== actor.namespace.publicId) throw new NamespaceError('not_found');
}
