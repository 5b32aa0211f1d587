import type { AuditRecord } from '../record.ts';
import { jsonLine, visibleText } from './invisible.ts';

/** Every column of a record, in the order of the file. */
export const CSV_COLUMNS = [
  'id',
  'timestamp',
  'event_type',
  'severity',
  'success',
  'description',
  'actor_kind',
  'actor_id',
  'user_id',
  'username',
  'session_id',
  'ip_address',
  'user_agent',
  'namespace',
  'resource_type',
  'resource_id',
  'resource_ids',
  'action',
  'before_state',
  'after_state',
  'request_id',
  'request_method',
  'request_path',
  'request_params',
  'error_code',
  'error_message',
  'status_code',
  'metadata',
  'private_part',
  'tags',
  'compliance_tags',
  'retention_policy',
  'leaf_hash',
] as const satisfies readonly (keyof AuditRecord)[];

/** A spreadsheet would run what begins so; an apostrophe too, so that one in front can be told from the text's own. */
const FORMULA = /^[=+\-@\t\r'\uff1d\uff0b\uff0d\uff20]/;

/** The first line (RFC 4180), with its CRLF. */
export function csvHeader(): string {
  return `${CSV_COLUMNS.join(',')}\r\n`;
}

/**
 * A record as one line (RFC 4180), with its CRLF. Every cell is quoted. What is not known is empty; lists and objects
 * are JSON; in other texts a backslash and what is invisible is escaped as in JSON. A cell that a spreadsheet would
 * take for a formula begins with an apostrophe.
 */
export function toCsvRow(record: AuditRecord): string {
  return `${CSV_COLUMNS.map((column) => cell(record[column])).join(',')}\r\n`;
}

function cell(value: unknown): string {
  const plain = textOf(value);
  return `"${(FORMULA.test(plain) ? `'${plain}` : plain).replaceAll('"', '""')}"`;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') return jsonLine(value);
  return visibleText(String(value));
}
