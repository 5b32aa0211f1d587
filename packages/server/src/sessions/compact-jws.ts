const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+$/;

/**
 * Whether a text is a JWS in compact form (RFC 7515 §7.1) and the only spelling of its bytes: three parts of
 * base64url (only the payload may be empty), without padding, spaces or bits that decode to nothing. Libraries skip
 * such characters: one token would have many spellings, and what was remembered or revoked is only one of them.
 * Takes time in proportion to the length: bound that first.
 */
export function isCanonicalCompact(token: string): boolean {
  if (!COMPACT.test(token)) return false;
  return token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);
}
