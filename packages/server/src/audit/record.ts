import type { Json } from './canonical-json.ts';
import { CATALOG, COMPLIANCE_TAGS, type RetentionClass } from './catalog.ts';
import type { AuditActor } from './entry.ts';
import type { EventType, Severity } from './events.ts';

/** The public part of an event as it was logged. */
export interface Skeleton {
  type: EventType;
  severity: Severity;
  /** Unix time in milliseconds. */
  time: number;
  actor: AuditActor;
  namespace?: string;
  resource?: { type: string; ids: string[] };
  action?: string;
  success: boolean;
  code?: string;
  requestId?: string;
  /** Commitments, in hex. */
  before?: string;
  after?: string;
  private?: string;
  v: number;
}

/** The erasable part: details of the request under their usual names, anything else is the event's own. */
export type PrivatePart = { readonly [key: string]: Json };

/**
 * An event as people and other systems read it: one flat record, everything that is not known is null. Times are
 * ISO 8601. `before_state`, `after_state` and `request_params` are commitments, never what they commit to.
 */
export interface AuditRecord {
  /** Position in the log, from 0. */
  id: number;
  /** RFC 6962 leaf hash, base64. */
  leaf_hash: string;
  event_type: EventType;
  severity: Severity;
  description: string;
  timestamp: string;
  actor_kind: AuditActor['kind'];
  /** Public id of the account, key or certificate. */
  actor_id: string | null;
  /** Public id of the account behind the actor. */
  user_id: string | null;
  username: string | null;
  session_id: string | null;
  ip_address: string | null;
  user_agent: string | null;
  namespace: string | null;
  resource_type: string | null;
  /** The only id, or null; all of them are in `resource_ids`. */
  resource_id: string | null;
  resource_ids: readonly string[];
  action: string | null;
  before_state: string | null;
  after_state: string | null;
  request_id: string | null;
  request_method: string | null;
  request_path: string | null;
  request_params: string | null;
  success: boolean;
  error_code: string | null;
  error_message: string | null;
  status_code: number | null;
  /** What else the private part tells. */
  metadata: { readonly [key: string]: Json };
  /** Whether there was a private part, and whether it can still be read. */
  private_part: 'none' | 'kept' | 'erased';
  tags: readonly string[];
  compliance_tags: readonly string[];
  retention_policy: RetentionClass;
}

export interface RecordSource {
  index: number;
  leafHash: Uint8Array;
  skeleton: Skeleton;
  /** Undefined where it was erased, or never was. */
  privatePart: PrivatePart | undefined;
  /** HTTP status of an error code; undefined where the code is told to nobody but the log. */
  statusOf(code: string): number | undefined;
}

const REQUEST_FIELDS = ['ip', 'user_agent', 'method', 'path', 'query', 'username'] as const;

/** The account behind an actor: its own id for a login. */
export function userOf({ kind, id, account }: AuditActor): string | undefined {
  return account ?? (kind === 'account' || kind === 'operator' ? id : undefined);
}

/** Brings an event into the form in which people and other systems read it. */
export function recordOf({ index, leafHash, skeleton, privatePart, statusOf }: RecordSource): AuditRecord {
  const { type, actor, resource, code, success } = skeleton;
  const details = { ...privatePart };
  for (const field of REQUEST_FIELDS) delete details[field];
  const text = (field: (typeof REQUEST_FIELDS)[number]) => {
    const value = privatePart?.[field];
    return typeof value === 'string' ? value : null;
  };
  const { class: retention, text: description } = CATALOG[type] ?? { class: 'system', text: type };
  const ids = resource?.ids ?? [];
  return {
    id: index,
    leaf_hash: Buffer.from(leafHash).toString('base64'),
    event_type: type,
    severity: skeleton.severity,
    description,
    timestamp: new Date(skeleton.time).toISOString(),
    actor_kind: actor.kind,
    actor_id: actor.id ?? null,
    user_id: userOf(actor) ?? null,
    username: text('username'),
    session_id: actor.session ?? null,
    ip_address: text('ip'),
    user_agent: text('user_agent'),
    namespace: skeleton.namespace ?? null,
    resource_type: resource?.type ?? null,
    resource_id: ids.length === 1 ? ids[0]! : null,
    resource_ids: ids,
    action: skeleton.action ?? null,
    before_state: skeleton.before ?? null,
    after_state: skeleton.after ?? null,
    request_id: skeleton.requestId ?? null,
    request_method: text('method'),
    request_path: text('path'),
    request_params: text('query'),
    success,
    error_code: code ?? null,
    error_message: success ? null : `${description}${code === undefined ? '' : ` (${code})`}`,
    status_code: code === undefined || success ? null : (statusOf(code) ?? null),
    metadata: details,
    private_part: skeleton.private === undefined ? 'none' : privatePart ? 'kept' : 'erased',
    tags: success ? [retention] : [retention, 'failure'],
    compliance_tags: COMPLIANCE_TAGS[retention],
    retention_policy: retention,
  };
}
