import { z } from 'zod';
import { moment } from '../../http/describe.ts';
import { RETENTION_CLASSES } from '../catalog.ts';
import { EVENT_TYPES, SEVERITIES } from '../events.ts';

const eventType = z.enum(EVENT_TYPES).meta({ id: 'EventType' });
const severity = z.enum(SEVERITIES).meta({ id: 'Severity', description: 'The mildest first.' });
const retentionClass = z.enum(RETENTION_CLASSES).meta({ id: 'RetentionClass' });

const words = z.string().nullable();
const commitment = words.meta({ description: 'A commitment in hex, never what it commits to.' });

/** As record.ts makes it. */
export const auditEvent = z
  .object({
    id: z.int().min(0).meta({ description: 'The position in the log, from 0.' }),
    leaf_hash: z.string().meta({ description: 'RFC 6962, in base64.' }),
    event_type: eventType,
    severity,
    description: z.string(),
    timestamp: moment,
    actor_kind: z.enum(['account', 'api_key', 'certificate', 'operator', 'system', 'anonymous']),
    actor_id: words.meta({ description: 'The id of the account, key or certificate.' }),
    user_id: words.meta({ description: 'The id of the account behind the actor.' }),
    username: words,
    session_id: words,
    ip_address: words,
    user_agent: words,
    namespace: words,
    resource_type: words,
    resource_id: words.meta({
      description: 'The only one of `resource_ids`; null where there are none or several.',
    }),
    resource_ids: z.array(z.string()),
    action: words,
    before_state: commitment,
    after_state: commitment,
    request_id: words,
    request_method: words,
    request_path: words,
    request_params: words,
    success: z.boolean(),
    error_code: words,
    error_message: words,
    status_code: z.int().nullable(),
    metadata: z.record(z.string(), z.unknown()).meta({ description: 'What else the private part tells.' }),
    private_part: z
      .enum(['none', 'kept', 'erased'])
      .meta({ description: 'Whether there was a private part, and whether it can still be read.' }),
    tags: z.array(z.string()),
    compliance_tags: z.array(z.string()),
    retention_policy: retentionClass,
  })
  .meta({ id: 'AuditEvent', description: 'One record of the audit log; what is not known is null.' });

export const logPage = z
  .object({
    logs: z.array(auditEvent),
    total: z.int().min(0).meta({ description: 'All events that match, whatever the page.' }),
    offset: z.int().min(0),
    limit: z.int().min(1),
    next: words.meta({ description: '`cursor` of the next page; null after the last one.' }),
    request_id: words.meta({ description: 'Under this id the log tells of this very query.' }),
  })
  .meta({ id: 'AuditEventPage' });

const number = z.int().min(0);

export const logStatistics = z.object({
  total_events: number,
  events_by_type: z.record(z.string(), number).meta({ description: 'Types without an event are not there.' }),
  events_by_severity: z.object({
    debug: number,
    info: number,
    warning: number,
    error: number,
    critical: number,
  }),
  failed_operations: number,
  unique_users: number,
  start_time: moment,
  end_time: moment,
});

export const eventTypeList = z.object({
  event_types: z.array(eventType),
  details: z.array(
    z.object({
      event_type: eventType,
      severity: severity.meta({ description: 'Where the event names none of its own.' }),
      class: retentionClass,
      description: z.string(),
      security: z.boolean().meta({ description: 'Whether `GET /audit/logs/security` shows it.' }),
    }),
  ),
});

export const severityList = z.object({
  severity_levels: z.array(severity),
  details: z.array(z.object({ severity, level: number, description: z.string() })),
});
