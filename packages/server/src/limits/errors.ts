export type LimitErrorCode = 'too_many_attempts' | 'rate_limited';

/** Where a caller stands with a limit. */
export interface LimitStanding {
  /** How many pass at once, and how many more in `seconds`. */
  limit: number;
  seconds: number;
  /** How many would pass now. */
  remaining: number;
  /** When all of it is free again. Epoch milliseconds. */
  resetAt: number;
}

/** The same words whether or not there is such an account: only the caller's own attempts decide. */
const MESSAGES: Record<LimitErrorCode, string> = {
  too_many_attempts: 'Too many attempts: wait for the seconds in Retry-After, then try again.',
  rate_limited: 'Too many requests: wait for the seconds in Retry-After, then try again.',
};

/** Nothing was looked at: come back after `retryAfterSeconds`, a whole number of at least 1. */
export class LimitError extends Error {
  readonly code: LimitErrorCode;
  readonly retryAfterSeconds: number;
  readonly standing: LimitStanding | undefined;
  /** What the answer tells of the limit. */
  readonly extensions?: Readonly<Record<string, number>>;
  /** False for what follows the first refusal of a period: it was told already. */
  readonly first: boolean;

  constructor(
    code: LimitErrorCode,
    retryAfterSeconds: number,
    { standing, first = true }: { standing?: LimitStanding; first?: boolean } = {},
  ) {
    super(MESSAGES[code]);
    this.name = 'LimitError';
    this.code = code;
    this.retryAfterSeconds = Math.max(1, Math.ceil(retryAfterSeconds));
    this.standing = standing;
    if (standing) this.extensions = { limit: standing.limit };
    this.first = first;
  }
}
