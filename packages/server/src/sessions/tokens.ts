import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { ROLES } from '../access/permissions.ts';
import type { Account } from '../accounts/service.ts';
import type { Refusal } from './errors.ts';

const ISSUER = 'memhold';
const AUDIENCE = 'memhold';
const ALGORITHM = 'HS256';
/** RFC 9068: an access token says so, and no other kind of token can be used as one. */
const TYPE = 'at+jwt';
const LONGEST = 4096;
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/;

const header = z.strictObject({ alg: z.literal(ALGORITHM), typ: z.literal(TYPE) });
const payload = z.object({
  sub: z.string().min(1),
  jti: z.string().min(1),
  role: z.enum(ROLES),
  namespace: z.string().min(1),
  epoch: z.int().positive(),
  typ: z.literal('access'),
  iat: z.int(),
  exp: z.int(),
});
export type AccessClaims = z.output<typeof payload>;

/** A token that proves nothing. `reason` is for the audit log. */
export class TokenRefused extends Error {
  readonly reason: Refusal;

  constructor(reason: Refusal, options?: ErrorOptions) {
    super(`token refused: ${reason}`, options);
    this.name = 'TokenRefused';
    this.reason = reason;
  }
}

/**
 * The header as it is, before any library looks at it: exactly our two members, so that no `kid`, `jwk`, `jku`,
 * `x5u` or `crit` ever reaches code that might act on it. jose accepts six malformed base64url forms of the
 * Wycheproof set, therefore each part must be the one encoding of its bytes.
 */
function checkForm(token: string): void {
  if (token.length > LONGEST || !COMPACT.test(token)) throw new TokenRefused('malformed');
  const parts = token.split('.');
  const canonical = (part: string) => Buffer.from(part, 'base64url').toString('base64url') === part;
  if (!parts.every(canonical)) throw new TokenRefused('malformed');
  try {
    header.parse(JSON.parse(Buffer.from(parts[0]!, 'base64url').toString()));
  } catch (cause) {
    throw new TokenRefused('malformed', { cause });
  }
}

/** Access tokens: JWS compact, HS256 (RFC 7515, 7519, 9068). They say who logged in; the database says what holds. */
export class AccessTokens {
  readonly lifetimeSeconds: number;
  private readonly secret: Uint8Array;
  private readonly now: () => number;

  constructor(options: { secret: Uint8Array; minutes: number; now: () => number }) {
    if (options.secret.length < 32) throw new RangeError('a token secret has at least 32 bytes');
    this.secret = options.secret;
    this.lifetimeSeconds = options.minutes * 60;
    this.now = options.now;
  }

  /** `expires` is in epoch milliseconds. */
  async sign(account: Account, jti: string): Promise<{ token: string; expires: number }> {
    const issued = Math.floor(this.now() / 1000);
    const exp = issued + this.lifetimeSeconds;
    const { role, epoch, namespace } = account;
    const token = await new SignJWT({ role, namespace: namespace.publicId, epoch, typ: 'access' })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(account.publicId)
      .setJti(jti)
      .setIssuedAt(issued)
      .setExpirationTime(exp)
      .sign(this.secret);
    return { token, expires: exp * 1000 };
  }

  /**
   * The claims of a token of ours that has not expired. Whether its session still stands is not looked at.
   * @throws TokenRefused
   */
  async verify(token: string): Promise<AccessClaims> {
    checkForm(token);
    try {
      const verified = await jwtVerify(token, this.secret, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        typ: TYPE,
        requiredClaims: ['iss', 'aud', 'sub', 'jti', 'iat', 'exp'],
        currentDate: new Date(this.now()),
      });
      return payload.parse(verified.payload);
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) throw new TokenRefused('expired', { cause });
      if (cause instanceof errors.JWSSignatureVerificationFailed)
        throw new TokenRefused('signature', { cause });
      throw new TokenRefused('claims', { cause });
    }
  }
}
