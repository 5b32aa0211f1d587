/** RFC 9457 problem document, with this product's stable `code`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request_id?: string;
  errors?: { path: string; message: string }[];
  /** Extension members of single codes, such as `mfa_token`. */
  [extension: string]: unknown;
}

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Authentication required',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request timeout',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Unprocessable',
  431: 'Headers too large',
  428: 'Precondition required',
  429: 'Too many requests',
  500: 'Internal error',
  501: 'Not implemented',
  503: 'Unavailable',
};

/** The status of each stable error code; a code that is not here is a defect and answers 500. */
const STATUS: Record<string, number> = {
  unauthenticated: 401,
  invalid_credentials: 401,
  permission_denied: 403,
  origin_refused: 403,
  host_refused: 403,
  password_change_required: 403,
  registration_closed: 403,
  not_found: 404,
  route_not_found: 404,
  stale_version: 409,
  stale_authorization: 401,
  subject_changed: 409,
  signing_key_changed: 409,
  invalid_input: 400,
  invalid_json: 400,
  invalid_filter: 400,
  invalid_version: 400,
  invalid_path: 400,
  invalid_request: 400,
  username_taken: 400,
  weak_password: 400,
  headers_too_large: 431,
  request_timeout: 408,
  body_too_large: 413,
  text_too_large: 413,
  content_rejected: 422,
  unsupported_media_type: 415,
  invitation_invalid: 400,
  link_invalid: 400,
  code_invalid: 400,
  mfa_required: 403,
  mfa_enrolment_required: 403,
  mfa_exists: 409,
  step_up_required: 403,
  last_admin: 409,
  same_namespace: 409,
  limit_reached: 409,
  already_member: 409,
  canary_exists: 409,
  cluster_exists: 409,
  scan_conflict: 409,
  scan_superseded: 409,
  already_decided: 409,
  approval_impossible: 409,
  not_approved: 409,
  second_person_required: 403,
  certificate_taken: 409,
  invalid_refresh_token: 401,
  too_many_attempts: 429,
  rate_limited: 429,
  hashing_busy: 429,
  overloaded: 503,
  checkpoint_missing: 503,
  exports_busy: 429,
  export_ended: 409,
  audit_log_tampered: 503,
  storage_full: 503,
  storage_failed: 503,
  database_damaged: 503,
  shutting_down: 503,
  decryption_failed: 500,
  not_implemented: 501,
};

export interface CodedError extends Error {
  code: string;
  /** Field problems, for input errors. */
  problems?: { path: string; message: string }[];
  retryAfterSeconds?: number;
  /** Further members of the answer. */
  extensions?: Readonly<Record<string, string | number>>;
}

/** Undefined for a code that is no answer's: a reason that only the audit log is told. */
export function statusOf(code: string): number | undefined {
  return STATUS[code];
}

/** The title of a status, as every problem document has it. */
export function titleOf(status: number): string {
  return TITLES[status] ?? 'Error';
}

/** Whether a code says that somebody may not do what they asked for: that is told to the audit log. */
export function isRefusal(code: string): boolean {
  return STATUS[code] === 403 || code === 'last_admin' || code === 'limit_reached';
}

/** What the database says when a unit is refused: its codes come without words. */
const REFUSALS: Record<string, string> = {
  stale_authorization: 'This credential is no longer valid: log in again, or make a new key.',
  limit_reached: 'There are too many of these for one account: remove some first.',
  already_member: 'This account is a member already: change its role instead.',
  link_invalid: 'This link or token is not valid any more: ask for a new one.',
  stale_version: 'It has changed since: read it again, then try with its new version.',
  signing_key_changed:
    'The key was replaced by somebody else at the same time: look before replacing it again.',
  subject_changed: 'Its owner was just erased or restored: try again.',
};

/** Error to problem: only errors that carry a known code show their message; anything else says nothing. */
export function problemOf(error: unknown, requestId?: string): Problem {
  const coded = error as Partial<CodedError>;
  const known = typeof coded.code === 'string' && coded.code in STATUS;
  const code = known ? coded.code! : 'internal_error';
  const status = (known ? statusOf(code) : undefined) ?? 500;
  const showMessage = known && status !== 500;
  return {
    type: `urn:memhold:error:${code}`,
    title: titleOf(status),
    status,
    detail: showMessage
      ? (REFUSALS[code] ?? coded.message!)
      : 'Something went wrong here; the server log has the request id.',
    code,
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...(coded.problems?.length ? { errors: coded.problems } : {}),
    ...(showMessage ? coded.extensions : {}),
  };
}
