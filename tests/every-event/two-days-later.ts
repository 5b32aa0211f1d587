import { expect } from 'vitest';
import { smtpDouble } from '../../packages/server/src/mail/testing/smtp-double.ts';
import { bearer } from '../api.ts';
import { ok, refused, type Stage } from './stage.ts';
import { inSession, NOBODY, type Provocation, SYSTEM, told } from './told.ts';

const HOUR_MS = 3_600_000;

/** What takes days: keys and events that become old. Begun today, found after a start with the clock three days ahead. */
export async function twoDaysLater(stage: Stage) {
  const { id: ending } = await stage.key({ expires_at: new Date(Date.now() + HOUR_MS).toISOString() });
  const { id: old } = await stage.key({ rotate_after_days: 1 });
  const { namespace } = stage.admin;
  // Of the key that signs tokens by now: one that was replaced is forgotten before that.
  const { token } = await stage.enter('ada');
  const mails = await smtpDouble({ recipient: () => '550 5.1.1 no such mailbox' });
  const ofKey = (id: string) => ({ namespace, resource: ['api_key', [id]] as const });

  const events = {
    'auth.token.expired': async () => {
      await refused(stage.with(bearer(token))('GET', '/auth/me'), 'unauthenticated');
      return told(NOBODY, 'GET /auth/me', { code: 'expired' });
    },
    'apikey.expired': async () => {
      await stage.logged('apikey.expired');
      return told(SYSTEM, undefined, ofKey(ending));
    },
    'apikey.rotation.due': async () => {
      await stage.logged('apikey.rotation.due');
      return told(SYSTEM, undefined, ofKey(old));
    },
    'mail.failed': async () => {
      // The reminder of the key, which the mail server does not take.
      await stage.logged('mail.failed');
      return told(SYSTEM, undefined, { resource: ['mail', [expect.any(String)]], code: 'mail_refused' });
    },
    'audit.records.removed': async () => {
      await ok(stage.admin.api('POST', '/policies/run', { policies: ['audit-retention'] }));
      const resource = ['audit_event', expect.any(Array)] as const;
      return told(inSession(stage.admin), 'POST /policies/run', { resource });
    },
  } satisfies Record<string, Provocation>;

  return {
    events,
    settings: {
      NODE_OPTIONS: `--import ${new URL('../clock-ahead.ts', import.meta.url)}`,
      CLOCK_AHEAD_HOURS: '72',
      MEMHOLD_AUDIT_RETENTION: 'reads=1d',
      MEMHOLD_SMTP_URL: `smtp://127.0.0.1:${mails.port}`,
    },
    close: () => mails.close(),
  };
}
