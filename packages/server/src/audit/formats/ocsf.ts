import { isIP } from 'node:net';
import { VERSION } from '../../version.ts';
import type { AuditRecord } from '../record.ts';
import { ocsfKindOf } from './ocsf-classes.ts';
import { ocsfProblems } from './ocsf-problems.ts';
import { captionOf, OCSF_VERSION, type OcsfClass, ocsfClass, ocsfObject } from './ocsf-schema.ts';

type Fields = Record<string, unknown>;

const SERVICE = 'memhold';
const PRODUCT = { name: 'Memhold', vendor_name: 'Memhold', version: VERSION };
const LOG_NAME = 'audit';
const SEVERITY_ID = { debug: 1, info: 1, warning: 3, error: 4, critical: 5 } as const;
const OTHER = 99;
const FINDING = 2004;
/** Of the schema's type: a zone behind an address can be longer. */
const LONGEST_IP = 40;

/**
 * An event as OCSF 1.6.0 has it. `metadata.sequence` is its position in the log, `metadata.uid` its leaf hash: by these
 * it is found in the native export, which alone can be proven. What OCSF has no place for is in `unmapped`.
 */
export function toOcsf(record: AuditRecord): Fields {
  const [classUid, activity] = ocsfKindOf(record.event_type);
  const own = ocsfClass(classUid)!;
  const name = captionOf(own, 'activity_id', activity)!;
  const status = own.uid === FINDING ? 1 : record.success ? 1 : 2;
  const severity = SEVERITY_ID[record.severity] ?? 0;
  const event: Fields = {
    class_uid: own.uid,
    class_name: own.caption,
    category_uid: own.category_uid,
    activity_id: activity,
    activity_name: activity === OTHER ? record.event_type : name,
    type_uid: own.uid * 100 + activity,
    severity_id: severity,
    severity: captionOf(own, 'severity_id', severity),
    status_id: status,
    status: captionOf(own, 'status_id', status),
    time: Date.parse(record.timestamp),
    message: record.description,
    metadata: metadataOf(record),
    ...optional({ status_code: record.error_code, status_detail: record.error_message }),
  };
  const candidates: Fields = { ...partsOf(record), ...ownPartsOf(record, own) };
  for (const [attribute, value] of Object.entries(candidates))
    if (value !== undefined && own.attributes.has(attribute)) event[attribute] = value;
  event.unmapped = unmappedOf(record, event);
  return event;
}

/** The event, and what of it breaks the schema: nothing, unless a mapping is wrong. */
export function checkedOcsf(record: AuditRecord): { event: Fields; problems: string[] } {
  const event = toOcsf(record);
  const problems = ocsfProblems(event);
  if (problems.length > 0) event.unmapped = { ...(event.unmapped as Fields), ocsf_problems: problems };
  return { event, problems };
}

function metadataOf(record: AuditRecord): Fields {
  return {
    version: OCSF_VERSION,
    product: PRODUCT,
    uid: record.leaf_hash,
    sequence: record.id,
    event_code: record.event_type,
    log_name: LOG_NAME,
    log_provider: SERVICE,
    log_level: record.severity,
    original_time: record.timestamp,
    labels: [...record.tags, ...record.compliance_tags],
    ...optional({ tenant_uid: record.namespace, correlation_uid: record.request_id }),
  };
}

/** What any class may have; one that has no such attribute leaves it out. */
function partsOf(record: AuditRecord): Fields {
  const session = record.session_id === null ? undefined : { uid: record.session_id };
  const user = userOf(record);
  const resources = record.resource_ids.map((uid) => ({ uid, ...optional({ type: record.resource_type }) }));
  return {
    actor: { ...(user && { user }), ...(session && { session }), ...programOf(record) },
    session,
    src_endpoint: sourceOf(record),
    http_request: requestOf(record),
    http_response: record.status_code === null ? undefined : { code: record.status_code },
    resources: resources.length > 0 ? resources : undefined,
    service: { name: SERVICE },
    api: {
      operation: record.action ?? record.event_type,
      service: { name: SERVICE, version: VERSION },
    },
    app: PRODUCT,
    log_name: LOG_NAME,
    log_type_id: 2,
    log_type: 'Application',
    log_provider: SERVICE,
    is_alert: true,
  };
}

/** What one class needs and another spells in its own way. */
function ownPartsOf(record: AuditRecord, { uid }: OcsfClass): Fields {
  const { resource_type, resource_id, namespace } = record;
  switch (uid) {
    case 3001:
    case 3002:
      return { user: subjectOf(record) };
    case 3004:
      return { entity: entityOf(record) };
    case 3006: {
      const group = resource_type === 'namespace' ? resource_id : namespace;
      const member = resource_type === 'account' && resource_id !== null ? { uid: resource_id } : undefined;
      return { group: { uid: group ?? 'unknown', type: 'namespace' }, user: member };
    }
    case 6005:
      return {
        type_id: 2,
        type: 'Databucket',
        databucket: { type_id: OTHER, type: 'namespace', name: SERVICE, ...optional({ uid: namespace }) },
      };
    case FINDING:
      return {
        finding_info: {
          uid: `${record.id}`,
          title: record.action ?? record.event_type,
          desc: text(record.metadata.summary) ?? record.description,
          types: [record.event_type],
        },
      };
    default:
      return {};
  }
}

const CREDENTIALS: Readonly<Record<string, string>> = {
  api_key: 'API Key',
  certificate: 'Client Certificate',
};

/** Who did it. `programmatic_credentials` are the key or certificate that stood for the account. */
function userOf(record: AuditRecord): Fields | undefined {
  const { actor_kind, actor_id, user_id, username } = record;
  if (actor_kind === 'system') return undefined;
  const credential = CREDENTIALS[actor_kind];
  const type = actor_kind === 'operator' ? 2 : actor_kind === 'anonymous' ? 0 : 1;
  const known = optional({ uid: user_id, name: username });
  return {
    ...(Object.keys(known).length > 0 ? known : { name: 'unknown' }),
    type_id: type,
    ...optional({ type: captionOf(ocsfObject('user')!, 'type_id', type) }),
    ...(credential !== undefined &&
      actor_id !== null && { programmatic_credentials: [{ type: credential, uid: actor_id }] }),
  };
}

/** Whose account it is about: the one that was changed, else the one that asked. */
function subjectOf(record: AuditRecord): Fields {
  const { resource_type, resource_id, user_id, username } = record;
  const uid = resource_type === 'account' && resource_id !== null ? resource_id : user_id;
  const own = uid === user_id || user_id === null;
  const known = optional({ uid, name: own ? username : null });
  return Object.keys(known).length > 0 ? known : { name: 'unknown', type_id: 0, type: 'Unknown' };
}

const programOf = ({ actor_kind }: AuditRecord): Fields =>
  actor_kind === 'system' || actor_kind === 'operator' ? { app_name: SERVICE } : {};

function entityOf({ resource_type, resource_id, resource_ids, event_type }: AuditRecord): Fields {
  const uid = resource_id ?? (resource_ids.length > 0 ? resource_ids.join(' ') : undefined);
  return {
    type_id: OTHER,
    type: resource_type ?? event_type.split('.')[0],
    ...(uid === undefined ? { name: resource_type ?? 'unknown' } : { uid }),
  };
}

function sourceOf({ ip_address: ip }: AuditRecord): Fields {
  return ip !== null && isIP(ip) > 0 && ip.length <= LONGEST_IP ? { ip } : { svc_name: SERVICE };
}

function requestOf(record: AuditRecord): Fields | undefined {
  const { request_method, request_path, user_agent, request_id } = record;
  const methods = ocsfObject('http_request')!;
  const known = request_method !== null && captionOf(methods, 'http_method', request_method) !== undefined;
  const request = {
    ...(known && { http_method: request_method }),
    ...(request_path !== null && { url: { path: request_path } }),
    ...optional({ user_agent }),
  };
  return Object.keys(request).length === 0 ? undefined : { ...request, ...optional({ uid: request_id }) };
}

/** What no attribute of the event says. */
function unmappedOf(record: AuditRecord, event: Fields): Fields {
  const { before_state, after_state, request_params, private_part, retention_policy, metadata } = record;
  const { ip_address, request_method, request_path, user_agent, action, session_id, status_code } = record;
  const request = event.http_request as Fields | undefined;
  const source = event.src_endpoint as Fields | undefined;
  const actor = event.actor as Fields | undefined;
  return {
    actor_kind: record.actor_kind,
    private_part,
    retention_policy,
    ...optional({ action, before_state, after_state, request_params, actor_id: record.actor_id }),
    ...(source?.ip === undefined && optional({ ip_address })),
    ...(request?.http_method === undefined && optional({ request_method })),
    ...(request?.url === undefined && optional({ request_path })),
    ...(request?.user_agent === undefined && optional({ user_agent })),
    ...(actor?.user === undefined && optional({ user_id: record.user_id, username: record.username })),
    ...(actor?.session === undefined && optional({ session_id })),
    ...(event.http_response === undefined && optional({ status_code })),
    ...(event.resources === undefined &&
      record.resource_ids.length > 0 && {
        ...optional({ resource_type: record.resource_type }),
        resource_ids: record.resource_ids,
      }),
    ...(Object.keys(metadata).length > 0 && { details: metadata }),
  };
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** Without what is not known. */
function optional(fields: Readonly<Record<string, unknown>>): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
}
