/** Why the database refused. `message` says what to do next. */
export type DatabaseErrorCode =
  | 'data_folder_held'
  | 'folder_missing'
  | 'database_damaged'
  | 'folder_not_writable'
  | 'storage_full'
  | 'storage_failed'
  | 'overloaded'
  | 'shutting_down';

export class DatabaseError extends Error {
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseError';
    this.code = code;
  }
}

/** A step of a unit did not find what it needed; nothing of the unit was stored. `code` is the step's `otherwise`. */
export class UnitRefused extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`refused: ${code}`);
    this.name = 'UnitRefused';
    this.code = code;
  }
}
