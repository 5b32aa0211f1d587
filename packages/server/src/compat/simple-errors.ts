import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Problem, statusOf } from '../http/problem.ts';

/** What passes by itself; anything else that is not available wants somebody to look. */
const PASSING = new Set(['overloaded', 'shutting_down']);

/**
 * The errors of the simple endpoints. A used-up limit and a service that is not there have a shape of their own, which
 * clients read; all others are `{error, detail, code, request_id}`.
 */
export function presentSimpleError(problem: Problem): object {
  const { title, status, detail, code, request_id, limit } = problem;
  if (status === 429)
    return {
      error: 'Rate limit exceeded',
      // That of wrong credentials is a number a minute too; what is not one has its own words.
      detail: limit === undefined ? detail : `${limit} per minute`,
    };
  if (status === 503) {
    const state = PASSING.has(code) ? 'temporarily unavailable' : 'unavailable';
    return { error: 'Service unavailable', details: `Memory service is ${state}`, status_code: 503 };
  }
  return { error: title, detail, code, request_id };
}

/** The phrases that operators watch the log for; a period of refusals by a limit is told once. */
export async function warnInLog(request: FastifyRequest, _reply: FastifyReply, error: Error): Promise<void> {
  const { code = '', first = true } = error as Error & { code?: string; first?: boolean };
  const phrase = phraseOf(code, request);
  if (phrase !== undefined && first) request.log.warn({ request_id: request.id, code }, phrase);
}

function phraseOf(code: string, { headers, ip }: FastifyRequest): string | undefined {
  if (code === 'unauthenticated') {
    const sent = headers.authorization !== undefined || headers['x-api-key'] !== undefined;
    return sent ? 'Invalid authorization token provided' : 'No authorization header provided';
  }
  if (code === 'rate_limited') return `Rate limit exceeded for IP ${ip}`;
  return statusOf(code) === 503 ? 'Memory service unavailable' : undefined;
}
