/** The chapters of the reference, in its order: by how their paths begin. */
const TAGS = [
  ['Memories', 'Store, search, change and end what agents remember.', ['/memories', '/entities']],
  ['Clusters', 'Memories of one user, put together under a topic.', ['/clusters']],
  ['Sign-in', 'Accounts, sessions, second factors and mailed links.', ['/auth', '/.well-known']],
  ['API keys', 'Credentials of programs.', ['/api-keys']],
  ['Namespaces', 'Tenants, their members and settings.', ['/namespaces']],
  ['Users', 'Accounts as an administrator sees them.', ['/users', '/invitations']],
  ['Audit log', 'Who read and wrote what, with proofs.', ['/audit']],
  ['Canaries', 'Memories that nobody has a reason to read.', ['/canaries']],
  ['Scans', 'Reports of scans, deployments that wait for them, and who approved what.', ['/scans']],
  ['Webhooks', 'Deliveries of what happened to memories and deployments.', ['/webhooks']],
  ['Security', 'How the server is set up, for a review.', ['/security']],
  ['Policies', 'Upkeep that runs once a day.', ['/policies']],
  ['Health', 'Probes and metrics.', ['/health', '/ready', '/metrics', '/openapi.json', '/docs']],
] as const;

export const tags = TAGS.map(([name, description]) => ({ name, description }));

/** The chapter of a path; the first page of the service is one of its probes. */
export function tagOf(path: string): string {
  const found = TAGS.find(([, , prefixes]) => prefixes.some((prefix) => path.startsWith(prefix)));
  return found?.[0] ?? 'Health';
}
