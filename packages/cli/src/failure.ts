/** A failure that a command itself finds. The message says what happened and what to do. */
export class CommandFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'CommandFailure';
    this.code = code;
  }
}

/** A command that was used wrongly, where its parser cannot see it: ends with 2. */
export class UsageFailure extends CommandFailure {}

const SYSTEM_ERRORS: Record<string, string> = {
  ENOENT: 'no such file or folder — check the path',
  EACCES: 'permission denied — check who owns it and its permissions',
  EPERM: 'not permitted — check who owns it and its permissions',
  EISDIR: 'is a folder — name a file',
  ENOTDIR: 'a part of the path is not a folder — check the path',
  ENOSPC: 'no space left on the device — free some',
  EROFS: 'read-only file system — choose another place',
  EEXIST: 'exists already — choose another name',
};

/**
 * What a person sees of an error: lines that begin with `memhold:`, one for each problem.
 * The stack follows only with MEMHOLD_LOG_LEVEL=debug.
 */
export function describeFailure(error: unknown, debug: boolean): string[] {
  const lines = messagesOf(error).map((message) => `memhold: ${oneLine(message)}`);
  if (debug && error instanceof Error) lines.push(stackOf(error));
  return lines;
}

function messagesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [unexpected(String(error))];
  const { code, problems, syscall, path } = error as NodeJS.ErrnoException & { problems?: unknown };
  if (code === 'invalid_configuration' && Array.isArray(problems)) return problems.map(String);
  // The service's own errors have codes in lower case, and messages that already say what to do.
  if (typeof code === 'string' && /^[a-z][a-z0-9_-]*$/.test(code)) return [error.message];
  if (typeof code === 'string' && syscall !== undefined && code in SYSTEM_ERRORS) {
    return [`${path ?? syscall}: ${SYSTEM_ERRORS[code]}`];
  }
  return [unexpected(error.message)];
}

function unexpected(message: string): string {
  return `unexpected error: ${message} — run it again with MEMHOLD_LOG_LEVEL=debug to see where`;
}

function stackOf(error: Error): string {
  const { cause } = error;
  const own = error.stack ?? String(error);
  return cause instanceof Error ? `${own}\ncaused by ${stackOf(cause)}` : own;
}

/**
 * Text that may come from a hostile file, made safe for a terminal and for a pipeline that prints it: no control
 * characters (which could move the cursor or forge lines), no characters that reorder text, no commands to the pipeline.
 */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Bidi_Control}\u200b\u2028\u2029\u2060-\u2064\ufeff]+/gu, ' ')
    .trim()
    .replace(/^:(?=:)|#(?=#(?:vso)?\[)/gi, (sign) => (sign === ':' ? '\\u003a' : '\\u0023'));
}
