export type SessionErrorCode =
  | 'invalid_credentials'
  | 'invalid_refresh_token'
  | 'mfa_required'
  | 'permission_denied'
  | 'same_namespace'
  | 'not_found';

const MESSAGES: Record<SessionErrorCode, string> = {
  // One wording, whatever it was: unknown, wrong, switched off, or not verified yet.
  invalid_credentials:
    'The name, the password or the code is wrong. If you have just registered, verify your address first.',
  invalid_refresh_token: 'This refresh token is not valid: log in again.',
  mfa_required:
    'A code of your authenticator is missing: send it as "code", or with mfa_token to POST /auth/mfa/verify.',
  permission_denied: 'This needs a login: an API key has no session and no password.',
  same_namespace: 'This session acts in that namespace already.',
  not_found: 'There is no such session here.',
};

/** Why a login, or what only a login may do, was refused. */
export class SessionError extends Error {
  readonly code: SessionErrorCode;
  /** Further members of the answer. */
  readonly extensions?: Readonly<Record<string, string | number>>;

  constructor(
    code: SessionErrorCode,
    options: ErrorOptions & { extensions?: Readonly<Record<string, string | number>> } = {},
  ) {
    super(MESSAGES[code], options);
    this.name = 'SessionError';
    this.code = code;
    if (options.extensions) this.extensions = options.extensions;
  }
}

/** Why a credential was not accepted: for the audit log, never for the caller. */
export type Refusal =
  | 'malformed'
  | 'conflicting'
  | 'signature'
  | 'claims'
  | 'expired'
  | 'unknown'
  | 'revoked'
  | 'stale'
  | 'certificate'
  | 'rotated';
