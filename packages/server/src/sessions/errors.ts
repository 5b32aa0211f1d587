export type SessionErrorCode = 'invalid_credentials' | 'permission_denied';

const MESSAGES: Record<SessionErrorCode, string> = {
  // One wording, whatever it was: unknown, wrong, or switched off.
  invalid_credentials: 'The name or the password is wrong.',
  permission_denied: 'This needs a login: an API key has no session and no password.',
};

/** Why a login, or what only a login may do, was refused. */
export class SessionError extends Error {
  readonly code: SessionErrorCode;

  constructor(code: SessionErrorCode, options?: ErrorOptions) {
    super(MESSAGES[code], options);
    this.name = 'SessionError';
    this.code = code;
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
  | 'stale';
