export type ApiKeyErrorCode = 'not_found';

export class ApiKeyError extends Error {
  readonly code: ApiKeyErrorCode;

  constructor(code: ApiKeyErrorCode) {
    super('There is no such API key here.');
    this.name = 'ApiKeyError';
    this.code = code;
  }
}

/** Why a key was not accepted: for the audit log, never for the caller. */
export type KeyRefusal = 'malformed' | 'unknown' | 'rotated' | 'revoked' | 'expired' | 'stale';
