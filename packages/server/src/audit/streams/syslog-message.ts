import { hostname } from 'node:os';
import type { Severity } from '../events.ts';
import type { AuditRecord } from '../record.ts';
import { ascii } from './payload.ts';

/** Facility 13, "log audit" (RFC 5424, 6.2.1). */
const FACILITY = 13;
const SEVERITY: Record<Severity, number> = { critical: 2, error: 3, warning: 4, info: 6, debug: 7 };
/** 32473 is the enterprise number that RFC 5612 keeps for examples: this product has none of its own. */
const SD_ID = 'memhold@32473';
const LONGEST_HOSTNAME = 255;
const LONGEST_MSGID = 32;

/** PRINTUSASCII of the header; `-` where nothing is left. */
function printable(text: string, longest: number): string {
  return text.replace(/[^\x21-\x7e]/g, '').slice(0, longest) || '-';
}

const HOSTNAME = printable(hostname(), LONGEST_HOSTNAME);

/**
 * An event as a syslog message (RFC 5424): `<PRI>1 time host memhold pid type [memhold@32473 …] JSON`. All of it is
 * printable ASCII on one line, so no receiver can take one event for two, whatever was logged.
 * @param payload the event as one line of JSON
 */
export function syslogMessage(record: AuditRecord, payload: string): string {
  const { severity, timestamp, event_type: type, id, success } = record;
  const priority = FACILITY * 8 + SEVERITY[severity];
  const header = `<${priority}>1 ${timestamp} ${HOSTNAME} memhold ${process.pid} ${printable(type, LONGEST_MSGID)}`;
  // Values are of a closed list: none has a character that would have to be escaped.
  const data = `[${SD_ID} index="${id}" type="${printable(type, LONGEST_MSGID)}" outcome="${success ? 'success' : 'failure'}"]`;
  return `${header} ${data} ${ascii(payload)}`;
}

/** With its length in front (octet counting: RFC 6587, 3.4.1; RFC 5425, 4.3). */
export function counted(message: string): string {
  return `${Buffer.byteLength(message)} ${message}`;
}
