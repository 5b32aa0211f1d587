export class ExportError extends Error {
  readonly code = 'not_found';

  constructor() {
    super(
      'There is no such export: it was never asked for with this credential, or its seven days are over.',
    );
    this.name = 'ExportError';
  }
}
