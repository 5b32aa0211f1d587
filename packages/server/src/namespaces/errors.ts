export type NamespaceErrorCode = 'not_found' | 'last_admin' | 'already_member' | 'permission_denied';

const MESSAGES: Record<NamespaceErrorCode, string> = {
  not_found: 'There is no such namespace or member here.',
  last_admin: 'This is the last administrator: make somebody else one first.',
  already_member: 'This account is a member already: change its role instead.',
  permission_denied: 'This needs a login.',
};

export class NamespaceError extends Error {
  readonly code: NamespaceErrorCode;

  constructor(code: NamespaceErrorCode) {
    super(MESSAGES[code]);
    this.name = 'NamespaceError';
    this.code = code;
  }
}
