import type { Role } from '../access/permissions.ts';
import { newSecretText, tokenDigest } from '../accounts/one-time-tokens.ts';
import { type Account, presentUser, type User } from '../accounts/service.ts';
import type { Recorder } from '../audit/recorder.ts';
import type { Leaf, Step } from '../database/unit.ts';
import { open, seal } from '../encryption/seal.ts';
import type { ServerKeys } from '../encryption/server-keys.ts';
import { type Origin, traced } from '../http/origin.ts';
import { newId } from '../ids.ts';
import { deleteBeyond, deleteExpired, insertRefresh, insertSession } from './store.ts';
import type { AccessTokens, TokenSubject } from './tokens.ts';

/** What a client gets that may come in. Lifetimes are in seconds. */
export interface Tokens {
  access_token: string;
  token_type: 'bearer';
  expires_in: number;
  /** Good once, for POST /auth/refresh. */
  refresh_token: string;
  refresh_expires_in: number;
}
export interface Login extends Tokens {
  user: User;
}

/** Where a session acts, and as what. */
export interface Place {
  id: number;
  publicId: string;
  role: Role;
}

/** Who logged in from where, as the list of sessions shows it. */
export interface SessionClient {
  ip?: string;
  user_agent?: string;
}

export interface Begun {
  session: string;
  login: Login;
  steps: Step[];
  leaf: Leaf;
}

export interface IssuerDeps {
  tokens: Pick<AccessTokens, 'sign' | 'lifetimeSeconds'>;
  recorder: Pick<Recorder, 'leaf'>;
  keys: Pick<ServerKeys, 'records'>;
  sessionDays: number;
}

const KEPT_SESSIONS = 100;
const DAY_MS = 86_400_000;
const address = (session: string) => ({ namespace: 0, table: 'sessions', row: session, field: 'client' });

/** SHA-256 of a refresh token: 32 random bytes need no slow hash. */
export const refreshDigest = (token: string) => tokenDigest('refresh', token);

/** Makes sessions and their tokens, as steps for the unit of whatever allows them. */
export class Issuer {
  private readonly deps: IssuerDeps;

  constructor(deps: IssuerDeps) {
    this.deps = deps;
  }

  /**
   * A new session of `account`; `proof` says when and how its owner was last proved. One that is begun `from` another
   * ends with it, and no later.
   */
  async begin(
    account: Account,
    place: Place,
    proof: { at: number; provedAt: number; withMfa: boolean; from?: { root: string; expires: number } },
    origin: Origin,
  ): Promise<Begun> {
    const { recorder, keys, sessionDays } = this.deps;
    const session = newId();
    const { at, provedAt: proved } = proof;
    const { ip, user_agent } = origin.client;
    const client = { ip, user_agent };
    const expires = proof.from?.expires ?? at + sessionDays * DAY_MS;
    const issued = await this.issue(
      {
        session,
        account: account.publicId,
        namespace: place.publicId,
        role: place.role,
        epoch: account.epoch,
      },
      { at, expires },
    );
    const leaf = recorder.leaf({
      ...traced(origin),
      type: 'auth.token.created',
      time: at,
      actor: { kind: 'account', id: account.publicId, session },
      namespace: place.publicId,
      resource: { type: 'session', ids: [session] },
      success: true,
    });
    const row = {
      id: session,
      account: account.row,
      namespace: place.id,
      root: proof.from?.root ?? session,
      client: seal(keys.records, address(session), Buffer.from(JSON.stringify(client))),
      at,
      proved,
      withMfa: Number(proof.withMfa),
      expires,
    };
    return {
      session,
      login: { ...issued.tokens, user: presentUser(account) },
      steps: [
        deleteExpired.bind({ account: account.row, now: at }),
        insertSession.bind(row),
        deleteBeyond.bind({ account: account.row, keep: KEPT_SESSIONS }),
        ...issued.steps,
      ],
      leaf,
    };
  }

  /** The next pair of tokens of a session. `expires` is the session's end. */
  async issue(
    subject: TokenSubject,
    { at, expires }: { at: number; expires: number },
  ): Promise<{ tokens: Tokens; steps: Step[] }> {
    const { tokens } = this.deps;
    const refresh = newSecretText('mhr_');
    return {
      tokens: {
        access_token: await tokens.sign(subject, newId()),
        token_type: 'bearer',
        expires_in: tokens.lifetimeSeconds,
        refresh_token: refresh,
        refresh_expires_in: Math.floor((expires - at) / 1000),
      },
      steps: [insertRefresh.bind({ digest: refreshDigest(refresh), session: subject.session, at })],
    };
  }

  clientOf(session: string, sealed: Uint8Array): SessionClient {
    const { ip, user_agent } = JSON.parse(open(this.deps.keys.records, address(session), sealed).toString());
    return { ip, user_agent };
  }
}
