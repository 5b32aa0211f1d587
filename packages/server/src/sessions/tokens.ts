import { errors, type JWTVerifyResult, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { ROLES, type Role } from '../access/permissions.ts';
import { isCanonicalCompact } from './compact-jws.ts';
import type { Refusal } from './errors.ts';
import type { TokenKeys } from './token-keys/service.ts';

const ISSUER = 'memhold';
const AUDIENCE = 'memhold';
/** RFC 9068: an access token says so, and no other kind of token can be used as one. */
const TYPE = 'at+jwt';
const LONGEST = 4096;
/** How far the clock of a replica may be ahead of ours. */
const SKEW_SECONDS = 60;

const payload = z.object({
  // Of a list (RFC 7519, 4.1.3) the library takes any that has us in it: a token for others as well is not ours.
  aud: z.literal(AUDIENCE),
  sub: z.string().min(1),
  sid: z.string().min(1),
  jti: z.string().min(1),
  role: z.enum(ROLES),
  namespace: z.string().min(1),
  epoch: z.int().positive(),
  typ: z.literal('access'),
  iat: z.int(),
  exp: z.int(),
});
export type AccessClaims = z.output<typeof payload>;

/** Whose token, and of which session. */
export interface TokenSubject {
  /** Public ids. */
  account: string;
  session: string;
  namespace: string;
  role: Role;
  epoch: number;
}

/** A token that proves nothing. `reason` is for the audit log. */
export class TokenRefused extends Error {
  readonly reason: Refusal;

  constructor(reason: Refusal, options?: ErrorOptions) {
    super(`token refused: ${reason}`, options);
    this.name = 'TokenRefused';
    this.reason = reason;
  }
}

type Signing =
  | { algorithm: 'HS256'; secret: Uint8Array }
  | { algorithm: 'EdDSA'; keys: Pick<TokenKeys, 'signing' | 'verifying'> };

const HEADERS = {
  HS256: z.strictObject({ alg: z.literal('HS256'), typ: z.literal(TYPE) }),
  EdDSA: z.strictObject({ alg: z.literal('EdDSA'), typ: z.literal(TYPE), kid: z.string().min(1).max(128) }),
};

/**
 * The header as it is, before any library looks at it: exactly our own members, so that no `jwk`, `jku`, `x5u` or
 * `crit` ever reaches code that might act on it, and no token chooses its algorithm. jose accepts malformed
 * base64url forms of the Wycheproof set, therefore each part must be the one encoding of its bytes.
 */
function headerOf(token: string, algorithm: Signing['algorithm']): { kid?: string } {
  // A JWS may be without payload, a JWT may not.
  const whole = token.length <= LONGEST && isCanonicalCompact(token) && !token.includes('..');
  if (!whole) throw new TokenRefused('malformed');
  try {
    const text = Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString();
    const header = HEADERS[algorithm].parse(JSON.parse(text));
    return 'kid' in header ? { kid: header.kid } : {};
  } catch (cause) {
    throw new TokenRefused('malformed', { cause });
  }
}

/**
 * Access tokens: JWS compact (RFC 7515, 7519, 9068), HS256 with a secret of this server or EdDSA (RFC 8037) with a
 * published key. They say who logged in; the database says what holds.
 */
export class AccessTokens {
  readonly lifetimeSeconds: number;
  private readonly signing: Signing;
  private readonly now: () => number;

  constructor(options: { signing: Signing; minutes: number; now: () => number }) {
    const { signing } = options;
    if (signing.algorithm === 'HS256' && signing.secret.length < 32)
      throw new RangeError('a token secret has at least 32 bytes');
    this.signing = signing;
    this.lifetimeSeconds = options.minutes * 60;
    this.now = options.now;
  }

  /** A token with an id of its own. */
  async sign({ account, session, namespace, role, epoch }: TokenSubject, jti: string): Promise<string> {
    const issued = Math.floor(this.now() / 1000);
    const unsigned = new SignJWT({ sid: session, role, namespace, epoch, typ: 'access' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(account)
      .setJti(jti)
      .setIssuedAt(issued)
      .setExpirationTime(issued + this.lifetimeSeconds);
    const { algorithm: alg } = this.signing;
    if (this.signing.algorithm === 'HS256')
      return unsigned.setProtectedHeader({ alg, typ: TYPE }).sign(this.signing.secret);
    const { kid, key } = await this.signing.keys.signing();
    return unsigned.setProtectedHeader({ alg, typ: TYPE, kid }).sign(key);
  }

  /**
   * The claims of a token of ours that has not expired. Whether its session still stands is not looked at.
   * @throws TokenRefused
   */
  async verify(token: string): Promise<AccessClaims> {
    const { kid } = headerOf(token, this.signing.algorithm);
    try {
      const claims = payload.parse((await this.checked(token, kid)).payload);
      // The clock was set back since: until it is there again, the token would live longer than it was given.
      if (claims.iat > this.now() / 1000 + SKEW_SECONDS) throw new TokenRefused('claims');
      return claims;
    } catch (cause) {
      if (cause instanceof TokenRefused) throw cause;
      if (cause instanceof errors.JWTExpired) throw new TokenRefused('expired', { cause });
      if (cause instanceof errors.JWSSignatureVerificationFailed)
        throw new TokenRefused('signature', { cause });
      // Anything else is no word about the token: a database that cannot be asked for a key, say.
      if (!(cause instanceof errors.JOSEError || cause instanceof z.ZodError)) throw cause;
      throw new TokenRefused('claims', { cause });
    }
  }

  private async checked(token: string, kid: string | undefined): Promise<JWTVerifyResult> {
    const options = {
      algorithms: [this.signing.algorithm],
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: TYPE,
      requiredClaims: ['iss', 'aud', 'sub', 'jti', 'iat', 'exp'],
      currentDate: new Date(this.now()),
    };
    if (this.signing.algorithm === 'HS256') return jwtVerify(token, this.signing.secret, options);
    const key = await this.signing.keys.verifying(kid!);
    if (!key) throw new TokenRefused('signature');
    return jwtVerify(token, key, options);
  }
}
