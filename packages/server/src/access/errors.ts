import type { Permission } from './permissions.ts';

export type AccessErrorCode =
  | 'unauthenticated'
  | 'permission_denied'
  | 'password_change_required'
  | 'mfa_enrolment_required'
  | 'step_up_required';

const MESSAGES: Record<AccessErrorCode, (permission?: Permission) => string> = {
  unauthenticated: () =>
    'Send a valid credential: "Authorization: Bearer <token>", "Authorization: Token <api key>" or "X-API-Key".',
  permission_denied: (permission) =>
    permission === undefined
      ? 'This needs a login: an API key or a certificate is for programs.'
      : `This credential lacks the permission ${permission}.`,
  mfa_enrolment_required: () =>
    'This namespace asks for a second factor: set one up with POST /auth/mfa/totp, then log in with its code.',
  step_up_required: () =>
    'Show your password again first: POST /auth/step-up {"password", "code"?}; it holds for ten minutes.',
  password_change_required: () => 'Change the password first: POST /auth/change-password.',
};

/** A request without, or beyond, a right. */
export class AccessError extends Error {
  readonly code: AccessErrorCode;
  readonly permission: Permission | undefined;

  constructor(code: AccessErrorCode, permission?: Permission) {
    super(MESSAGES[code](permission));
    this.name = 'AccessError';
    this.code = code;
    this.permission = permission;
  }
}
