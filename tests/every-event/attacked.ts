import { copyFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { connect } from '../../packages/server/src/database/sqlite.ts';
import { openKeyring } from '../../packages/server/src/encryption/keyring.ts';
import { NAME, ok, refused, type Stage, TEXT } from './stage.ts';
import { inSession, type Provocation, SYSTEM, told } from './told.ts';

const USER = `${NAME}-prey`;

/** What an insider does to the files of a stopped server, who has the key of the pages. Begun while it still runs. */
export async function attacked(stage: Stage) {
  const key = await stage.key();
  const prey = await ok(key.api('POST', '/memories', { content: `${TEXT}s dig`, user_id: USER }));
  await ok(stage.admin.api('POST', '/audit/holds', { reason: NAME, user_id: stage.ada.account }));
  const { namespace } = stage.admin;
  const memory = { resource: ['memory', [prey.id]] } as const;
  const database = join(stage.dataDir, 'memhold.db');
  const older = `${stage.dataDir}.older`;

  const events = {
    'audit.tail.lost': async () => told(SYSTEM, undefined, { failed: true }),
    'audit.tail.repaired': async () => {
      await stage.logged('audit.tail.repaired');
      return told(SYSTEM);
    },
    'security.breach.attempt': async () => {
      await ok(key.api('GET', `/memories?user_id=${USER}`));
      await stage.logged('security.breach.attempt');
      return told(SYSTEM, undefined, { ...memory, code: 'decryption_failed' });
    },
    'system.error': async () => {
      await refused(key.api('GET', `/memories/${prey.id}`), 'decryption_failed');
      return told(key.who, `GET /memories/${prey.id}`, { namespace, code: 'decryption_failed' });
    },
    'policy.failed': async () => {
      await ok(stage.admin.api('POST', '/policies/run', { policies: ['audit-retention'] }));
      const about = { action: 'audit-retention', code: 'decryption_failed' };
      return told(inSession(stage.admin), 'POST /policies/run', about);
    },
  } satisfies Record<string, Provocation>;

  return {
    events,
    settings: { MEMHOLD_AUDIT_RETENTION: 'reads=1d' },
    /** Takes a copy of the database aside. */
    copy: () => copyFileSync(database, older),
    /** Puts it back, with a memory and a hold changed, and cuts the stream's file in the middle of a line. */
    async strike() {
      for (const file of ['-wal', '-shm']) rmSync(database + file, { force: true });
      copyFileSync(older, database);
      const { pageKey } = await openKeyring(join(stage.dataDir, 'keyring.json'), {
        keyFile: `${stage.dataDir}.key`,
      });
      const db = connect(database, pageKey, 'write');
      for (const [table, column] of [
        ['memories', 'body'],
        ['audit_holds', 'sealed'],
      ]) {
        const { changes } = db
          .prepare(`UPDATE ${table} SET ${column} = zeroblob(length(${column})) WHERE ${column} IS NOT NULL`)
          .run();
        expect(changes).toBeGreaterThan(0);
      }
      db.close();
      truncateSync(stage.stream, statSync(stage.stream).size - 10);
    },
  };
}
