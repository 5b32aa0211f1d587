import type { FastifyRequest } from 'fastify';
import type { Actor } from '../access/actor.ts';
import type { AuditActor } from '../audit/entry.ts';

/** Which request an event came from; `client` goes into its erasable private part. */
export interface Origin {
  requestId?: string;
  client: { ip?: string; user_agent?: string; path?: string };
}

/** What of a request the audit log keeps. */
export type OriginRequest = Pick<FastifyRequest, 'headers' | 'ip'> &
  Partial<Pick<FastifyRequest, 'id' | 'url'>>;

/** A start of the server has no request. */
export const NO_REQUEST: Origin = { client: {} };

const KEPT = 512;
/** API keys, refresh tokens and the tokens of mails, each with its prefix. */
const CREDENTIAL = /mh[a-z]?_[A-Za-z0-9_-]{20,}/g;

export function originOf({ id, ip, headers, url }: OriginRequest): Origin {
  const agent = headers['user-agent'];
  return {
    ...(id === undefined ? {} : { requestId: id }),
    client: {
      ip,
      ...(agent === undefined ? {} : { user_agent: agent.slice(0, KEPT) }),
      // A query can hold anything, also a credential that was put there by mistake; so may the path.
      ...(url === undefined ? {} : { path: url.split('?', 1)[0]!.replace(CREDENTIAL, '…').slice(0, KEPT) }),
    },
  };
}

/** The part of an event that tells of its request; `details` are erasable too. */
export function traced(origin: Origin, details: Record<string, string> = {}) {
  const { requestId, client } = origin;
  return { ...(requestId === undefined ? {} : { requestId }), private: { ...client, ...details } };
}

/** The actor of a request as the log names it. */
export function auditActor({ kind, id, session }: Actor): AuditActor {
  return session === undefined ? { kind, id } : { kind, id, session };
}
