import { isIP } from 'node:net';
import { VERSION } from '../../version.ts';
import type { AuditRecord } from '../record.ts';
import { ECS_CATEGORIES, ECS_VERSION, type EcsCategory } from './ecs-fields.ts';
import { jsonLine } from './invisible.ts';
import { ocsfKindOf } from './ocsf-classes.ts';

type Fields = Record<string, unknown>;

const SERVICE = 'memhold';
/** Higher is worse, as syslog has it backwards; `log.level` has the word. */
const SEVERITY = { debug: 1, info: 2, warning: 3, error: 4, critical: 5 } as const;

/** Categories by OCSF class, and event types by class and activity; `info` where there is none. */
const KINDS: Record<number, { categories: readonly EcsCategory[]; types?: Record<number, string> }> = {
  1008: { categories: ['configuration'], types: { 2: 'deletion', 3: 'access' } },
  2004: { categories: ['intrusion_detection'] },
  3001: {
    categories: ['iam'],
    types: { 1: 'creation', 2: 'change', 3: 'change', 4: 'change', 5: 'change', 6: 'deletion', 9: 'change' },
  },
  3002: { categories: ['authentication', 'session'], types: { 1: 'start', 2: 'end' } },
  3004: { categories: ['configuration'], types: { 1: 'creation', 3: 'change', 4: 'deletion' } },
  3006: {
    categories: ['iam'],
    types: { 1: 'change', 3: 'change', 4: 'change', 5: 'deletion', 6: 'creation' },
  },
  6002: { categories: ['process'], types: { 3: 'start', 4: 'end' } },
  6003: { categories: ['api'] },
  6005: {
    categories: ['database'],
    types: { 1: 'access', 2: 'change', 4: 'access', 6: 'change', 7: 'change', 8: 'access' },
  },
  6008: { categories: ['process'] },
};

/**
 * An event as the Elastic Common Schema 8.11 has it, nested. `event.sequence` is its position in the log, `event.hash`
 * its leaf hash: by these it is found in the native export, which alone can be proven.
 */
export function toEcs(record: AuditRecord): Fields {
  const { categories, type } = kindOf(record);
  const { ip_address: ip, user_id, username, resource_type, resource_id } = record;
  const target = resource_type === 'account' ? resource_id : null;
  const isIp = ip !== null && isIP(ip) > 0;
  const severity = SEVERITY[record.severity] ?? 0;
  const flat: Fields = {
    '@timestamp': record.timestamp,
    'ecs.version': ECS_VERSION,
    message: record.description,
    tags: [...record.tags, ...record.compliance_tags],
    labels: labelsOf(record),
    'event.kind': categories[0] === 'intrusion_detection' ? 'alert' : 'event',
    'event.category': categories,
    'event.type': [type],
    'event.action': record.event_type,
    'event.outcome': record.success ? 'success' : 'failure',
    'event.code': record.event_type,
    'event.dataset': `${SERVICE}.audit`,
    'event.module': SERVICE,
    'event.provider': SERVICE,
    'event.hash': record.leaf_hash,
    'event.id': record.leaf_hash,
    'event.reason': record.error_code,
    'event.sequence': record.id,
    'event.severity': severity,
    'error.code': record.error_code,
    'error.message': record.error_message,
    'http.request.id': record.request_id,
    'http.request.method': record.request_method,
    'http.response.status_code': record.status_code,
    'log.level': record.severity,
    'organization.id': record.namespace,
    'related.hash': [record.leaf_hash],
    'related.ip': isIp ? [ip] : null,
    'related.user': listOf(user_id, username, target),
    'service.name': SERVICE,
    'service.type': SERVICE,
    'service.version': VERSION,
    'source.address': ip,
    'source.ip': isIp ? ip : null,
    'url.path': record.request_path,
    'user.id': user_id,
    'user.name': username,
    'user.target.id': target,
    'user_agent.original': record.user_agent,
  };
  return nested(flat);
}

function kindOf({ event_type, success }: AuditRecord): { categories: readonly EcsCategory[]; type: string } {
  const [classUid, activity] = ocsfKindOf(event_type);
  const { categories, types } = KINDS[classUid] ?? KINDS[6003]!;
  const refused = event_type.startsWith('authz.') && (success ? 'allowed' : 'denied');
  const type = refused || types?.[activity] || 'info';
  // A refused login begins no session.
  const fitting = categories.filter(
    (category) =>
      (ECS_CATEGORIES[category] as readonly string[]).includes(type) && (success || category !== 'session'),
  );
  return { categories: fitting, type };
}

/** What has no field of its own; values are keywords. */
function labelsOf(record: AuditRecord): Fields {
  const { actor_kind, actor_id, session_id, action, before_state, after_state, request_params } = record;
  const { resource_type, resource_ids, private_part, retention_policy } = record;
  const own = { actor_kind, actor_id, session_id, action, before_state, after_state, request_params };
  const details = Object.entries(record.metadata).map(([name, value]) => [
    `detail_${name.replaceAll('.', '_')}`,
    typeof value === 'string' ? value : jsonLine(value),
  ]);
  return known({
    ...own,
    resource_type,
    resource_ids: resource_ids.length > 0 ? resource_ids.join(' ') : null,
    private_part,
    retention_policy,
    ...Object.fromEntries(details),
  });
}

function listOf(...values: readonly (string | null)[]): string[] | null {
  const some = [...new Set(values.filter((one) => one !== null))];
  return some.length > 0 ? some : null;
}

const known = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

/** `{'a.b': 1}` → `{a: {b: 1}}`, without what is not known. */
function nested(flat: Fields): Fields {
  const event: Fields = {};
  for (const [name, value] of Object.entries(known(flat))) {
    const parts = name.split('.');
    const last = parts.pop()!;
    let place = event;
    for (const part of parts) {
      place[part] ??= {};
      place = place[part] as Fields;
    }
    place[last] = value;
  }
  return event;
}
