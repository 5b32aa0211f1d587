import type { Actor } from '../access/actor.ts';
import type { Recorder } from '../audit/recorder.ts';
import { UnitRefused } from '../database/errors.ts';
import type { Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { auditActor, type Origin, traced } from '../http/origin.ts';
import { standingOf } from './actor.ts';
import type { CredentialCache } from './credential-cache.ts';
import { SessionError } from './errors.ts';
import { type Issuer, refreshDigest, type SessionClient, type Tokens } from './issue.ts';
import {
  deleteAllExpired,
  deleteRefreshBeyond,
  markRefreshed,
  refreshByDigest,
  revokeOwnSession,
  revokeSession,
  revokeSessionsIn,
  revokeSessionsOf,
  type SessionRow,
  sessionStands,
  sessionsOfAccount,
  useRefresh,
} from './store.ts';
import { TokenRefused } from './tokens.ts';

export interface SessionDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  recorder: Recorder;
  issuer: Pick<Issuer, 'issue' | 'clientOf'>;
  cache: Pick<CredentialCache, 'forgetAccount'>;
  /** Ends every token of an account: see accounts. */
  advanceEpoch(account: number): Step;
  now: () => number;
}

/** A session as its owner sees it. Times are ISO 8601. */
export interface Session extends SessionClient {
  id: string;
  namespace: string;
  created_at: string;
  last_used_at: string;
  expires_at: string;
  with_mfa: boolean;
  /** The one that asks. */
  current: boolean;
}

/** Used refresh tokens of a session that are still known as used. */
const KEPT_TOKENS = 200;
const REFRESH = /^mhr_[A-Za-z0-9_-]{43}$/;
const ENDED = new Set(['already_used', 'ended']);

/** The session of an actor who has one. @throws SessionError `permission_denied` for keys and certificates */
export function sessionOf(actor: Actor): string {
  if (actor.kind !== 'account' || actor.session === undefined) throw new SessionError('permission_denied');
  return actor.session;
}

/** Sessions that have begun: how they go on, and how they end. */
export class SessionService {
  private readonly deps: SessionDeps;

  constructor(deps: SessionDeps) {
    this.deps = deps;
  }

  /**
   * New tokens for a refresh token, which is good once. One that comes a second time was stolen, from its owner or
   * by somebody: the session ends for both (RFC 9700, section 4.14).
   * @throws SessionError `invalid_refresh_token`, one wording for every reason.
   */
  async refresh(token: string, origin: Origin): Promise<Tokens> {
    const { writer, recorder, issuer, now } = this.deps;
    const digest = refreshDigest(token);
    const [row] = REFRESH.test(token) ? await writer.read(refreshByDigest, { digest }) : [];
    if (!row) return this.refuse('unknown', undefined, origin);
    if (row.used_at !== null) return this.endFamily(row, origin);
    const at = now();
    try {
      const role = standingOf(row, at);
      const { session, account, epoch } = row;
      const subject = {
        session,
        account: row.account_public_id,
        namespace: row.namespace_public_id,
        role,
        epoch,
      };
      const { tokens, steps } = await issuer.issue(subject, { at, expires: row.expires_at });
      const leaf = recorder.leaf({
        ...eventOf(row, origin),
        type: 'auth.token.refreshed',
        time: at,
        success: true,
      });
      await writer.commit({
        steps: [
          { ...sessionStands.bind({ session, account, epoch, role }), otherwise: 'ended' },
          { ...useRefresh.bind({ digest, at }), otherwise: 'already_used' },
          markRefreshed.bind({ id: session, at }),
          deleteRefreshBeyond.bind({ session, keep: KEPT_TOKENS }),
          ...steps,
        ],
        leaves: [leaf],
      });
      return tokens;
    } catch (error) {
      if (error instanceof TokenRefused) return this.refuse(error.reason, row, origin);
      if (!(error instanceof UnitRefused && ENDED.has(error.code))) throw error;
      return error.code === 'already_used'
        ? this.endFamily(row, origin)
        : this.refuse('revoked', row, origin);
    }
  }

  /** Ends the session of the actor's token, at once and for good. Twice is as good as once. */
  async logout(actor: Actor, origin: Origin): Promise<void> {
    const session = sessionOf(actor);
    await this.end(actor, session, revokeSession.bind({ id: session, at: this.deps.now() }), origin);
  }

  /** The account's sessions that have not ended, newest first. */
  async list(actor: Actor): Promise<Session[]> {
    const { writer, issuer, now } = this.deps;
    const current = sessionOf(actor);
    const rows = await writer.read(sessionsOfAccount, { account: actor.account.row, now: now() });
    const time = (at: number) => new Date(at).toISOString();
    return rows.map((row) => ({
      id: row.id,
      namespace: row.namespace_public_id,
      ...issuer.clientOf(row.id, row.client_sealed),
      created_at: time(row.created_at),
      last_used_at: time(row.refreshed_at),
      expires_at: time(row.expires_at),
      with_mfa: row.with_mfa === 1,
      current: row.id === current,
    }));
  }

  /** Ends one session of the actor's account. @throws SessionError `not_found`, also for somebody else's */
  async revoke(actor: Actor, id: string, origin: Origin): Promise<void> {
    sessionOf(actor);
    const step = revokeOwnSession.bind({ id, account: actor.account.row, at: this.deps.now() });
    if (!(await this.end(actor, id, step, origin))) throw new SessionError('not_found');
  }

  /** Ends every session of the actor's account, this one included. */
  async logoutAll(actor: Actor, origin: Origin): Promise<void> {
    const { writer, recorder, cache, advanceEpoch, now } = this.deps;
    sessionOf(actor);
    const at = now();
    const { row: account, publicId } = actor.account;
    const event = {
      ...traced(origin),
      time: at,
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      resource: { type: 'account', ids: [publicId] },
      success: true,
    };
    try {
      await writer.commit({
        steps: [actor.guard, advanceEpoch(account), ...this.endAll(account, at)],
        leaves: [
          recorder.leaf({ ...event, type: 'auth.logout', action: 'all' }),
          recorder.leaf({ ...event, type: 'auth.token.revoked' }),
        ],
      });
    } finally {
      cache.forgetAccount(account);
    }
  }

  /** For the unit of whatever ends an account's sessions in one namespace. */
  endIn(account: number, namespace: number, at: number): Step[] {
    return [revokeSessionsIn.bind({ account, namespace, at })];
  }

  /** For the unit of whatever ends all sessions of an account. */
  endAll(account: number, at: number): Step[] {
    return [revokeSessionsOf.bind({ account, at })];
  }

  async sweep(): Promise<void> {
    const { writer, now } = this.deps;
    await writer.commit({ steps: [deleteAllExpired.bind({ now: now() })], leaves: [] });
  }

  /** @returns whether there was something to end */
  private async end(actor: Actor, session: string, step: Step, origin: Origin): Promise<boolean> {
    const { writer, recorder, cache, now } = this.deps;
    const event = {
      ...traced(origin),
      time: now(),
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      resource: { type: 'session', ids: [session] },
      success: true,
    };
    const leaves = [
      recorder.leaf({ ...event, type: 'auth.logout' }),
      recorder.leaf({ ...event, type: 'auth.token.revoked' }),
    ];
    try {
      await writer.commit({ steps: [{ ...step, otherwise: 'already_ended' }], leaves });
      return true;
    } catch (error) {
      if (error instanceof UnitRefused && error.code === 'already_ended') return false;
      throw error;
    } finally {
      cache.forgetAccount(actor.account.row);
    }
  }

  private async endFamily(row: SessionRow, origin: Origin): Promise<never> {
    const { writer, recorder, cache, now } = this.deps;
    const at = now();
    const event = { ...eventOf(row, origin), time: at, success: false, code: 'already_used' };
    try {
      await writer.commit({
        steps: [revokeSession.bind({ id: row.session, at })],
        leaves: [recorder.leaf({ ...event, type: 'auth.token.reused' })],
      });
    } finally {
      cache.forgetAccount(row.account);
    }
    throw new SessionError('invalid_refresh_token');
  }

  private async refuse(reason: string, row: SessionRow | undefined, origin: Origin): Promise<never> {
    const { recorder, now } = this.deps;
    const about = row ? eventOf(row, origin) : { ...traced(origin), actor: { kind: 'anonymous' as const } };
    const type = reason === 'expired' ? ('auth.token.expired' as const) : ('auth.token.invalid' as const);
    await recorder.record({ ...about, type, action: 'refresh', time: now(), success: false, code: reason });
    throw new SessionError('invalid_refresh_token');
  }
}

function eventOf(row: SessionRow, origin: Origin) {
  return {
    ...traced(origin),
    actor: { kind: 'account' as const, id: row.account_public_id, session: row.session },
    namespace: row.namespace_public_id,
    resource: { type: 'session', ids: [row.session] },
  };
}
