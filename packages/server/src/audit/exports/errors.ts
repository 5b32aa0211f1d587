export type ExportErrorCode =
  /** As many run as may. */
  | 'exports_busy'
  /** Nobody took from it for too long, or it was closed. */
  | 'export_ended'
  /** Nothing is signed yet that a native export could be proven by. */
  | 'checkpoint_missing';

/** An export that does not begin, or does not go on. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
  readonly code: ExportErrorCode;

  constructor(code: ExportErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
