import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type AuditRecord, recordOf } from '../../packages/server/src/audit/record.ts';
import { statusOf } from '../../packages/server/src/http/problem.ts';
import { exportLog, verifyLog } from '../audit-log.ts';

export interface Logged {
  record: AuditRecord;
  /** The part that stays, as text. */
  skeleton: string;
  /** Everything that the export says of the event. */
  line: string;
}

/** The events of a data folder, from an export that verifies with the key that was printed beside it. */
export async function loggedIn(dataDir: string): Promise<Logged[]> {
  const { file, key } = await exportLog(dataDir);
  const { code, report } = await verifyLog(file, { key });
  expect([code, report.problems]).toEqual([0, []]);
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line) => {
    if (!line.startsWith('{"index":')) return [];
    const { index, leaf, event, private: privatePart } = JSON.parse(line);
    if (event === undefined) return [];
    const leafHash = Buffer.from(leaf, 'base64');
    const record = recordOf({ index, leafHash, skeleton: event, privatePart, statusOf });
    return [{ record, skeleton: JSON.stringify(event), line }];
  });
}
