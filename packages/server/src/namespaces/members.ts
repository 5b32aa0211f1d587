import type { z } from 'zod';
import type { Actor, Authorized } from '../access/actor.ts';
import type { Role } from '../access/permissions.ts';
import type { AccountService } from '../accounts/service.ts';
import type { EventType } from '../audit/events.ts';
import type { Recorder } from '../audit/recorder.ts';
import { UnitRefused } from '../database/errors.ts';
import type { Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { auditActor, type Origin, traced } from '../http/origin.ts';
import type { member } from './answers.ts';
import { NamespaceError } from './errors.ts';
import { roleOf } from './service.ts';
import {
  deleteMembership,
  insertMembership,
  memberByPublicId,
  membershipOf,
  membersOf,
  namespacesOf,
  nobodyElse,
  otherNamespaceAdmin,
  ownersOf,
  updateMembership,
} from './store.ts';

export interface MemberDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  recorder: Pick<Recorder, 'leaf'>;
  accounts: Pick<AccountService, 'byRow'>;
  /** Ends what an account has in one namespace: its sessions there, and its invitations to it. */
  endIn(account: number, namespace: number, at: number): Step[];
  /** Ends an account's API keys in a namespace. */
  endKeys(account: number, namespace: number, at: number): Step[];
  /** Whether an account logs in before its address was verified. */
  emailVerification: 'required' | 'optional';
  forgetAccount(account: number): void;
  now: () => number;
}

export type Member = z.output<typeof member>;

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

  /** A step that refuses unless nobody but this account is at home in a namespace; undefined when somebody is. */
  async alone(namespace: number, account: number): Promise<Step | undefined> {
    const step = nobodyElse.bind({ namespace, account });
    const alone = (await this.deps.writer.read(nobodyElse, { namespace, account })).length > 0;
    return alone ? { ...step, otherwise: 'stale_version' } : undefined;
  }

  /** The namespaces that nobody is left in without this account, each with the step that refuses if that changed. */
  async deserted(account: {
    row: number;
    namespace: { id: number; publicId: string };
  }): Promise<{ id: number; publicId: string; step: Step }[]> {
    const rows = await this.deps.writer.read(namespacesOf, { account: account.row });
    const joined = rows.map(({ id, public_id: publicId }) => ({ id, publicId }));
    const found = await Promise.all(
      [account.namespace, ...joined].map(async ({ id, publicId }) => {
        const step = await this.alone(id, account.row);
        return step ? [{ id, publicId, step }] : [];
      }),
    );
    return found.flat();
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
    here(actor, namespace);
    return this.unit({ actor, place: actor.namespace, member, origin }, 'namespace.member.updated', {
      change: set,
      role,
    });
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
    here(actor, namespace);
    return this.unit({ actor, place: actor.namespace, member, origin }, 'namespace.member.removed', {
      change: end,
    });
  }

  /** Ends the actor's own membership. @throws NamespaceError `not_found`, `last_admin` */
  async leave(actor: Actor, namespace: string, origin: Origin): Promise<void> {
    const found = { account: actor.account.row, namespace };
    const [row] = await this.deps.writer.read(membershipOf, found);
    if (!row) throw new NamespaceError('not_found');
    const place = { id: row.id, publicId: row.public_id };
    const change = (account: number, before: Role) =>
      deleteMembership.bind({ namespace: row.id, account, before });
    const about = { actor, place, member: actor.account.publicId, origin };
    return this.unit(about, 'namespace.member.removed', { change });
  }

  private async unit(
    { actor, place, member, origin }: About,
    type: EventType,
    { change, role }: { change: (account: number, before: Role) => Step; role?: Role },
  ): Promise<void> {
    const { writer, recorder, endIn, endKeys, emailVerification, forgetAccount, now } = this.deps;
    const { id: namespace, publicId } = place;
    const [row] = await writer.read(memberByPublicId, { namespace, account: member });
    if (!row) throw new NamespaceError('not_found');
    if (row.role === role) return;
    const { account } = row;
    const verified = Number(emailVerification === 'required');
    const other = { ...otherNamespaceAdmin.bind({ namespace, account, verified }), otherwise: 'last_admin' };
    const at = now();
    const leaf = recorder.leaf({
      ...traced(origin),
      type,
      ...(role === undefined ? {} : { action: `role ${role}`, after: { role } }),
      before: { role: row.role },
      time: at,
      actor: auditActor(actor),
      namespace: publicId,
      resource: { type: 'account', ids: [member] },
      success: true,
    });
    try {
      await writer.commit({
        steps: [
          actor.guard,
          ...(row.role === 'admin' ? [other] : []),
          { ...change(account, roleOf(row.role)), otherwise: 'not_found' },
          ...endIn(account, namespace, at),
          ...(role === undefined ? endKeys(account, namespace, at) : []),
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

interface About {
  actor: Actor;
  place: { id: number; publicId: string };
  /** Public id of the account. */
  member: string;
  origin: Origin;
}

function here(actor: Actor, namespace: string): void {
  if (namespace !== actor.namespace.publicId) throw new NamespaceError('not_found');
}
