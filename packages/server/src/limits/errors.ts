export type LimitErrorCode = 'too_many_attempts' | 'rate_limited';

/** The same words whether or not there is such an account: only the caller's own attempts decide. */
const MESSAGES: Record<LimitErrorCode, string> = {
  too_many_attempts: 'Too many attempts: wait for the seconds in Retry-After, then try again.',
  rate_limited: 'Too many requests: wait for the seconds in Retry-After, then try again.',
};

/** Nothing was looked at: come back after `retryAfterSeconds`, a whole number of at least 1. */
export class LimitError extends Error {
  readonly code: LimitErrorCode;
  readonly retryAfterSeconds: number;

  constructor(code: LimitErrorCode, retryAfterSeconds: number) {
    super(MESSAGES[code]);
    this.name = 'LimitError';
    this.code = code;
    this.retryAfterSeconds = Math.max(1, Math.ceil(retryAfterSeconds));
  }
}
