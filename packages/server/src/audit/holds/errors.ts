export type HoldErrorCode = 'not_found';

export class HoldError extends Error {
  readonly code: HoldErrorCode;

  constructor(code: HoldErrorCode) {
    super('There is no such hold in force: see GET /audit/holds.');
    this.name = 'HoldError';
    this.code = code;
  }
}
