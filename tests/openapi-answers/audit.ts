import type { Stage } from './stage.ts';

const NOWHERE = '01890000-0000-7000-8000-000000000000';

/** What an auditor asks of the log. */
export async function auditLog(stage: Stage): Promise<void> {
  const { admin, ada } = stage;
  const { call } = admin;
  await ada.call('POST /memories', { content: 'seen by the log' }, 201);
  const { next } = await call('GET /audit/logs?limit=1');
  await call(`GET /audit/logs?limit=1&cursor=${encodeURIComponent(next)}`);
  await call('GET /audit/logs?limit=1000&hours=720');
  await call('GET /audit/logs?severity=nothing', undefined, 400);
  await call(`GET /audit/logs/user/${ada.id}`);
  await call(`GET /audit/logs/user/${NOWHERE}`);
  await call('GET /audit/logs/security');
  await call('GET /audit/statistics');
  await call('GET /audit/events/types');
  await call('GET /audit/severity/levels');
  for (const format of ['native', 'ocsf', 'ecs', 'csv']) await call(`GET /audit/export?format=${format}`);
  await call('POST /audit/exports', { format: 'csv', hours: 2 }, 201);
}

/** Proofs of the log, before and after another key signs it. */
export async function proofs({ admin }: Stage): Promise<void> {
  const { call } = admin;
  await call('GET /audit/keys');
  await call('GET /audit/checkpoint');
  const { size } = await call('GET /audit/checkpoint?format=json');
  await call('GET /audit/proof/inclusion?index=0');
  await call(`GET /audit/proof/consistency?first=1&second=${size}`);
  await call('POST /audit/signing-key/rotate');
  await call('GET /audit/keys');
  await call('GET /audit/checkpoint?format=json');
  await call('GET /audit/checkpoint?size=1000000', undefined, 404);
  await call('GET /audit/checkpoints?limit=1');
  await call('GET /audit/checkpoints');
  await call(`GET /audit/proof/inclusion?index=1&size=${size}`);
  await call('GET /audit/proof/inclusion?index=1000000', undefined, 400);
  await call('GET /audit/proof/consistency?first=1');
  await call('GET /audit/proof/consistency?first=1000000', undefined, 400);
}

/** Holds on the log. */
export async function holds({ admin, ada }: Stage): Promise<void> {
  const { call } = admin;
  const full = {
    reason: 'a dispute',
    namespace: ada.namespace,
    user_id: ada.id,
    from: '2026-01-01T00:00:00Z',
    to: '2999-12-31T23:59:59+01:00',
  };
  const { id } = await call('POST /audit/holds', full, 201);
  await call('POST /audit/holds', { reason: 'everything' }, 201);
  await call('GET /audit/holds');
  await call(`POST /audit/holds/${id}/lift`, { reason: 'it is settled' });
  await call(`POST /audit/holds/${id}/lift`, { reason: 'again' }, 404);
  await call('GET /audit/holds');
}
