import { generateKeyPairSync } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { sqliteReader } from '../../database/reader.ts';
import { type InProcessWriter, inProcessWriter } from '../../database/testing/in-process-writer.ts';
import { dataKey } from '../../encryption/seal.ts';
import { AuditLedger } from '../ledger.ts';
import { logSigner } from '../log-signer.ts';
import { encodeVerifierKey } from '../note.ts';
import { leafOf } from '../recorder.ts';
import { KeyChain } from '../signing-keys/key-chain.ts';
import { verifyExport } from '../verify.ts';
import { exportDuties, IDLE_MS } from './duties.ts';
import { exportEvents } from './events.ts';
import type { ExportFormat } from './formats.ts';

const START = Date.parse('2026-03-01T12:00:00Z');
const HOUR = 3_600_000;
const KEY = dataKey(Buffer.alloc(32, 7));

let writer: InProcessWriter;
let ledger: AuditLedger;
let clock: number;
let open: number;
let exports: ReturnType<typeof exportDuties>;
let key: string;

beforeEach(async () => {
  writer = await inProcessWriter();
  clock = START;
  open = 0;
  const signer = logSigner(generateKeyPairSync('ed25519').privateKey);
  key = encodeVerifierKey(signer);
  ledger = new AuditLedger(writer.db, signer, KEY, () => clock);
  const reader = sqliteReader(writer.db);
  exports = exportDuties({
    openSource() {
      open++;
      return { reader: { ...reader, close: () => void open-- }, recordsKey: KEY, keyById: async () => KEY };
    },
    keys: async () => KeyChain.of(signer),
    size: () => ledger.size,
    now: () => clock,
  });
});
afterEach(async () => {
  vi.useRealTimers();
  await exports.closeExports({});
  expect(open).toBe(0);
  writer.close();
});

function append(count: number): void {
  writer.db.exec('BEGIN IMMEDIATE');
  for (let n = 0; n < count; n++)
    ledger.append(
      leafOf(
        {
          type: 'auth.login.failed',
          time: clock,
          actor: { kind: 'anonymous' },
          success: false,
          private: { ip: '192.0.2.7', username: 'x'.repeat(200) },
        },
        KEY,
      ),
    );
  ledger.beforeCommit();
  writer.db.exec('COMMIT');
  ledger.afterCommit();
}

async function whole(format: ExportFormat, since?: number) {
  const { ticket, size } = await exports.openExport({ format, since });
  const pieces: Uint8Array[] = [];
  for (;;) {
    const { piece, written } = await exports.nextOfExport({ ticket });
    if (!piece) return { text: Buffer.concat(pieces).toString(), pieces: pieces.length, size, written };
    pieces.push(piece);
  }
}
const linesOf = (text: string) => text.split(/\r?\n/).filter(Boolean);

describe('an export in pieces', () => {
  test('is, where it is native, what the verifier proves to the last event', async () => {
    append(2500);
    ledger.checkpoint();
    const { text, pieces, size } = await whole('native');
    expect(pieces).toBeGreaterThan(2);
    const report = await verifyExport([text], { key });
    expect(report).toMatchObject({ ok: true, size: 2500 });
    expect(size).toBe(2500);
    expect(report.notProven.join()).not.toContain('no valid checkpoint');
  });

  test('native ends with the newest checkpoint, where the last events are not signed yet', async () => {
    append(5);
    ledger.checkpoint();
    append(3);
    setImmediate(() => ledger.checkpoint());
    const { text, size } = await whole('native');
    expect(size).toBe(8);
    expect((await verifyExport([text], { key })).ok).toBe(true);
  });

  test('begins no native export of a log without any checkpoint', async () => {
    append(1);
    await expect(whole('native')).rejects.toMatchObject({ code: 'checkpoint_missing' });
    expect(open).toBe(0);
  });

  test('begins no native export that would end before what is written, though a checkpoint stands there', async () => {
    append(5);
    ledger.checkpoint();
    append(3);
    ledger.checkpoint();
    writer.db.exec('DELETE FROM audit_checkpoints WHERE size = 8');
    await expect(whole('native')).rejects.toMatchObject({ code: 'checkpoint_missing' });
    expect(open).toBe(0);
  });

  test.each(['ocsf', 'ecs', 'csv'] as const)('%s has one line for each event', async (format) => {
    append(1200);
    const { text, written } = await whole(format);
    expect(linesOf(text)).toHaveLength(format === 'csv' ? 1201 : 1200);
    expect(written).toEqual({ events: 1200, invalid: 0 });
    expect(text).toContain('192.0.2.7');
  });

  test('takes the events of the last hours only, also those that no checkpoint covers', async () => {
    append(10);
    ledger.checkpoint();
    clock += 2 * HOUR;
    append(3);
    ledger.checkpoint();
    append(4);
    const { text } = await whole('ecs', clock - HOUR);
    const positions = linesOf(text).map((line) => JSON.parse(line).event.sequence);
    expect(positions).toEqual([10, 11, 12, 13, 14, 15, 16]);
  });

  test('a clock that was set back hides no event of the time asked for', async () => {
    clock += 5 * HOUR;
    append(1);
    ledger.checkpoint();
    clock -= 5 * HOUR;
    append(1);
    ledger.checkpoint();
    clock += 5 * HOUR;
    append(1);
    const { text } = await whole('ecs', clock - HOUR);
    expect(linesOf(text).map((line) => JSON.parse(line).event.sequence)).toEqual([0, 2]);
  });

  test('passes over events that were removed', async () => {
    append(3);
    writer.db.exec("UPDATE audit_events SET skeleton = x'', private_sealed = NULL WHERE seq = 1");
    const { text, written } = await whole('ocsf');
    expect(linesOf(text).map((line) => JSON.parse(line).metadata.sequence)).toEqual([0, 2]);
    expect(written).toEqual({ events: 2, invalid: 0 });
  });

  test('of the first events of a log has no others', async () => {
    append(5);
    const source = { reader: sqliteReader(writer.db), recordsKey: KEY, keyById: async () => KEY };
    const out = new PassThrough();
    expect(await exportEvents(source, { format: 'ecs', size: 3 }, out)).toEqual({ events: 3, invalid: 0 });
    expect(linesOf(String(out.read()))).toHaveLength(3);
  });

  test('is one state of the log, whatever is appended meanwhile', async () => {
    append(3);
    const { ticket } = await exports.openExport({ format: 'ecs' });
    const { piece } = await exports.nextOfExport({ ticket });
    append(3);
    expect(linesOf(Buffer.from(piece!).toString())).toHaveLength(3);
    expect((await exports.nextOfExport({ ticket })).piece).toBeUndefined();
  });
});

describe('exports that nobody takes', () => {
  test('at most two run, and each that ends makes room', async () => {
    append(3000);
    const first = await exports.openExport({ format: 'ecs' });
    await exports.openExport({ format: 'csv' });
    await expect(exports.openExport({ format: 'ocsf' })).rejects.toMatchObject({ code: 'exports_busy' });
    await exports.closeExport(first);
    await expect(exports.nextOfExport(first)).rejects.toMatchObject({ code: 'export_ended' });
    await exports.openExport({ format: 'ocsf' });
  });

  test('openings at the same moment do not pass the limit', async () => {
    append(1);
    const openings = [1, 2, 3, 4].map(() => exports.openExport({ format: 'csv' }));
    const results = await Promise.allSettled(openings);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  });

  test('one that is left alone ends, and gives back its place and its connection', async () => {
    append(3000);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const [left, taken] = [
      await exports.openExport({ format: 'ecs' }),
      await exports.openExport({ format: 'csv' }),
    ];
    await vi.advanceTimersByTimeAsync(IDLE_MS - 1);
    await exports.nextOfExport(taken);
    await vi.advanceTimersByTimeAsync(2);
    await expect(exports.nextOfExport(left)).rejects.toMatchObject({ code: 'export_ended' });
    expect((await exports.nextOfExport(taken)).piece).toBeDefined();
    expect(open).toBe(1);
  });
});
