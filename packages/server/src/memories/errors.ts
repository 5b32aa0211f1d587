export type MemoryErrorCode =
  | 'not_found'
  | 'stale_version'
  | 'content_rejected'
  | 'text_too_large'
  | 'invalid_version';

const MESSAGES: Record<MemoryErrorCode, string> = {
  not_found: 'There is no such memory.',
  stale_version: 'The memory has changed since: read it again, then update with its new version.',
  content_rejected: 'The screen rejected this text; nothing was stored.',
  text_too_large: 'The text is larger than this server accepts.',
  invalid_version: 'If-Match must be the version in quotes, as the ETag header gave it: "3".',
};

export class MemoryError extends Error {
  readonly code: MemoryErrorCode;

  constructor(code: MemoryErrorCode, message = MESSAGES[code]) {
    super(message);
    this.name = 'MemoryError';
    this.code = code;
  }
}
