import type { FastifyRequest } from 'fastify';
import type { Actor } from '../access/actor.ts';
import type { AuditActor } from '../audit/entry.ts';
import { saltedCommitment } from '../encryption/digest.ts';

/** Which request an event came from; `client` goes into its erasable private part. */
export interface Origin {
  requestId?: string;
  client: {
    ip?: string;
    user_agent?: string;
    method?: string;
    path?: string;
    query?: string;
    /** What was called where one path stands for many things. */
    tool?: string;
  };
}

/** What of a request the audit log keeps. */
export type OriginRequest = Pick<FastifyRequest, 'headers' | 'ip'> &
  Partial<Pick<FastifyRequest, 'id' | 'url' | 'method'>>;

/** A start of the server has no request. */
export const NO_REQUEST: Origin = { client: {} };

const KEPT = 512;
/** API keys, refresh tokens and the tokens of mails, each with its prefix. */
const CREDENTIAL = /mh[a-z]?_[A-Za-z0-9_-]{20,}/g;

export function originOf({ id, ip, headers, url, method }: OriginRequest): Origin {
  const agent = headers['user-agent'];
  return {
    ...(id === undefined ? {} : { requestId: id }),
    client: {
      ip,
      ...(agent === undefined ? {} : { user_agent: agent.slice(0, KEPT) }),
      ...(method === undefined ? {} : { method }),
      ...(url === undefined ? {} : locationOf(url)),
    },
  };
}

/**
 * The path, and a commitment to the query: a query can hold anything, also a credential that was put there by mistake.
 * So may the path.
 */
function locationOf(url: string): { path: string; query?: string } {
  const at = url.indexOf('?');
  const path = (at < 0 ? url : url.slice(0, at)).replace(CREDENTIAL, '…').slice(0, KEPT);
  return at < 0 ? { path } : { path, query: saltedCommitment(url.slice(at + 1)) };
}

/** The part of an event that tells of its request; `details` are erasable too. */
export function traced(origin: Origin, details: Record<string, string> = {}) {
  const { requestId, client } = origin;
  return { ...(requestId === undefined ? {} : { requestId }), private: { ...client, ...details } };
}

/** The actor of a request as the log names it. */
export function auditActor({ kind, id, session, account }: Actor): AuditActor {
  return {
    kind,
    id,
    ...(session !== undefined && { session }),
    ...(account.publicId !== id && { account: account.publicId }),
  };
}
