import { address } from '../attacks/clients.ts';
import { webhookReceiver } from '../webhook-receiver.ts';
import type { Stage } from './stage.ts';

const NOWHERE = '01890000-0000-7000-8000-000000000000';

/** Probes and metrics. */
export async function health({ open, admin }: Stage): Promise<void> {
  await open('GET /');
  await open('GET /health');
  const elsewhere = { 'x-forwarded-for': address(65_000) };
  for (let count = 0; count < 10; count++) await open('GET /health', undefined, 200, elsewhere);
  await open('GET /health', undefined, 429, elsewhere);
  await open('GET /ready');
  await open('GET /health/detailed');
  await open('GET /openapi.json');
  await open('GET /docs');
  await admin.call('GET /metrics');
}

/** A webhook from its registration to its end. */
export async function webhooks({ admin }: Stage): Promise<void> {
  const { call } = admin;
  const receiver = await webhookReceiver();
  const full = { name: 'hook', url: `${receiver.url}/hook`, event_types: ['memory_add'] };
  const { id } = await call('POST /webhooks', full, 201);
  await call('POST /webhooks', { url: 'https://hooks.example.org/' }, 201);
  const stored = await call('POST /memories', { content: 'somebody is told of it' }, 201);
  await receiver.hasTaken('/hook', [stored.id]);
  await call('GET /webhooks');
  await call(`GET /webhooks/${id}`);
  await call(`PATCH /webhooks/${id}`, { active: false }, 200, { 'if-match': '"1"' });
  await call(`PATCH /webhooks/${id}`, { active: true }, 409, { 'if-match': '"1"' });
  await call(`PATCH /webhooks/${id}`, { active: true }, 400, { 'if-match': 'one' });
  await call(`DELETE /webhooks/${id}`);
  await call(`GET /webhooks/${id}`, undefined, 404);
  for (let count = 1; count < 20; count++) await call('POST /webhooks', full, 201);
  await call('POST /webhooks', full, 409);
  await call(`DELETE /webhooks/${NOWHERE}`, undefined, 404);
  await receiver.close();
}

/** What a review asks, with keys of each kind there. */
export async function security({ admin, ada }: Stage): Promise<void> {
  await admin.call('POST /api-keys', { name: 'reviewed', expires_at: '2999-01-01T00:00:00Z' }, 201);
  await admin.call('GET /security/evidence');
  await ada.call('GET /security/evidence', undefined, 403);
}

/** Upkeep, as it stands before and after a run. */
export async function policies({ admin, ada }: Stage): Promise<void> {
  await ada.call('GET /policies');
  await ada.call('POST /policies/run', {});
  await ada.call('POST /policies/run', { policies: ['audit-retention'] }, 403);
  await admin.call('POST /policies/run', { policies: ['memory-expiry'] });
  await admin.call('POST /policies/run', {});
  await admin.call('GET /policies');
  await admin.call('POST /policies/run', { policies: [] }, 400);
}
