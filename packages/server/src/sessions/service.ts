import type { Actor } from '../access/actor.ts';
import { type Account, type AccountService, presentUser, type User } from '../accounts/service.ts';
import type { Recorder } from '../audit/recorder.ts';
import { UnitRefused } from '../database/errors.ts';
import type { Leaf, Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { auditActor, type Origin, traced } from '../http/origin.ts';
import { newId } from '../ids.ts';
import type { CredentialCache } from './credential-cache.ts';
import { SessionError } from './errors.ts';
import { deleteExpired, insertSession, revokeSession, revokeSessionsOf } from './store.ts';
import type { AccessTokens } from './tokens.ts';

export interface SessionDeps {
  writer: Pick<WriterClient, 'commit'>;
  recorder: Recorder;
  accounts: Pick<AccountService, 'prove' | 'passwordChange'>;
  tokens: Pick<AccessTokens, 'sign' | 'lifetimeSeconds'>;
  cache: Pick<CredentialCache, 'forgetSession' | 'forgetAccount'>;
  now: () => number;
}

/** What a client gets that may come in. */
export interface Login {
  access_token: string;
  token_type: 'bearer';
  /** Seconds. */
  expires_in: number;
  user: User;
}

interface Started {
  login: Login;
  steps: Step[];
  leaf: Leaf;
}

/** Sessions: they begin with a password and end with a logout, a new password, or by themselves. */
export class SessionService {
  private readonly deps: SessionDeps;

  constructor(deps: SessionDeps) {
    this.deps = deps;
  }

  /**
   * @param identifier user name or e-mail address
   * @throws SessionError `invalid_credentials`, alike for unknown, wrong and inactive; AccountError `hashing_busy`.
   */
  async login(identifier: string, password: string, origin: Origin): Promise<Login> {
    const { accounts, writer, recorder, now } = this.deps;
    const { proved, known } = await accounts.prove(identifier, password);
    const event = {
      ...traced(origin, { username: identifier }),
      ...(known ? { namespace: known.namespace.publicId } : {}),
      ...(known ? { resource: { type: 'account', ids: [known.publicId] } } : {}),
    };
    try {
      if (!proved) throw new UnitRefused('invalid_credentials');
      const at = now();
      const session = newId();
      const account = { ...proved.account, lastLoginAt: at };
      const actor = { kind: 'account' as const, id: account.publicId, session };
      const started = await this.start(account, session, origin, at);
      const success = { ...event, type: 'auth.login.success' as const, time: at, actor, success: true };
      await writer.commit({
        steps: [proved.entry(at), ...started.steps],
        leaves: [recorder.leaf(success), started.leaf],
      });
      return started.login;
    } catch (cause) {
      if (!(cause instanceof UnitRefused)) throw cause;
      await recorder.record({
        ...event,
        type: 'auth.login.failed',
        time: now(),
        actor: { kind: 'anonymous' },
        success: false,
        code: 'invalid_credentials',
      });
      throw new SessionError('invalid_credentials', { cause });
    }
  }

  /** Ends the session of the actor's token, at once and for good. Twice is as good as once. */
  async logout(actor: Actor, origin: Origin): Promise<void> {
    const { writer, recorder, cache, now } = this.deps;
    const session = sessionOf(actor);
    const at = now();
    const event = {
      ...traced(origin),
      time: at,
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      resource: { type: 'session', ids: [session] },
      success: true,
    };
    const step = { ...revokeSession.bind({ id: session, at }), otherwise: 'already_ended' };
    const leaves = [
      recorder.leaf({ ...event, type: 'auth.logout' }),
      recorder.leaf({ ...event, type: 'auth.token.revoked' }),
    ];
    try {
      await writer.commit({ steps: [step], leaves });
    } catch (error) {
      if (!(error instanceof UnitRefused && error.code === 'already_ended')) throw error;
    } finally {
      cache.forgetSession(session);
    }
  }

  /**
   * Changes the actor's password, ends all sessions of the account and begins a new one for this client.
   * @throws AccountError `weak_password`, `invalid_credentials`; UnitRefused `stale_authorization` when the account
   * was changed meanwhile.
   */
  async changePassword(
    actor: Actor,
    input: { current: string; next: string },
    origin: Origin,
  ): Promise<Login> {
    const { accounts, writer, recorder, cache, now } = this.deps;
    sessionOf(actor);
    const change = await accounts.passwordChange(actor, input, origin);
    const at = now();
    const started = await this.start(change.account, newId(), origin, at);
    const revoked = recorder.leaf({
      ...traced(origin),
      type: 'auth.token.revoked',
      time: at,
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      resource: { type: 'account', ids: [actor.account.publicId] },
      success: true,
    });
    const end = revokeSessionsOf.bind({ account: actor.account.row, at });
    try {
      await writer.commit({
        steps: [actor.guard, ...change.steps, end, ...started.steps],
        leaves: [...change.leaves, revoked, started.leaf],
      });
    } finally {
      // Also after a failure whose outcome is unknown: then the database is asked again.
      cache.forgetAccount(actor.account.row);
    }
    return started.login;
  }

  private async start(account: Account, session: string, origin: Origin, at: number): Promise<Started> {
    const { tokens, recorder } = this.deps;
    const { token, expires } = await tokens.sign(account, session);
    const leaf = recorder.leaf({
      ...traced(origin),
      type: 'auth.token.created',
      time: at,
      actor: { kind: 'account', id: account.publicId, session },
      namespace: account.namespace.publicId,
      resource: { type: 'session', ids: [session] },
      success: true,
    });
    return {
      login: {
        access_token: token,
        token_type: 'bearer',
        expires_in: tokens.lifetimeSeconds,
        user: presentUser(account),
      },
      steps: [
        deleteExpired.bind({ account: account.row, now: at }),
        insertSession.bind({ id: session, account: account.row, at, expires }),
      ],
      leaf,
    };
  }
}

function sessionOf(actor: Actor): string {
  if (actor.kind !== 'account' || actor.session === undefined) throw new SessionError('permission_denied');
  return actor.session;
}
