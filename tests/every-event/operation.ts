import { join } from 'node:path';
import { temporaryFolder } from '../server-process.ts';
import { mailOf, NAME, ok, refused, type Stage } from './stage.ts';
import { inSession, NOBODY, operator, type Provocation, SYSTEM, told } from './told.ts';

/** The service itself: its start, its refusals, and what is done with its log. */
export function operationEvents(stage: Stage) {
  const byAdmin = () => inSession(stage.admin);
  const byOperator = () => operator(stage.admin);
  const here = () => ({ namespace: stage.admin.namespace });
  const looked = async () => {
    await ok(stage.admin.api('GET', '/users?limit=1'));
    return told(byAdmin(), 'GET /users?limit=1', { ...here(), action: 'users:manage' });
  };
  let hold: string;

  return {
    'system.startup': async () => told(SYSTEM),
    'audit.sink.failed': async () => {
      // The witness has not taken anything yet.
      await stage.logged('audit.sink.failed');
      return told(SYSTEM, undefined, { action: 'witness', failed: true });
    },
    'audit.sink.recovered': async () => {
      stage.witness.recover();
      await stage.logged('audit.sink.recovered');
      return told(SYSTEM, undefined, { action: 'witness' });
    },

    'authz.permission.checked': looked,
    'authz.access.granted': looked,
    'authz.access.denied': async () => {
      const key = await stage.key();
      await refused(key.api('GET', '/users'), 'permission_denied');
      return told(key.who, 'GET /users', { ...here(), code: 'permission_denied' });
    },
    'security.rate_limit.exceeded': async () => {
      const call = () => stage.open('POST', '/auth/forgot-password', { email: mailOf('nobody') });
      for (let i = 0; i < 20 && (await call()).status === 202; i++);
      await refused(call(), 'rate_limited');
      return told(NOBODY, 'POST /auth/forgot-password', { action: 'mail', code: 'rate_limited' });
    },
    'policy.executed': async () => {
      await ok(stage.admin.api('POST', '/policies/run', { policies: ['original-expiry'] }));
      return told(byAdmin(), 'POST /policies/run', { action: 'original-expiry' });
    },

    'audit.listed': async () => {
      await ok(stage.admin.api('GET', '/audit/logs?limit=1'));
      const about = { ...here(), resource: ['audit_event', []], action: 'logs' } as const;
      return told(byAdmin(), 'GET /audit/logs?limit=1', about);
    },
    'audit.exported': async () => {
      await stage.cli('audit', 'export', '--out', join(temporaryFolder(), 'log.jsonl'));
      return told(byOperator(), 'POST /audit/exports', { ...here(), action: 'data-folder' });
    },
    'audit.hold.placed': async () => {
      const placed = await stage.cli(
        'audit',
        'hold',
        'place',
        '--reason',
        `${NAME} 1`,
        '--user',
        `${NAME}_ada`,
        '--json',
      );
      ({ id: hold } = JSON.parse(placed));
      return told(byOperator(), 'POST /audit/holds', { resource: ['audit_hold', [hold]] });
    },
    'audit.hold.lifted': async () => {
      await stage.cli('audit', 'hold', 'lift', hold, '--reason', `${NAME} 2`);
      return told(byOperator(), `POST /audit/holds/${hold}/lift`, { resource: ['audit_hold', [hold]] });
    },
    'audit.key.rotated': async () => {
      const { key, previous_key } = JSON.parse(await stage.cli('audit', 'rotate-key', '--json'));
      // Verifier keys name themselves: <name>+<id>+<key>.
      const ids = [previous_key, key].map((text: string) => text.split('+')[1]);
      const about = { ...here(), resource: ['audit_key', ids] } as const;
      return told(byOperator(), 'POST /audit/signing-key/rotate', about);
    },
    'system.shutdown': async () => told(SYSTEM),
  } satisfies Record<string, Provocation>;
}
