/** Types of Elasticsearch that the fields have. */
export type EcsType = 'date' | 'ip' | 'keyword' | 'long' | 'object' | 'text';

export interface EcsField {
  readonly type: EcsType;
  /** The field holds an array. */
  readonly array?: true;
  /** All that it may hold. */
  readonly values?: readonly string[];
}

export const ECS_VERSION = '8.11.0';

/** Which types of events a category knows (ECS 8.11, "Categorization fields"). */
export const ECS_CATEGORIES = {
  api: [
    'access',
    'admin',
    'allowed',
    'change',
    'creation',
    'deletion',
    'denied',
    'end',
    'info',
    'start',
    'user',
  ],
  authentication: ['start', 'end', 'info'],
  configuration: ['access', 'change', 'creation', 'deletion', 'info'],
  database: ['access', 'change', 'info', 'error'],
  email: ['info'],
  iam: ['admin', 'change', 'creation', 'deletion', 'group', 'info', 'user'],
  intrusion_detection: ['allowed', 'denied', 'info'],
  process: ['access', 'change', 'end', 'info', 'start'],
  session: ['start', 'end', 'info'],
  web: ['access', 'error', 'info'],
} as const satisfies Record<string, readonly string[]>;

export type EcsCategory = keyof typeof ECS_CATEGORIES;

/** Every field of the Elastic Common Schema that an event is exported with; what has no field is in `labels`. */
export const ECS_FIELDS: Readonly<Record<string, EcsField>> = {
  '@timestamp': { type: 'date' },
  'ecs.version': { type: 'keyword', values: [ECS_VERSION] },
  message: { type: 'text' },
  tags: { type: 'keyword', array: true },
  labels: { type: 'object' },
  'event.kind': { type: 'keyword', values: ['alert', 'event'] },
  'event.category': { type: 'keyword', array: true, values: Object.keys(ECS_CATEGORIES) },
  'event.type': { type: 'keyword', array: true, values: [...new Set(Object.values(ECS_CATEGORIES).flat())] },
  'event.action': { type: 'keyword' },
  'event.outcome': { type: 'keyword', values: ['failure', 'success', 'unknown'] },
  'event.code': { type: 'keyword' },
  'event.dataset': { type: 'keyword' },
  'event.module': { type: 'keyword' },
  'event.provider': { type: 'keyword' },
  'event.hash': { type: 'keyword' },
  'event.id': { type: 'keyword' },
  'event.reason': { type: 'keyword' },
  'event.sequence': { type: 'long' },
  'event.severity': { type: 'long' },
  'error.code': { type: 'keyword' },
  'error.message': { type: 'text' },
  'http.request.id': { type: 'keyword' },
  'http.request.method': { type: 'keyword' },
  'http.response.status_code': { type: 'long' },
  'log.level': { type: 'keyword' },
  'organization.id': { type: 'keyword' },
  'related.hash': { type: 'keyword', array: true },
  'related.ip': { type: 'ip', array: true },
  'related.user': { type: 'keyword', array: true },
  'service.name': { type: 'keyword' },
  'service.type': { type: 'keyword' },
  'service.version': { type: 'keyword' },
  'source.address': { type: 'keyword' },
  'source.ip': { type: 'ip' },
  'url.path': { type: 'keyword' },
  'user.id': { type: 'keyword' },
  'user.name': { type: 'keyword' },
  'user.target.id': { type: 'keyword' },
  'user_agent.original': { type: 'keyword' },
};
