export type ProofErrorCode =
  /** An index or size of which the log has no proof; the message says the range. */
  | 'invalid_input'
  | 'not_found'
  /** What was asked for is written, but not signed yet. */
  | 'checkpoint_missing'
  | 'audit_log_tampered';

/** There is no proof, or none that may be handed out. */
export class ProofError extends Error {
  override readonly name = 'ProofError';
  readonly code: ProofErrorCode;

  constructor(code: ProofErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
