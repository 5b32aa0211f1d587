import { findingLike, reportLike } from '../../packages/server/src/scans/testing/reports.ts';
import type { Entered } from '../attacks/entrance.ts';
import { NAME, ok, type Stage, TEXT } from './stage.ts';
import { inSession, type Provocation, told } from './told.ts';

/** Reports of scans in a namespace of two administrators, and what the second one decides. */
export function scanEvents(stage: Stage) {
  let second: Entered;
  const about = (id: string, of = 'scan') => ({
    namespace: stage.team.namespace,
    resource: [of, [id]] as const,
  });
  const submitted = async (): Promise<string> => {
    const findings = [findingLike('high', { title: `${TEXT} in the code` })];
    return (await ok(stage.team.api('POST', '/scans', reportLike({ findings, project: NAME })))).id;
  };
  const decided = async (decision: 'approve' | 'reject') => {
    const id = await submitted();
    await ok(second.api('POST', `/scans/${id}/approvals`, { decision, reason: `${NAME} was looked at` }));
    return { id, call: `POST /scans/${id}/approvals` };
  };

  return {
    'scan.submitted': async () => {
      await stage.person('second');
      const { namespace } = stage.team;
      const invitation = { role: 'admin' };
      const { token } = await ok(stage.team.api('POST', `/namespaces/${namespace}/invitations`, invitation));
      stage.secrets.add(token);
      await ok((await stage.enter('second')).api('POST', '/auth/invitations/accept', { token }));
      second = await stage.enter('second', { namespace });
      const more = { action: 'require_approval', states: 'after' } as const;
      return told(inSession(stage.team), 'POST /scans', { ...about(await submitted()), ...more });
    },
    'scan.retrieved': async () => {
      const id = await submitted();
      await ok(second.api('GET', `/scans/${id}`));
      return told(inSession(second), `GET /scans/${id}`, about(id));
    },
    'scan.override.recorded': async () => {
      const override = {
        time: '2026-11-22T09:00:00.000Z',
        report_id: 'push-0123456789abcdef0123',
        reason: `${NAME} said so`,
        remote: `https://git.example.org/${NAME}.git`,
        updates: [{ ref: `refs/heads/${NAME}`, from: null, to: 'a'.repeat(40) }],
        findings: [],
        user: NAME,
      };
      await ok(stage.team.api('POST', '/scans/overrides', { overrides: [override] }));
      const { overrides } = await ok(second.api('GET', '/scans/overrides'));
      return told(inSession(stage.team), 'POST /scans/overrides', about(overrides[0].id, 'scan_override'));
    },
    'deployment.approved': async () => {
      const { id, call } = await decided('approve');
      return told(inSession(second), call, { ...about(id), states: 'after' });
    },
    'deployment.rejected': async () => {
      const { id, call } = await decided('reject');
      return told(inSession(second), call, { ...about(id), states: 'after' });
    },
    'deployment.released': async () => {
      const { id } = await decided('approve');
      await ok(stage.team.api('GET', `/scans/${id}/deployment`));
      const call = `GET /scans/${id}/deployment`;
      return told(inSession(stage.team), call, { ...about(id), action: 'approved' });
    },
    'deployment.revoked': async () => {
      const { id } = await decided('approve');
      await ok(second.api('DELETE', `/scans/${id}/approvals`));
      return told(inSession(second), `DELETE /scans/${id}/approvals`, about(id));
    },
  } satisfies Record<string, Provocation>;
}
