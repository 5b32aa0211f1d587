import { findingLike, reportLike } from '../../packages/server/src/scans/testing/reports.ts';
import { personOf, type Stage } from './stage.ts';

const NOWHERE = '01890000-0000-7000-8000-000000000000';
const REASON = 'the finding is a test value';

/** Reports of scans, from a pipeline's key to what a second person decides. */
export async function scans(stage: Stage): Promise<void> {
  const { admin } = stage;
  const { id: namespace } = await admin.call('POST /namespaces', { name: 'deployments' }, 201);
  const first = personOf(stage, await admin.call('POST /auth/sessions', { namespace }, 201));
  const { token } = await first.call(`POST /namespaces/${namespace}/invitations`, { role: 'admin' }, 201);
  await stage.register('second_person');
  await (await stage.enter('second_person')).call('POST /auth/invitations/accept', { token });
  const second = await stage.enter('second_person', { namespace });

  const place = { commit: 'a'.repeat(40), ref: 'refs/heads/main', environment: 'production' };
  const finding = findingLike('high', { commit: 'b'.repeat(40), fingerprint: 'jwt:0123:4567' });
  const report = reportLike({ findings: [finding], ...place });
  const { id } = await first.call('POST /scans', report, 201);
  await first.call('POST /scans', report);
  await first.call('POST /scans', { ...report, project: 'other' }, 409);
  await first.call('POST /scans', { ...report, scan_id: 'a b' }, 400);
  await second.call(`GET /scans/${id}`);
  await second.call(`GET /scans/${id}/deployment`);
  await second.call('GET /scans?limit=1');
  await second.call('GET /scans?decision=require_approval&project=shop');
  await second.call('GET /scans?limit=0', undefined, 400);
  const path = `/scans/${id}/approvals` as const;
  await first.call(`POST ${path}`, { decision: 'approve', reason: REASON }, 403);
  await second.call(`POST ${path}`, { decision: 'approve', reason: 'no' }, 400);
  await second.call(`DELETE ${path}`, undefined, 409);
  await second.call(`POST ${path}`, { decision: 'approve', reason: REASON, expires_in: 3600 }, 201);
  await second.call(`POST ${path}`, { decision: 'reject', reason: REASON }, 409);
  await second.call(`GET /scans/${id}`);
  await second.call(`DELETE ${path}`);
  const blocked = await first.call('POST /scans', reportLike({ findings: [findingLike('critical')] }), 201);
  await second.call(`POST /scans/${blocked.id}/approvals`, { decision: 'approve', reason: REASON }, 409);
  await second.call(`GET /scans/${NOWHERE}`, undefined, 404);
  const bare = await first.call('POST /scans', reportLike({ findings: [findingLike('high')] }), 201);
  await second.call(`POST /scans/${bare.id}/approvals`, { decision: 'reject', reason: REASON }, 201);

  const override = {
    time: '2026-11-22T09:00:00.000Z',
    report_id: 'push-0123456789abcdef0123',
    reason: 'the password is of a test database',
    remote: 'https://git.example.org/shop.git',
    updates: [{ ref: 'refs/heads/main', from: null, to: 'a'.repeat(40) }],
    findings: ['generic-assignment:0123:4567'],
    user: 'Ada <ada@example.org>',
  };
  await first.call('POST /scans/overrides', { overrides: [override, { ...override, report_id: 'push-1' }] });
  await first.call('POST /scans/overrides', { overrides: [] }, 400);
  await second.call('GET /scans/overrides');
  await second.call('GET /scans/overrides?limit=1');
}
