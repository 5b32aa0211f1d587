export type MfaErrorCode =
  | 'mfa_exists'
  | 'code_invalid'
  | 'not_found'
  | 'permission_denied'
  | 'invalid_credentials';

const MESSAGES: Record<MfaErrorCode, string> = {
  mfa_exists: 'This account has a second factor already: turn it off before you set up another one.',
  // One wording for wrong, used before and too old: a guess learns nothing.
  code_invalid: 'The code is wrong or was used before: wait for the next one and try again.',
  not_found: 'There is no second factor here: begin with POST /auth/mfa/totp.',
  permission_denied: 'This needs a login.',
  invalid_credentials: 'The password was changed meanwhile: log in again.',
};

/** Why a second factor was not set up, proved or removed. */
export class MfaError extends Error {
  readonly code: MfaErrorCode;

  constructor(code: MfaErrorCode, options?: ErrorOptions) {
    super(MESSAGES[code], options);
    this.name = 'MfaError';
    this.code = code;
  }
}
