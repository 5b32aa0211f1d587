import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { connect } from '../../packages/server/src/database/sqlite.ts';
import { openKeyring } from '../../packages/server/src/encryption/keyring.ts';
import type { ExportedEvent } from '../audit-log.ts';
import type { Server } from '../server-process.ts';

/** Every event of the log, read beside the server: asking the server would add an event to it. */
export async function eventsIn(dataDir: string): Promise<ExportedEvent[]> {
  const { pageKey } = await openKeyring(join(dataDir, 'keyring.json'), { keyFile: `${dataDir}.key` });
  const db = connect(join(dataDir, 'memhold.db'), pageKey, 'read');
  try {
    const rows = db.prepare('SELECT skeleton FROM audit_events ORDER BY seq').all() as { skeleton: Buffer }[];
    return rows.map(({ skeleton }) => JSON.parse(skeleton.toString()));
  } finally {
    db.close();
  }
}

export async function eventsOf({ dataDir }: Server, type: string): Promise<ExportedEvent[]> {
  return (await eventsIn(dataDir)).filter((event) => event.type === type);
}

/** Waits until the log has so many events of a type. */
export function untilEvents(server: Server, type: string, count: number): Promise<ExportedEvent[]> {
  return vi.waitFor(
    async () => {
      const found = await eventsOf(server, type);
      expect(found.length).toBeGreaterThanOrEqual(count);
      return found;
    },
    { timeout: 30_000, interval: 200 },
  );
}

/** Stores a memory, and expects nothing less than success. */
export async function store(server: Server, content: string): Promise<void> {
  const { status, text } = await server.api('POST', '/memories', { content, user_id: 'keeper' });
  expect([status, text]).toEqual([201, text]);
}
