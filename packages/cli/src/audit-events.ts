import { styleText } from 'node:util';
import { type Command, Option } from 'commander';
import { oneLine } from './failure.ts';
import { table } from './table.ts';

/** What of an event of the audit log a person is shown. Times are ISO 8601. */
export interface AuditEvent {
  id: number;
  timestamp: string;
  severity: string;
  event_type: string;
  actor_kind: string;
  user_id: string | null;
  username: string | null;
  ip_address: string | null;
  resource_type: string | null;
  resource_ids: readonly string[];
  request_id: string | null;
  success: boolean;
  error_code: string | null;
}

/** A page of events, newest first. */
export interface AuditPage {
  logs: AuditEvent[];
  total: number;
  next: string | null;
  /** Under which the log tells of this very query. */
  request_id: string | null;
}

export const SEVERITIES = ['debug', 'info', 'warning', 'error', 'critical'];

export interface EventFlags {
  type?: string;
  severity?: string;
  failed?: true;
  user?: string;
  namespace?: string;
  security?: true;
  json?: true;
}

/** Adds the options that choose events. */
export function withEventOptions(command: Command): Command {
  return command
    .option('--type <type>', 'only events of this type, such as auth.login.failed')
    .addOption(new Option('--severity <severity>', 'only events of this severity').choices(SEVERITIES))
    .option('--failed', 'only what was refused or failed')
    .option('--user <user>', 'only what this user did or had done to them: a name, an address or an id')
    .option('--namespace <id>', 'only events of this namespace')
    .addOption(new Option('--security', 'only attacks, refusals and damage to the log').conflicts('user'));
}

/** The path and query that ask for events. `account` is the id of the user that the flags name. */
export function eventPath(
  flags: EventFlags,
  account: string | undefined,
  more: Record<string, string>,
): string {
  const query = new URLSearchParams(more);
  if (flags.type !== undefined) query.set('event_type', flags.type);
  if (flags.severity !== undefined) query.set('severity', flags.severity);
  if (flags.failed) query.set('success', 'false');
  if (flags.namespace !== undefined) query.set('namespace', flags.namespace);
  const part = flags.security
    ? '/security'
    : account === undefined
      ? ''
      : `/user/${encodeURIComponent(account)}`;
  return `/audit/logs${part}?${query}`;
}

const HEAD = ['TIME (UTC)', 'SEVERITY', 'TYPE', 'USER', 'ADDRESS', 'RESOURCE', 'RESULT'];
/** So wide that lines which come one by one stand under each other mostly. */
const WIDTHS = [19, 8, 25, 20, 15, 20];

/** Events in columns; each is one line, whatever its texts hold. */
export function eventTable(events: readonly AuditEvent[], colours: boolean): string {
  const [head, ...lines] = table([HEAD, ...events.map(cells)], colours).split('\n');
  return [head, ...lines.map((line, at) => coloured(line, events[at]!.severity, colours))].join('\n');
}

/** One event as a line of its own. */
export function eventLine(event: AuditEvent, colours: boolean): string {
  const line = cells(event)
    .map((cell, column) => (oneLine(cell) || '-').padEnd(WIDTHS[column] ?? 0))
    .join('  ')
    .trimEnd();
  return coloured(line, event.severity, colours);
}

function cells(event: AuditEvent): string[] {
  const { timestamp, severity, event_type, username, user_id, actor_kind, ip_address } = event;
  return [
    timestamp.slice(0, 19).replace('T', ' '),
    severity,
    event_type,
    username ?? user_id ?? actor_kind,
    ip_address ?? '',
    resource(event),
    event.success ? 'ok' : (event.error_code ?? 'failed'),
  ];
}

function resource({ resource_type: type, resource_ids: ids }: AuditEvent): string {
  if (type === null || ids.length === 0) return type ?? '';
  return ids.length === 1 ? `${type} ${ids[0]}` : `${type} ×${ids.length}`;
}

const COLOURS: Record<string, 'yellow' | 'red' | 'magenta' | 'dim'> = {
  debug: 'dim',
  warning: 'yellow',
  error: 'red',
  critical: 'magenta',
};

function coloured(line: string, severity: string, colours: boolean): string {
  const colour = COLOURS[severity];
  return colours && colour ? styleText(colour, line, { validateStream: false }) : line;
}

// What JSON.stringify leaves as it is, and a terminal obeys or hides, or a pipeline takes for a command to itself.
const UNSAFE = /#(?=#(?:vso)?\[)|[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gi;

/** JSON on one line whose texts a terminal shows and does not obey, nor a pipeline. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
