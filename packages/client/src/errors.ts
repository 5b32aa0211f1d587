/**
 * A call that did not succeed.
 *
 * `code` is the server's own stable code, or one of this client's: `invalid_argument` (nothing was sent),
 * `timeout`, `connection_failed`, `invalid_response`, `unexpected_redirect`, `http_<status>` (an error answer
 * that is no problem document). After `timeout` and `connection_failed` a write may or may not have happened.
 */
export class MemholdError extends Error {
  readonly code: string;
  /** HTTP status; 0 when no complete answer arrived. */
  readonly status: number;
  /** Seconds to wait before another attempt, where the server said so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: string, message: string, status = 0, retryAfterSeconds?: number) {
    super(message);
    this.name = 'MemholdError';
    this.code = code;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * The error of an answer outside 2xx: an RFC 9457 problem document, or any other body.
 * @param secret text that must not come back in the message, should the server echo it
 */
export function errorOfAnswer(response: Response, body: string, call: string, secret?: string): MemholdError {
  const problem = parseObject(body);
  const code = text(problem?.code) ?? `http_${response.status}`;
  const said = text(problem?.detail) ?? text(problem?.title) ?? response.statusText;
  const message = `${call} answered ${response.status}${said === '' ? '' : `: ${said}`}`;
  return new MemholdError(
    mask(code, secret),
    mask(message, secret),
    response.status,
    retryAfter(response.headers.get('retry-after')),
  );
}

export function mask(message: string, secret: string | undefined): string {
  return secret === undefined ? message : message.replaceAll(secret, '***');
}

function parseObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 1000) : undefined;
}

/** Retry-After is a number of seconds or a date (RFC 9110, 10.2.3). */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header);
  const until = Date.parse(header);
  return Number.isNaN(until) ? undefined : Math.max(0, Math.ceil((until - Date.now()) / 1000));
}
