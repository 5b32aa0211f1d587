export type MemoryErrorCode = 'not_found' | 'stale_version' | 'content_rejected' | 'text_too_large';

const MESSAGES: Record<MemoryErrorCode, string> = {
  not_found: 'There is no such memory.',
  stale_version: 'The memory has changed since: read it again, then update with its new version.',
  content_rejected: 'The screen rejected this text; nothing was stored.',
  text_too_large: 'The text is larger than this server accepts.',
};

export class MemoryError extends Error {
  readonly code: MemoryErrorCode;
  /** The rules by which a text was rejected. */
  readonly rules: readonly string[];

  constructor(code: MemoryErrorCode, message = MESSAGES[code], rules: readonly string[] = []) {
    super(message);
    this.name = 'MemoryError';
    this.code = code;
    this.rules = rules;
  }
}
