import type { FastifyRequest } from 'fastify';
import { InputError } from './input.ts';

/** How a route describes that header. */
export const IF_MATCH = {
  'if-match':
    'The version that it must have, in quotes as its ETag gave it: `"3"`. Without it, or with `*`, any version.',
};

/**
 * The version of an `If-Match` header (RFC 9110 §13.1.1): a strong entity tag, or `*` for any.
 * @throws InputError `invalid_version`
 */
export function expectedVersion(request: Pick<FastifyRequest, 'headers'>): number | undefined {
  const header = request.headers['if-match'];
  if (header === undefined || header === '*') return undefined;
  const version = /^"(\d{1,9})"$/.exec(header)?.[1];
  if (version !== undefined) return Number(version);
  const message = 'If-Match must be the version in quotes, as the ETag header gave it: "3".';
  throw new InputError(message, [], 'invalid_version');
}
