import type { IncomingHttpHeaders } from 'node:http';

/** The credential of a request, or why there is none to look at. */
export type Presented =
  | { kind: 'none' }
  | { kind: 'refused'; reason: 'malformed' | 'conflicting' }
  | { kind: 'token' | 'api_key'; text: string };

const AUTHORIZATION = /^(Bearer|Token) +([^\s,]+) *$/i;
const KEY_PREFIX = 'mh_';
const LONGEST = 4096;

/**
 * Reads `Authorization: Bearer <access token or API key>`, `Authorization: Token <API key>` (mem0 clients) and
 * `X-API-Key: <API key>`. Two that differ are refused: a proxy in front may have looked at the other one.
 * @param isStatic whether a text in no form of a key is one all the same
 */
export function credentialOf(
  headers: IncomingHttpHeaders,
  isStatic: (text: string) => boolean = () => false,
): Presented {
  const kindOf = (text: string) => (text.startsWith(KEY_PREFIX) || isStatic(text) ? 'api_key' : 'token');
  const { authorization } = headers;
  const key = headers['x-api-key'];
  let presented: Presented = { kind: 'none' };
  if (authorization !== undefined) {
    const match = authorization.length > LONGEST ? null : AUTHORIZATION.exec(authorization);
    if (!match) return { kind: 'refused', reason: 'malformed' };
    const text = match[2]!;
    const kind = kindOf(text);
    if (match[1]!.toLowerCase() === 'token' && kind === 'token')
      return { kind: 'refused', reason: 'malformed' };
    presented = { kind, text };
  }
  if (key === undefined) return presented;
  if (typeof key !== 'string' || kindOf(key) !== 'api_key') return { kind: 'refused', reason: 'malformed' };
  if (presented.kind !== 'none' && presented.text !== key) return { kind: 'refused', reason: 'conflicting' };
  return { kind: 'api_key', text: key };
}
