export type CanaryErrorCode = 'not_found' | 'canary_exists';

const MESSAGES: Record<CanaryErrorCode, string> = {
  not_found: 'There is no such memory or canary in this namespace.',
  canary_exists: 'This memory is a canary already.',
};

export class CanaryError extends Error {
  readonly code: CanaryErrorCode;

  constructor(code: CanaryErrorCode) {
    super(MESSAGES[code]);
    this.name = 'CanaryError';
    this.code = code;
  }
}
