import { type Statement, statement } from '../../database/statement.ts';

export interface NewInvitation {
  id: string;
  /** Null for an invitation to the server. */
  namespace: number | null;
  by: number;
  email: Uint8Array | null;
  emailDigest: Uint8Array | null;
  role: string;
  digest: Uint8Array;
  at: number;
  expires: number;
}

export const insertInvitation = statement((db, p: NewInvitation) =>
  db.insertInto('invitations').values({
    id: p.id,
    namespace_id: p.namespace,
    invited_by: p.by,
    email_sealed: p.email,
    email_digest: p.emailDigest,
    role: p.role,
    digest: p.digest,
    created_at: p.at,
    expires_at: p.expires,
    accepted_at: null,
  }),
);

const COLUMNS = [
  'invitations.id',
  'namespace_id',
  'invited_by',
  'email_sealed',
  'email_digest',
  'invitations.role',
  'invitations.created_at',
  'expires_at',
] as const;

export const invitationByDigest = statement((db, p: { digest: Uint8Array; now: number }) =>
  db
    .selectFrom('invitations')
    .select(COLUMNS)
    .where('digest', '=', p.digest)
    .where('accepted_at', 'is', null)
    .where('expires_at', '>', p.now),
);
export type InvitationRow =
  typeof invitationByDigest extends Statement<{ digest: Uint8Array; now: number }, infer R> ? R : never;

/** An invitation is good once: of two that accept it, one finds its row. */
export const acceptInvitation = statement((db, p: { id: string; now: number }) =>
  db
    .updateTable('invitations')
    .set({ accepted_at: p.now })
    .where('id', '=', p.id)
    .where('accepted_at', 'is', null)
    .where('expires_at', '>', p.now),
);

export const openInvitations = statement((db, p: { namespace: number; now: number }) =>
  db
    .selectFrom('invitations')
    .select(COLUMNS)
    .where('namespace_id', '=', p.namespace)
    .where('accepted_at', 'is', null)
    .where('expires_at', '>', p.now)
    .orderBy('created_at')
    .orderBy('id'),
);
export const openServerInvitations = statement((db, p: { now: number }) =>
  db
    .selectFrom('invitations')
    .select(COLUMNS)
    .where('namespace_id', 'is', null)
    .where('accepted_at', 'is', null)
    .where('expires_at', '>', p.now)
    .orderBy('created_at')
    .orderBy('id'),
);

export const deleteInvitation = statement((db, p: { id: string; namespace: number }) =>
  db
    .deleteFrom('invitations')
    .where('id', '=', p.id)
    .where('namespace_id', '=', p.namespace)
    .where('accepted_at', 'is', null),
);
export const deleteServerInvitation = statement((db, p: { id: string }) =>
  db
    .deleteFrom('invitations')
    .where('id', '=', p.id)
    .where('namespace_id', 'is', null)
    .where('accepted_at', 'is', null),
);
export const deleteOldInvitations = statement((db, p: { before: number }) =>
  db.deleteFrom('invitations').where('expires_at', '<', p.before),
);

export const deleteInvitationsIn = statement((db, p: { account: number; namespace: number }) =>
  db
    .deleteFrom('invitations')
    .where('invited_by', '=', p.account)
    .where('namespace_id', '=', p.namespace)
    .where('accepted_at', 'is', null),
);

/** Whoever may not invite any more has invited nobody. */
export const deleteInvitationsBy = statement((db, p: { account: number }) =>
  db.deleteFrom('invitations').where('invited_by', '=', p.account).where('accepted_at', 'is', null),
);
