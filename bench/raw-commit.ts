import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GroupCommit } from '../packages/server/src/database/group-commit.ts';
import { migrateSqlite } from '../packages/server/src/database/migrate.ts';
import { connect } from '../packages/server/src/database/sqlite.ts';
import { randomBytes } from '../packages/server/src/encryption/randomness.ts';
import { dataKey, SEAL_OVERHEAD } from '../packages/server/src/encryption/seal.ts';
import { insertSubject } from '../packages/server/src/encryption/store.ts';
import { add } from '../packages/server/src/memories/store.ts';

const AUDIT_SKELETON_BYTES = 330;
const AUDIT_PRIVATE_BYTES = 190;
const INSERT_LEAF = 'INSERT INTO audit_events (seq, leaf, skeleton, private_sealed) VALUES (?, ?, ?, ?)';

/**
 * The limit of the storage side: the rows of `count` memories of 1 KB (memory, subject head, audit event), already
 * sealed, in groups of 32 through the same engine with the same settings. Rows per second.
 */
export async function rawGroupCommit(count: number, textBytes: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'memhold-raw-'));
  const db = connect(join(folder, 'raw.db'), randomBytes(32), 'write');
  try {
    await migrateSqlite(db);
    db.exec(
      "INSERT INTO namespaces (id, public_id, name_sealed, settings, created_at) VALUES (1, 'n', x'00', '{}', 0)",
    );
    const leaf = db.prepare(INSERT_LEAF);
    let seq = 0;
    const commits = new GroupCommit(db, {
      append: ({ hash, skeleton, privateSealed }) => void leaf.run(seq++, hash, skeleton, privateSealed),
      beforeCommit: () => undefined,
      afterCommit: () => undefined,
      discard: () => undefined,
    });
    const { id: keyId } = dataKey(randomBytes(32));
    const subject = { namespace: 1, digest: keyId, entity: keyId, keyId, wrapped: keyId, at: 0 };
    commits.commit([{ steps: [insertSubject.bind(subject)], leaves: [] }]);
    const body = randomBytes(textBytes + 100 + SEAL_OVERHEAD);
    const record = randomBytes(textBytes + SEAL_OVERHEAD);
    const unit = () => ({
      steps: add({ id: randomBytes(16), subjectId: 1, text: '' as never, body, record }, 0, 1),
      leaves: [
        {
          hash: randomBytes(32),
          skeleton: randomBytes(AUDIT_SKELETON_BYTES),
          privateSealed: randomBytes(AUDIT_PRIVATE_BYTES),
        },
      ],
      subject: { id: 1, changes: 1 },
    });
    const groups = Array.from({ length: Math.ceil(count / 32) }, () => Array.from({ length: 32 }, unit));
    const started = performance.now();
    for (const group of groups) {
      for (const outcome of commits.commit(group)) if (!outcome.ok) throw outcome.error;
    }
    return (groups.length * 32 * 1000) / (performance.now() - started);
  } finally {
    db.close();
    rmSync(folder, { recursive: true });
  }
}
