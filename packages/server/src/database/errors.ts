/** Why the database refused. `message` says what to do next. */
export type DatabaseErrorCode =
  | 'data_folder_held'
  | 'folder_missing'
  | 'database_damaged'
  | 'database_unreadable'
  | 'database_newer'
  | 'audit_log_tampered'
  | 'audit_log_rewound'
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

/** Whether there was no room: the change did not happen, and the next one may. */
export function isFull(error: unknown): boolean {
  return String((error as { code?: string }).code).startsWith('SQLITE_FULL');
}

/** Whether SQLite found the file itself damaged: nothing more is written to it then. */
export function isDamage(error: unknown): boolean {
  const code = String((error as { code?: string }).code);
  return code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB');
}

export function damaged(path: string, cause: unknown): DatabaseError {
  return new DatabaseError('database_damaged', `${path} is damaged: restore the data folder from a backup.`, {
    cause,
  });
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
