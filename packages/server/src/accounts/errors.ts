export type AccountErrorCode =
  | 'username_taken'
  | 'weak_password'
  | 'registration_closed'
  | 'invitation_invalid'
  | 'link_invalid'
  | 'hashing_busy'
  | 'invalid_credentials'
  | 'permission_denied'
  | 'last_admin'
  | 'not_found';

interface Details {
  problems?: { path: string; message: string }[];
  retryAfterSeconds?: number;
}

/** Why the accounts room refused. Messages hold no name, address or password. */
export class AccountError extends Error {
  readonly code: AccountErrorCode;
  readonly problems?: { path: string; message: string }[];
  readonly retryAfterSeconds?: number;

  constructor(code: AccountErrorCode, message: string, details: Details = {}) {
    super(message);
    this.name = 'AccountError';
    this.code = code;
    if (details.problems) this.problems = details.problems;
    if (details.retryAfterSeconds !== undefined) this.retryAfterSeconds = details.retryAfterSeconds;
  }
}
