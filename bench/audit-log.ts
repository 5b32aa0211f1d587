import { existsSync } from 'node:fs';
import type { AuditEvent } from '../packages/server/src/audit/entry.ts';
import { AuditLedger } from '../packages/server/src/audit/ledger.ts';
import { leafOf } from '../packages/server/src/audit/recorder.ts';
import { currentSigner } from '../packages/server/src/audit/signing-keys/current-signer.ts';
import { loadConfig } from '../packages/server/src/config.ts';
import { dataFolder } from '../packages/server/src/data-folder.ts';
import { GroupCommit } from '../packages/server/src/database/group-commit.ts';
import { sqliteReader } from '../packages/server/src/database/reader.ts';
import { connect } from '../packages/server/src/database/sqlite.ts';
import { localKeyProvider } from '../packages/server/src/encryption/envelope.ts';
import { openKeyring } from '../packages/server/src/encryption/keyring.ts';
import { dataKey } from '../packages/server/src/encryption/seal.ts';
import { loadServerSecrets } from '../packages/server/src/encryption/server-keys.ts';
import { sqliteSecretStore } from '../packages/server/src/encryption/store.ts';

const GROUP = 256;
const HOURS = 24;
const MINUTE_MS = 60_000;
const TYPES = [
  ['memory.searched', 'memory'],
  ['memory.created', 'memory'],
  ['memory.searched', 'memory'],
  ['memory.retrieved', 'memory'],
  ['memory.searched', 'memory'],
  ['auth.login.success', undefined],
  ['memory.created', 'memory'],
  ['auth.login.failed', undefined],
] as const;

const id = (kind: number, n: number) => `01a1f${kind}00-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** Events as a day of agents makes them, oldest first, the newest now. */
function eventAt(n: number, count: number, now: number): AuditEvent {
  const [type, resource] = TYPES[n % TYPES.length]!;
  const success = type !== 'auth.login.failed';
  return {
    type,
    time: now - Math.floor(((count - n) * (HOURS * 60 - 10) * MINUTE_MS) / count) - MINUTE_MS,
    actor: success ? { kind: 'api_key', id: id(1, n % 500), account: id(2, n % 200) } : { kind: 'anonymous' },
    namespace: id(3, n % 20),
    ...(resource && {
      resource: { type: resource, ids: Array.from({ length: 1 + (n % 5) }, (_, i) => id(4, n + i)) },
    }),
    success,
    ...(!success && { code: 'invalid_credentials' }),
    requestId: id(5, n),
    private: {
      ip: `10.1.${n % 250}.${n % 199}`,
      user_agent: 'agent/1.0',
      method: 'POST',
      path: '/memories/search',
    },
  };
}

/** Writes events through the real ledger into the data folder of a server that was stopped. */
export async function fillLog(dataDir: string, count: number): Promise<void> {
  const folder = dataFolder(loadConfig({ env: { MEMHOLD_DATA_DIR: dataDir, HOME: dataDir } }));
  if (!existsSync(folder.database)) throw new Error(`nothing was set up in ${dataDir}`);
  const { kek, pageKey } = await openKeyring(folder.keyring, folder.keySource, 'existing');
  const provider = localKeyProvider(kek);
  const db = connect(folder.database, pageKey, 'write');
  try {
    const secretStore = sqliteSecretStore(db, 'existing');
    const records = dataKey((await loadServerSecrets(secretStore, provider)).records);
    const { signer } = await currentSigner(sqliteReader(db), secretStore, provider);
    const ledger = new AuditLedger(db, signer, records, Date.now);
    const commits = new GroupCommit(db, ledger);
    const now = Date.now();
    for (let from = 0; from < count; from += GROUP) {
      const length = Math.min(GROUP, count - from);
      const leaves = Array.from({ length }, (_, i) => leafOf(eventAt(from + i, count, now), records));
      const [outcome] = commits.commit([{ steps: [], leaves }]);
      if (!outcome!.ok) throw outcome!.error;
    }
    ledger.checkpoint();
  } finally {
    db.close();
  }
}
