import { hash } from 'node:crypto';
import type { Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { randomBytes } from '../encryption/randomness.ts';
import { open, seal } from '../encryption/seal.ts';
import type { ServerKeys } from '../encryption/server-keys.ts';
import {
  deleteExpiredOneTimeTokens,
  deleteOneTimeTokens,
  insertOneTimeToken,
  insertOneTimeTokenFor,
  oneTimeToken,
  redeemOneTimeToken,
} from './store.ts';

/** What a token is good for, and for how long. A token of one purpose is nothing for another. */
export const PURPOSES = {
  'verify-email': { prefix: 'mhv_', minutes: 48 * 60 },
  'reset-password': { prefix: 'mhp_', minutes: 30 },
  'change-email': { prefix: 'mhe_', minutes: 24 * 60 },
  'second-factor': { prefix: 'mhm_', minutes: 5 },
} as const;
export type Purpose = keyof typeof PURPOSES;

const TOKEN = /^mh[a-z]_[A-Za-z0-9_-]{43}$/;

export interface OneTimeTokenDeps {
  writer: Pick<WriterClient, 'read' | 'commit'>;
  keys: Pick<ServerKeys, 'records'>;
  now: () => number;
}

/** A token that was found. `redeem` belongs into the unit of what it allows: there it is used up. */
export interface Found<T> {
  account: number;
  payload: T;
  redeem: Step;
}

/** 32 random bytes as text, after a prefix that says what they are for. */
export function newSecretText(prefix: string): string {
  return `${prefix}${randomBytes(32).toString('base64url')}`;
}

/** Bound to its purpose twice: by the digest, and by the column. */
export function tokenDigest(purpose: string, token: string): Buffer {
  return hash('sha256', `${purpose}\0${token}`, 'buffer');
}

/** Single-use secrets that travel by mail, or between the two halves of a login. Only their SHA-256 is stored. */
export class OneTimeTokens {
  private readonly deps: OneTimeTokenDeps;

  constructor(deps: OneTimeTokenDeps) {
    this.deps = deps;
  }

  /** A new token, and the steps that store it. Older ones of the same purpose end, unless `keepOthers`. */
  create(purpose: Purpose, account: number, payload: object = {}, keepOthers = false) {
    const { token, minutes, row } = this.made(purpose, payload);
    const steps: Step[] = [
      ...(keepOthers ? [] : [this.end(purpose, account)]),
      insertOneTimeToken.bind({ ...row, account }),
    ];
    return { token, minutes, steps };
  }

  /** For an account (by public id) that the same unit may be making. */
  createFor(purpose: Purpose, publicId: string, payload: object = {}) {
    const { token, minutes, row } = this.made(purpose, payload);
    return { token, minutes, steps: [insertOneTimeTokenFor.bind({ ...row, publicId })] };
  }

  private made(purpose: Purpose, payload: object) {
    const { keys, now } = this.deps;
    const { prefix, minutes } = PURPOSES[purpose];
    const token = newSecretText(prefix);
    const digest = tokenDigest(purpose, token);
    const at = now();
    const sealed = seal(keys.records, addressOf(digest), Buffer.from(JSON.stringify(payload)));
    return { token, minutes, row: { digest, purpose, payload: sealed, at, expires: at + minutes * 60_000 } };
  }

  /** The token's account and payload while it holds. `refusal` is the code of a redemption that came too late. */
  async find<T extends object>(
    purpose: Purpose,
    token: string,
    refusal = 'link_invalid',
  ): Promise<Found<T> | undefined> {
    const { writer, keys, now } = this.deps;
    if (!TOKEN.test(token)) return undefined;
    const key = { digest: tokenDigest(purpose, token), purpose, now: now() };
    const [row] = await writer.read(oneTimeToken, key);
    if (!row?.payload_sealed) return undefined;
    const payload = JSON.parse(open(keys.records, addressOf(key.digest), row.payload_sealed).toString()) as T;
    return {
      account: row.account_id,
      payload,
      redeem: { ...redeemOneTimeToken.bind(key), otherwise: refusal },
    };
  }

  /** Ends every token of one purpose. */
  end(purpose: Purpose, account: number): Step {
    return deleteOneTimeTokens.bind({ account, purpose });
  }

  async sweep(): Promise<void> {
    await this.deps.writer.commit({
      steps: [deleteExpiredOneTimeTokens.bind({ now: this.deps.now() })],
      leaves: [],
    });
  }
}

const addressOf = (digest: Buffer) => ({
  namespace: 0,
  table: 'one_time_tokens',
  row: digest.toString('hex'),
  field: 'payload',
});
