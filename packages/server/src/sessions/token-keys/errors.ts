/** There is nothing to rotate: access tokens are signed with the server's secret. */
export class TokenKeyError extends Error {
  readonly code = 'not_found';

  constructor() {
    super(
      'There are no token keys here: set MEMHOLD_JWT_ALGORITHM=EdDSA to sign access tokens with a key pair.',
    );
    this.name = 'TokenKeyError';
  }
}
