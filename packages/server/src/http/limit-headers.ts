import type { FastifyReply } from 'fastify';

/** What an answer tells of a limit. */
export interface LimitStanding {
  limit: number;
  remaining: number;
  /** When all of it is free again. Epoch milliseconds. */
  resetAt: number;
}

export const LIMIT_HEADERS = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];

/** How many pass, how many would pass now, and the Unix second at which all of them pass again. */
export function setLimitHeaders(reply: FastifyReply, { limit, remaining, resetAt }: LimitStanding): void {
  reply.header('x-ratelimit-limit', String(limit));
  reply.header('x-ratelimit-remaining', String(remaining));
  reply.header('x-ratelimit-reset', String(Math.ceil(resetAt / 1000)));
}
