import type { Permission } from './permissions.ts';

export type AccessErrorCode = 'unauthenticated' | 'permission_denied' | 'password_change_required';

const MESSAGES: Record<AccessErrorCode, (permission?: Permission) => string> = {
  unauthenticated: () =>
    'Send a valid credential: "Authorization: Bearer <token>", "Authorization: Token <api key>" or "X-API-Key".',
  permission_denied: (permission) => `This credential lacks the permission ${permission}.`,
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
