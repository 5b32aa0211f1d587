import type { Expression } from 'kysely';

/** Column types where the dialects differ. */
export interface ColumnTypes {
  /** A primary key that the database numbers. */
  id: Expression<unknown> | 'integer';
  /** A primary key that the application numbers. */
  key: 'integer' | 'bigint';
  int: 'bigint';
  blob: Expression<unknown> | 'blob';
}
