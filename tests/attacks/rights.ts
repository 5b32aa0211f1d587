/**
 * Who may call what, written from the documents and not read from the server: a route that nobody thought of is in no
 * row, and the walk fails on it. `login` is for people: a program's credential is refused.
 */
export type Need = 'public' | 'any' | 'login' | Right;
type Right =
  | 'memories:read'
  | 'memories:write'
  | 'memories:delete'
  | 'memories:reveal'
  | 'clusters:read'
  | 'clusters:write'
  | 'keys:manage'
  | 'members:manage'
  | 'users:manage'
  | 'audit:read'
  | 'policies:execute'
  | 'projects:write'
  | 'webhooks:manage'
  | 'scans:write'
  | 'scans:read'
  | 'deployments:approve'
  | 'metrics:read';

interface Row {
  need: Need;
  /** Closed to programs: it asks for a password that was shown lately. */
  fresh?: true;
  /** What a well-meant request sends, so that only the caller is wrong. */
  body?: object;
}

const user = (more: Partial<Row> = {}): Row => ({ need: 'users:manage', ...more });
const members = (more: Partial<Row> = {}): Row => ({ need: 'members:manage', ...more });
const anyone: Row = { need: 'public' };
const person: Row = { need: 'login' };

export const ROWS: Record<string, Row> = {
  'GET /': anyone,
  'GET /health': anyone,
  'GET /ready': anyone,
  'GET /health/detailed': anyone,
  'GET /openapi.json': anyone,
  'GET /docs': anyone,
  'GET /auth/links/:page': anyone,
  'GET /.well-known/jwks.json': anyone,
  'POST /auth/register': anyone,
  'POST /auth/login': anyone,
  'POST /auth/mfa/verify': anyone,
  'POST /auth/refresh': anyone,
  'POST /auth/verify-email': anyone,
  'POST /auth/verify-email/resend': anyone,
  'POST /auth/forgot-password': anyone,
  'POST /auth/reset-password': anyone,
  'POST /auth/change-email/confirm': anyone,

  'GET /v1/ping/': { need: 'any' },
  'POST /mcp': { need: 'any', body: { jsonrpc: '2.0', id: 1, method: 'ping' } },
  'GET /mcp': { need: 'any' },
  'DELETE /mcp': { need: 'any' },

  'GET /auth/me': person,
  'GET /auth/users/:username': person,
  'POST /auth/logout': person,
  'POST /auth/logout-all': person,
  'GET /auth/sessions': person,
  'POST /auth/sessions': { need: 'login', body: { namespace: ':namespace' } },
  'DELETE /auth/sessions/:id': person,
  'POST /auth/step-up': { need: 'login', body: { password: 'Wrong-Horse-6' } },
  'POST /auth/change-password': {
    need: 'login',
    body: { current_password: 'Wrong-Horse-6', new_password: 'Another-Horse-8' },
  },
  'POST /auth/change-email': {
    need: 'login',
    body: { email: 'mallory@example.org', password: 'Wrong-Horse-6' },
  },
  'POST /auth/invitations/accept': { need: 'login', body: { token: `mhi_${'x'.repeat(43)}` } },
  'GET /auth/mfa': person,
  'POST /auth/mfa/totp': { need: 'login', fresh: true },
  'POST /auth/mfa/totp/confirm': { need: 'login', fresh: true, body: { code: '000000' } },
  'POST /auth/mfa/disable': { need: 'login', body: { password: 'Wrong-Horse-6', code: '000000' } },
  'POST /auth/mfa/recovery-codes': {
    need: 'login',
    body: { password: 'Wrong-Horse-6', code: '000000' },
  },
  'GET /namespaces': person,
  'GET /namespaces/:id': person,
  'DELETE /namespaces/:id/membership': person,

  'POST /memories': { need: 'memories:write' },
  'GET /memories': { need: 'memories:read' },
  'POST /memories/search': { need: 'memories:read' },
  'GET /memories/:id': { need: 'memories:read' },
  'PUT /memories/:id': { need: 'memories:write', body: { content: 'mine now' } },
  'DELETE /memories/:id': { need: 'memories:delete' },
  'GET /memories/:id/history': { need: 'memories:read' },
  'GET /memories/:id/original': { need: 'memories:reveal' },
  'PATCH /memories/batch': { need: 'memories:write' },
  'DELETE /memories/batch': { need: 'memories:delete' },
  'GET /entities': { need: 'memories:read' },
  'DELETE /entities/:type/:name': { need: 'memories:delete' },
  'POST /v3/memories/add/': { need: 'memories:write' },
  'POST /v3/memories/search/': { need: 'memories:read' },
  'POST /v3/memories/': { need: 'memories:read' },
  'GET /v1/memories/:id/': { need: 'memories:read' },
  'PUT /v1/memories/:id/': { need: 'memories:write', body: { text: 'mine now' } },
  'DELETE /v1/memories/:id/': { need: 'memories:delete' },
  'DELETE /v1/memories/': { need: 'memories:delete' },
  'GET /v1/memories/:id/history/': { need: 'memories:read' },
  'GET /v1/entities/': { need: 'memories:read' },
  'DELETE /v2/entities/:type/:name/': { need: 'memories:delete' },
  'DELETE /v1/entities/:type/:name/': { need: 'memories:delete' },
  'PUT /v1/batch/': {
    need: 'memories:write',
    body: { memories: [{ memory_id: '01890000-0000-7000-8000-000000000000', text: 'mine now' }] },
  },
  'DELETE /v1/batch/': {
    need: 'memories:delete',
    body: { memories: [{ memory_id: '01890000-0000-7000-8000-000000000000' }] },
  },
  'GET /v1/event/:id/': { need: 'memories:read' },
  'GET /v1/events/': { need: 'memories:read' },
  'POST /v1/memories/': { need: 'memories:write' },
  'GET /v1/memories/': { need: 'memories:read' },
  'POST /v1/memories/search/': { need: 'memories:read' },
  'POST /v2/memories/search/': { need: 'memories:read' },
  'POST /v2/memories/': { need: 'memories:read' },

  'POST /search': { need: 'memories:read' },
  'POST /list': { need: 'memories:read' },
  'POST /remember': { need: 'memories:write' },
  'POST /forget': { need: 'memories:delete' },

  'GET /api/v1/orgs/organizations/:org/projects/:project/': { need: 'memories:read' },
  'PATCH /api/v1/orgs/organizations/:org/projects/:project/': {
    need: 'projects:write',
    body: { custom_instructions: 'mine now' },
  },
  'POST /v1/feedback/': {
    need: 'memories:write',
    body: { memory_id: '01890000-0000-7000-8000-000000000000', feedback: 'NEGATIVE' },
  },
  'PUT /memories/:id/feedback': { need: 'memories:write', body: { feedback: 'NEGATIVE' } },
  'GET /memories/:id/feedback': { need: 'memories:read' },
  'POST /v1/exports/': { need: 'memories:read' },
  'POST /v1/exports/get/': { need: 'memories:read' },
  'POST /v1/summary/': { need: 'memories:read' },
  // Calls that are not there, told to whoever has a credential.
  'GET /v2/entities/user/:id/profile/': { need: 'any' },
  'POST /v2/profiles/jobs/': { need: 'any' },
  'GET /v2/profiles/jobs/:id/': { need: 'any' },
  'GET /v2/profiles/settings/': { need: 'any' },
  'POST /v2/profiles/settings/': { need: 'any' },
  'GET /api/v1/orgs/organizations/:org/projects/:project/members/': { need: 'any' },
  'POST /api/v1/orgs/organizations/:org/projects/:project/members/': { need: 'any' },
  'PUT /api/v1/orgs/organizations/:org/projects/:project/members/': { need: 'any' },
  'DELETE /api/v1/orgs/organizations/:org/projects/:project/members/': { need: 'any' },
  'GET /api/v1/orgs/organizations/:org/members/': { need: 'any' },
  'POST /api/v1/orgs/organizations/:org/members/': { need: 'any' },
  'PUT /api/v1/orgs/organizations/:org/members/': { need: 'any' },
  'DELETE /api/v1/orgs/organizations/:org/members/': { need: 'any' },
  'DELETE /api/v1/orgs/organizations/:org/projects/:project/': { need: 'any' },
  'GET /api/v1/orgs/organizations/:org/projects/': { need: 'any' },
  'POST /api/v1/orgs/organizations/:org/projects/': { need: 'any' },
  'GET /api/v1/orgs/organizations/': { need: 'any' },
  'POST /api/v1/orgs/organizations/': { need: 'any' },
  'GET /api/v1/orgs/organizations/:org/': { need: 'any' },
  'PATCH /api/v1/orgs/organizations/:org/': { need: 'any' },
  'DELETE /api/v1/orgs/organizations/:org/': { need: 'any' },

  'POST /clusters': { need: 'clusters:write' },
  'GET /clusters': { need: 'clusters:read' },
  'GET /clusters/:id': { need: 'clusters:read' },
  'PUT /clusters/:id': { need: 'clusters:write', body: { topic: 'mine now' } },
  'DELETE /clusters/:id': { need: 'clusters:write' },

  'POST /api-keys': { need: 'keys:manage', fresh: true },
  'GET /api-keys': { need: 'keys:manage' },
  'POST /api-keys/:id/rotate': { need: 'keys:manage', fresh: true, body: { overlap_seconds: 0 } },
  'DELETE /api-keys/:id': { need: 'keys:manage' },
  'POST /namespaces': { need: 'keys:manage', fresh: true },

  'PATCH /namespaces/:id': members({ fresh: true, body: { require_mfa: true } }),
  'GET /namespaces/:id/members': members(),
  'PATCH /namespaces/:id/members/:member': members({ fresh: true, body: { role: 'readonly' } }),
  'DELETE /namespaces/:id/members/:member': members({ fresh: true }),
  'GET /namespaces/:id/invitations': members(),
  'POST /namespaces/:id/invitations': members({ fresh: true, body: { role: 'admin' } }),
  'DELETE /namespaces/:id/invitations/:invitation': members(),

  'GET /users': user(),
  'POST /users': user({ fresh: true }),
  'GET /users/:id': user(),
  'PATCH /users/:id': user({ fresh: true, body: { role: 'readonly' } }),
  'DELETE /users/:id': user({ fresh: true }),
  'POST /users/:id/reset-password': user({ fresh: true }),
  'DELETE /users/:id/mfa': user({ fresh: true }),
  'GET /users/:id/certificates': user(),
  'POST /users/:id/certificates': user({ fresh: true, body: { name: 'DNS:mallory.example.org' } }),
  'DELETE /users/:id/certificates/:name': user({ fresh: true }),
  'GET /invitations': user(),
  'POST /invitations': user({ fresh: true, body: { email: 7 } }),
  'DELETE /invitations/:invitation': user(),
  'POST /auth/token-keys/rotate': user({ fresh: true }),

  'GET /audit/proof/inclusion': { need: 'audit:read' },
  'GET /audit/proof/consistency': { need: 'audit:read' },
  'GET /audit/export': { need: 'audit:read', fresh: true },
  'POST /audit/exports': { need: 'audit:read' },
  'GET /audit/checkpoint': { need: 'audit:read' },
  'GET /audit/checkpoints': { need: 'audit:read' },
  'GET /audit/keys': { need: 'audit:read' },
  'GET /audit/logs': { need: 'audit:read' },
  'GET /audit/logs/user/:id': { need: 'audit:read' },
  'GET /audit/logs/security': { need: 'audit:read' },
  'GET /audit/statistics': { need: 'audit:read' },
  'GET /audit/events/types': { need: 'audit:read' },
  'GET /audit/severity/levels': { need: 'audit:read' },
  'POST /audit/signing-key/rotate': user({ fresh: true }),
  'POST /audit/holds': user({ fresh: true }),
  'GET /audit/holds': user(),
  'POST /audit/holds/:id/lift': user({ fresh: true, body: { reason: 'no more' } }),
  'GET /security/evidence': { need: 'audit:read' },
  'GET /policies': { need: 'policies:execute' },
  'POST /policies/run': { need: 'policies:execute', body: { policies: ['memory-expiry'] } },
  'POST /canaries': members({ fresh: true }),
  'GET /canaries': members({ fresh: true }),
  'DELETE /canaries/:id': members({ fresh: true }),
  'POST /scans': { need: 'scans:write' },
  'GET /scans': { need: 'scans:read' },
  'GET /scans/:id': { need: 'scans:read' },
  'GET /scans/:id/deployment': { need: 'scans:write' },
  'POST /scans/:id/approvals': {
    need: 'deployments:approve',
    fresh: true,
    body: { decision: 'approve', reason: 'I would like it to go out' },
  },
  'DELETE /scans/:id/approvals': { need: 'deployments:approve' },
  'POST /scans/overrides': { need: 'scans:write' },
  'GET /scans/overrides': { need: 'scans:read' },
  'GET /webhooks': { need: 'webhooks:manage' },
  'POST /webhooks': { need: 'webhooks:manage', body: { url: 'https://hooks.example.org/mallory' } },
  'GET /webhooks/:id': { need: 'webhooks:manage' },
  'PATCH /webhooks/:id': { need: 'webhooks:manage', body: { url: 'https://hooks.example.org/mallory' } },
  'DELETE /webhooks/:id': { need: 'webhooks:manage' },
  'GET /api/v1/webhooks/projects/:project/': { need: 'webhooks:manage' },
  'POST /api/v1/webhooks/projects/:project/': {
    need: 'webhooks:manage',
    body: { url: 'https://hooks.example.org/mallory' },
  },
  'PUT /api/v1/webhooks/:id/': { need: 'webhooks:manage', body: { name: 'mine now' } },
  'DELETE /api/v1/webhooks/:id/': { need: 'webhooks:manage' },
  'GET /metrics': { need: 'metrics:read' },
};

/** What a caller is: nobody, a person, or a program; and what it may. */
export interface Standing {
  kind: 'nobody' | 'person' | 'program';
  rights: readonly Right[];
}

const READS: Right[] = ['memories:read', 'clusters:read'];
const WRITES: Right[] = ['memories:read', 'memories:write', 'memories:delete'];
const RULES: Right[] = [
  ...WRITES,
  'memories:reveal',
  'keys:manage',
  'members:manage',
  'clusters:read',
  'clusters:write',
  'policies:execute',
  'webhooks:manage',
  'projects:write',
  'scans:write',
  'scans:read',
  'deployments:approve',
];

export const STANDINGS = {
  'no credential': { kind: 'nobody', rights: [] },
  'a credential that is none': { kind: 'nobody', rights: [] },
  'a revoked key': { kind: 'nobody', rights: [] },
  'a certificate that no trusted proxy vouches for': { kind: 'nobody', rights: [] },
  'a readonly account': { kind: 'person', rights: READS },
  'a user': { kind: 'person', rights: [...WRITES, 'clusters:read', 'keys:manage', 'policies:execute'] },
  'an administrator of a namespace': { kind: 'person', rights: RULES },
  'an administrator of the server': {
    kind: 'person',
    rights: [...RULES, 'users:manage', 'audit:read', 'metrics:read'],
  },
  'a key': { kind: 'program', rights: WRITES },
  'a bound key': { kind: 'program', rights: WRITES },
  'a write-only key': { kind: 'program', rights: ['memories:write'] },
  'a read-only key': { kind: 'program', rights: READS },
} as const satisfies Record<string, Standing>;
export type Name = keyof typeof STANDINGS;

/** 401 and 403 as they must be; undefined where the caller is let in. */
export function refusalOf({ kind, rights }: Standing, { need, fresh }: Row): 401 | 403 | undefined {
  if (need === 'public') return undefined;
  if (kind === 'nobody') return 401;
  if (need === 'any') return undefined;
  if (need === 'login') return kind === 'program' ? 403 : undefined;
  if (!rights.includes(need) || (fresh && kind === 'program')) return 403;
  return undefined;
}
