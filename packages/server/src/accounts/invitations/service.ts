import type { z } from 'zod';
import { type Actor, type Authorized, loggedIn } from '../../access/actor.ts';
import type { Role } from '../../access/permissions.ts';
import type { AuditActor } from '../../audit/entry.ts';
import type { EventType } from '../../audit/events.ts';
import type { Recorder } from '../../audit/recorder.ts';
import { UnitRefused } from '../../database/errors.ts';
import type { Leaf, Step } from '../../database/unit.ts';
import type { WriterClient } from '../../database/writer-client.ts';
import { keyedDigest } from '../../encryption/digest.ts';
import { open, seal } from '../../encryption/seal.ts';
import type { ServerKeys } from '../../encryption/server-keys.ts';
import { auditActor, type Origin, traced } from '../../http/origin.ts';
import { newId } from '../../ids.ts';
import type { RateLimits } from '../../limits/rate-limits.ts';
import { linkTo } from '../../mail/links.ts';
import { invitation as invitationMail } from '../../mail/messages.ts';
import type { MailService } from '../../mail/service.ts';
import type { Members } from '../../namespaces/members.ts';
import { type NamespaceService, roleOf } from '../../namespaces/service.ts';
import type { invitation, newInvitationMade } from '../answers.ts';
import { AccountError } from '../errors.ts';
import { emailKey } from '../names.ts';
import { newSecretText, tokenDigest } from '../one-time-tokens.ts';
import type { AccountService } from '../service.ts';
import {
  acceptInvitation,
  deleteInvitation,
  deleteInvitationsBy,
  deleteInvitationsIn,
  deleteOldInvitations,
  deleteServerInvitation,
  type InvitationRow,
  insertInvitation,
  invitationByDigest,
  openInvitations,
  openServerInvitations,
} from './store.ts';

export interface InvitationDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  keys: ServerKeys;
  recorder: Recorder;
  accounts: Pick<AccountService, 'byRow'>;
  namespaces: Pick<NamespaceService, 'name' | 'publicIdOf'>;
  members: Pick<Members, 'joining'>;
  mail: Pick<MailService, 'queue' | 'wake'>;
  /** Somebody who invites many sends mail in this server's name. */
  limits: Pick<RateLimits, 'check'>;
  publicUrl(): string;
  now: () => number;
}

/** An invitation as whoever may invite sees it. */
export type Invitation = z.output<typeof invitation>;
/** Without an address there is nobody to mail it to: whoever invites hands it on. */
export type NewInvitation = z.output<typeof newInvitationMade>;

/** What an invitation does for the account that takes it up; the steps belong into one unit with that account. */
export interface Accepted {
  /** The account's own role, when it is invited to the server. */
  role: Role | undefined;
  /** Made by an administrator of the server: good for a new account where registration is by invitation. */
  opensServer: boolean;
  /** Row of the namespace it is to. */
  namespace: number | null;
  steps(account: string): Step[];
  leaves(by: AuditActor, origin: Origin): Leaf[];
}

const DAYS = 7;
const DAY_MS = 86_400_000;
const TOKEN = /^mhi_[A-Za-z0-9_-]{43}$/;
const INVALID = 'This invitation is not valid (any more), or is for another address: ask for a new one.';
const address = (id: string) => ({ namespace: 0, table: 'invitations', row: id, field: 'email' });

/** Invitations: to a namespace, for those who have an account or make one with it, or only to this server. */
export class Invitations {
  private readonly deps: InvitationDeps;

  constructor(deps: InvitationDeps) {
    this.deps = deps;
  }

  /** To the namespace that the actor acts in. @throws AccountError `not_found` for any other */
  async create(
    actor: Authorized<'members:manage'>,
    namespace: string,
    input: { email?: string | undefined; role: Role },
    origin: Origin,
  ): Promise<NewInvitation> {
    here(actor, namespace);
    return this.make(actor, actor.namespace.id, input, origin);
  }

  /** To this server, with a namespace of one's own. */
  createForServer(
    actor: Authorized<'users:manage'>,
    input: { email?: string | undefined; role: Role },
    origin: Origin,
  ): Promise<NewInvitation> {
    return this.make(actor, null, input, origin);
  }

  async list(actor: Authorized<'members:manage'>, namespace: string): Promise<Invitation[]> {
    here(actor, namespace);
    const { writer, now } = this.deps;
    const rows = await writer.read(openInvitations, { namespace: actor.namespace.id, now: now() });
    return rows.map((row) => this.present(row));
  }

  async listForServer(_actor: Authorized<'users:manage'>): Promise<Invitation[]> {
    const rows = await this.deps.writer.read(openServerInvitations, { now: this.deps.now() });
    return rows.map((row) => this.present(row));
  }

  /** @throws AccountError `not_found` */
  withdraw(
    actor: Authorized<'members:manage'>,
    namespace: string,
    id: string,
    origin: Origin,
  ): Promise<void> {
    here(actor, namespace);
    return this.end(actor, deleteInvitation.bind({ id, namespace: actor.namespace.id }), id, origin);
  }

  /** @throws AccountError `not_found` */
  withdrawFromServer(actor: Authorized<'users:manage'>, id: string, origin: Origin): Promise<void> {
    return this.end(actor, deleteServerInvitation.bind({ id }), id, origin);
  }

  /**
   * What an invitation does, for the unit of a registration.
   * @throws AccountError `invitation_invalid`: unknown, used, expired, or for another address
   */
  async opened(token: string, email: string): Promise<Accepted> {
    const { writer, keys, recorder, accounts, members, namespaces, now } = this.deps;
    const at = now();
    const digest = tokenDigest('invitation', token);
    const [row] = TOKEN.test(token) ? await writer.read(invitationByDigest, { digest, now: at }) : [];
    const forThem =
      !row?.email_digest || keyedDigest(keys.digest, emailKey(email)).equals(Buffer.from(row.email_digest));
    if (!row || !forThem) throw new AccountError('invitation_invalid', INVALID);
    const role = roleOf(row.role);
    const { id, namespace_id: namespace } = row;
    const to = namespace === null ? {} : { namespace: await namespaces.publicIdOf(namespace) };
    const used = { ...acceptInvitation.bind({ id, now: at }), otherwise: 'invitation_invalid' };
    return {
      role: namespace === null ? role : undefined,
      namespace,
      opensServer: namespace === null || (await accounts.byRow(row.invited_by)).role === 'admin',
      steps: (account) => (namespace === null ? [used] : [used, members.joining(account, namespace, role)]),
      leaves: (by, origin) => [
        recorder.leaf({
          ...traced(origin),
          // An invitation to the server is taken up by the account itself, which joins nobody's namespace.
          ...(namespace === null
            ? { type: 'user.invited', action: 'accepted' }
            : { type: 'namespace.member.added', action: `role ${role}`, after: { role } }),
          time: at,
          actor: by,
          ...to,
          resource: { type: 'invitation', ids: [id] },
          success: true,
        }),
      ],
    };
  }

  /**
   * Takes up an invitation with an account that is there already.
   * @throws AccountError `invitation_invalid`; UnitRefused `already_member`
   */
  async accept(actor: Actor, token: string, origin: Origin): Promise<void> {
    const { writer, accounts } = this.deps;
    const account = await accounts.byRow(loggedIn(actor).account.row);
    const { email, publicId } = account;
    const accepted = await this.opened(token, email);
    if (accepted.namespace === account.namespace.id) throw new UnitRefused('already_member');
    // An invitation to the server is an account: whoever has one needs none, and gains no role by it.
    if (accepted.role !== undefined) throw new AccountError('invitation_invalid', INVALID);
    try {
      await writer.commit({
        steps: [actor.guard, ...accepted.steps(publicId)],
        leaves: accepted.leaves(auditActor(actor), origin),
      });
    } catch (error) {
      const late = error instanceof UnitRefused && error.code === 'invitation_invalid';
      throw late ? new AccountError('invitation_invalid', INVALID) : error;
    }
  }

  /** For the unit of whatever takes a right to invite to a namespace away. */
  endIn(account: number, namespace: number): Step {
    return deleteInvitationsIn.bind({ account, namespace });
  }

  /** For the unit of whatever takes a right to invite away. */
  endOf(account: number): Step {
    return deleteInvitationsBy.bind({ account });
  }

  async sweep(): Promise<void> {
    const { writer, now } = this.deps;
    const step = deleteOldInvitations.bind({ before: now() - 30 * DAY_MS });
    await writer.commit({ steps: [step], leaves: [] });
  }

  private async make(
    actor: Actor,
    namespace: number | null,
    { email, role }: { email?: string | undefined; role: Role },
    origin: Origin,
  ): Promise<NewInvitation> {
    const { writer, keys, accounts, namespaces, mail, limits, publicUrl, now } = this.deps;
    const id = newId();
    const token = newSecretText('mhi_');
    const link = linkTo(publicUrl(), 'invitation', token);
    const at = now();
    const expires = at + DAYS * DAY_MS;
    const insert = insertInvitation.bind({
      id,
      namespace,
      by: actor.account.row,
      email: email === undefined ? null : seal(keys.records, address(id), Buffer.from(email)),
      emailDigest: email === undefined ? null : keyedDigest(keys.digest, emailKey(email)),
      role,
      digest: tokenDigest('invitation', token),
      at,
      expires,
    });
    const letter: Step[] = [];
    limits.check('invitation', actor.account.publicId);
    if (email !== undefined) {
      const by = (await accounts.byRow(actor.account.row)).username;
      const name = namespace === null ? null : await namespaces.name(namespace);
      letter.push(
        ...mail.queue({ to: email, ...invitationMail({ by, namespace: name, link, token, days: DAYS }) }),
      );
    }
    await writer.commit({
      steps: [actor.guard, insert, ...letter],
      leaves: [this.leaf('user.invited', actor, id, origin, `role ${role}`)],
    });
    if (letter.length > 0) mail.wake();
    const made = {
      id,
      email: email ?? null,
      role,
      created_at: new Date(at).toISOString(),
      expires_at: new Date(expires).toISOString(),
    };
    return email === undefined ? { ...made, token, link } : made;
  }

  private async end(actor: Actor, step: Step, id: string, origin: Origin): Promise<void> {
    const leaf = this.leaf('user.invitation.withdrawn', actor, id, origin);
    try {
      const steps = [actor.guard, { ...step, otherwise: 'not_found' }];
      await this.deps.writer.commit({ steps, leaves: [leaf] });
    } catch (error) {
      throw error instanceof UnitRefused && error.code === 'not_found' ? notFound() : error;
    }
  }

  private leaf(type: EventType, actor: Actor, id: string, origin: Origin, action?: string): Leaf {
    return this.deps.recorder.leaf({
      ...traced(origin),
      type,
      ...(action === undefined ? {} : { action }),
      time: this.deps.now(),
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      resource: { type: 'invitation', ids: [id] },
      success: true,
    });
  }

  private present(row: InvitationRow): Invitation {
    const { id, email_sealed: sealed } = row;
    return {
      id,
      email: sealed === null ? null : open(this.deps.keys.records, address(id), sealed).toString(),
      role: roleOf(row.role),
      created_at: new Date(row.created_at).toISOString(),
      expires_at: new Date(row.expires_at).toISOString(),
    };
  }
}

const notFound = () => new AccountError('not_found', 'There is no such namespace or invitation here.');

function here(actor: Actor, namespace: string): void {
  if (namespace !== actor.namespace.publicId) throw notFound();
}
