import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeBase64 } from '../../packages/server/src/audit/base64.ts';
import { openCheckpoint } from '../../packages/server/src/audit/checkpoint.ts';
import { verifyConsistency } from '../../packages/server/src/audit/merkle.ts';
import { parseVerifierKey } from '../../packages/server/src/audit/note.ts';
import { connect } from '../../packages/server/src/database/sqlite.ts';
import { openKeyring } from '../../packages/server/src/encryption/keyring.ts';
import type { Api } from '../api.ts';
import { exportedEvents, exportLog } from '../audit-log.ts';
import { memhold, type Server, settingsFor, temporaryFolder } from '../server-process.ts';
import { startWithAdmin } from './cast.ts';

let server: Server;
let admin: Api;
/** As somebody outside keeps them from the first day on. */
const outside = { key: '', checkpoint: '' };
const fileIn = (name: string) => join(temporaryFolder(), name);

async function cli(...args: string[]) {
  const { code, output, errors } = await memhold(args, settingsFor(server.dataDir));
  return { code, output, errors };
}
async function remember(count: number): Promise<void> {
  for (let i = 0; i < count; i++)
    await server.api('POST', '/memories', { content: `fact ${i}`, user_id: 'u' });
}

beforeAll(async () => {
  const started = await startWithAdmin();
  server = started.server;
  admin = started.admin.api;
  await remember(10);
  outside.key = (await exportLog(server.dataDir)).key;
  outside.checkpoint = fileIn('checkpoint.txt');
  const { code, errors } = await cli('audit', 'checkpoint', '--out', outside.checkpoint);
  expect([code, errors]).toEqual([0, expect.stringContaining('Keep it where the server cannot write')]);
  await remember(10);
});

describe('a checkpoint', () => {
  test('is a note that the key from another source opens, over all that was written before it was asked for', async () => {
    const { code, output } = await cli('audit', 'checkpoint', '--json');
    expect(code).toBe(0);
    const { size, log_size, checkpoint, key } = JSON.parse(output);
    expect(key).toBe(outside.key);
    expect(size).toBeGreaterThanOrEqual(log_size);
    expect(openCheckpoint(checkpoint, [parseVerifierKey(outside.key)]).size).toBe(size);
    const answer = await admin('GET', '/audit/checkpoint');
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(openCheckpoint(answer.text, [parseVerifierKey(outside.key)]).size).toBeGreaterThanOrEqual(size);
  });

  test('that was kept is the beginning of the log of now', async () => {
    const key = parseVerifierKey(outside.key);
    const kept = openCheckpoint(readFileSync(outside.checkpoint, 'utf8'), [key]);
    const { status, body } = await admin('GET', `/audit/proof/consistency?first=${kept.size}`);
    expect(status).toBe(200);
    const now = openCheckpoint(body.checkpoint, [key]);
    const proof = body.proof.map((node: string) => decodeBase64(node));
    expect(now.size).toBeGreaterThan(kept.size);
    expect(verifyConsistency(kept.size, now.size, proof, kept.root, now.root)).toBe(true);
    const list = (await admin('GET', `/audit/checkpoints?after=${kept.size - 1}&limit=1`)).body;
    expect(list.checkpoints[0].checkpoint).toBe(readFileSync(outside.checkpoint, 'utf8'));
  });
});

describe('a proof of an event', () => {
  test('is verified offline with the key from another source and a checkpoint kept elsewhere', async () => {
    const file = fileIn('event.json');
    const kept = ['--checkpoint', outside.checkpoint];
    const made = await cli('audit', 'proof', '7', ...kept, '--out', file);
    expect(made).toMatchObject({ code: 0, output: expect.stringContaining('proof of event 7') });
    const { event } = JSON.parse(readFileSync(file, 'utf8'));

    const { code, output } = await memhold(['audit', 'verify-proof', file, '--key', outside.key, ...kept]);
    expect(code).toBe(0);
    expect(output).toMatch(/event 7 of the first \d+, verified/);
    expect(output).toContain(event);
    expect(output).not.toMatch(/Not proven:[\s\S]*(?:Who wrote|rewound)/);

    const exported = exportedEvents((await exportLog(server.dataDir)).file);
    expect(exported[7]).toEqual(JSON.parse(event));
    // Handing it out is itself in the log.
    const listed = { type: 'audit.listed', resource: { type: 'audit_event', ids: ['7'] } };
    expect(exported).toContainEqual(expect.objectContaining(listed));
  });

  test('says what is not proven without anything from outside, and is refused when it was changed', async () => {
    const { body } = await admin('GET', '/audit/proof/inclusion?index=3');
    const file = fileIn('event.json');
    writeFileSync(file, JSON.stringify(body));
    const alone = await memhold(['audit', 'verify-proof', file, '--json']);
    expect(alone.code).toBe(0);
    expect(JSON.parse(alone.output).notProven.join(' ')).toMatch(/Who wrote this proof/);
    writeFileSync(file, JSON.stringify({ ...body, event: body.event.replace('"success":', '"success": ') }));
    const changed = await memhold(['audit', 'verify-proof', file, '--key', outside.key]);
    expect([changed.code, changed.output]).toEqual([
      1,
      expect.stringMatching(/NOT verified[\s\S]*leaf-mismatch/),
    ]);
  });

  test('is refused out of range, and to whoever may not read the log', async () => {
    for (const [path, range] of [
      ['/audit/proof/inclusion?index=99999999', /index: must be 0 to \d+/],
      ['/audit/proof/inclusion?index=7&size=7', /size: must be 8 to \d+/],
      ['/audit/proof/inclusion?index=-1', /index: must be a whole number/],
      ['/audit/proof/inclusion', /index/],
      ['/audit/proof/consistency?first=0', /first: must be 1 to \d+/],
      ['/audit/checkpoints?limit=1001', /limit: must be 1 to 1000/],
    ] as const) {
      const { status, body } = await admin('GET', path);
      expect([path, status, body.detail]).toEqual([path, 400, expect.stringMatching(range)]);
    }
    expect((await server.api('GET', '/audit/proof/inclusion?index=0')).status).toBe(403);
    expect((await cli('audit', 'proof', '-1')).code).toBe(2);
    expect((await cli('audit', 'proof', '99999999')).errors).toMatch(/index: must be 0 to/);
  });
});

describe('an insider with the key of the database', () => {
  test('edits a row while the server runs: there is no proof of it, and an alarm', async () => {
    const at = 5;
    const keyFile = `${server.dataDir}.key`;
    const { pageKey } = await openKeyring(join(server.dataDir, 'keyring.json'), { keyFile });
    const db = connect(join(server.dataDir, 'memhold.db'), pageKey, 'write');
    const row = db.prepare('SELECT skeleton FROM audit_events WHERE seq = ?').get(at) as { skeleton: Buffer };
    const forged = Buffer.from(row.skeleton.toString().replace('"success":true', '"success":false'));
    expect(forged).not.toEqual(row.skeleton);
    db.prepare('UPDATE audit_events SET skeleton = ? WHERE seq = ?').run(forged, at);

    const { status, body } = await admin('GET', `/audit/proof/inclusion?index=${at}`);
    expect([status, body.code]).toEqual([503, 'audit_log_tampered']);
    expect(JSON.stringify(body)).not.toContain('"proof":');
    expect((await admin('GET', `/audit/proof/inclusion?index=${at + 1}`)).status).toBe(200);

    db.prepare('UPDATE audit_events SET skeleton = ? WHERE seq = ?').run(row.skeleton, at);
    db.close();
    expect((await admin('GET', `/audit/proof/inclusion?index=${at}`)).status).toBe(200);
    const alarm = {
      type: 'security.suspicious.activity',
      action: 'audit_log_tampered',
      severity: 'critical',
    };
    const events = async () => exportedEvents((await exportLog(server.dataDir)).file);
    await expect.poll(events, { timeout: 10_000 }).toContainEqual(expect.objectContaining(alarm));
  });
});

describe('once the signing key was replaced', () => {
  test('a proof is verified with the key of before and with the new one, and the log goes on from what was kept', async () => {
    const rotated = await cli('audit', 'rotate-key', '--json');
    expect(rotated).toMatchObject({ code: 0, errors: '' });
    const { key } = JSON.parse(rotated.output);
    await remember(3);
    const keys = (await admin('GET', '/audit/keys')).body;
    expect(keys).toMatchObject({ key, keys: [outside.key, key], rotations: [expect.any(String)] });

    const file = fileIn('event.json');
    await cli('audit', 'proof', '7', '--out', file);
    for (const one of [outside.key, key])
      expect((await memhold(['audit', 'verify-proof', file, '--key', one])).code).toBe(0);

    const kept = openCheckpoint(readFileSync(outside.checkpoint, 'utf8'), [parseVerifierKey(outside.key)]);
    const { body } = await admin('GET', `/audit/proof/consistency?first=${kept.size}`);
    const now = openCheckpoint(body.checkpoint, [parseVerifierKey(key)]);
    const proof = body.proof.map((node: string) => decodeBase64(node));
    expect(verifyConsistency(kept.size, now.size, proof, kept.root, now.root)).toBe(true);
  });
});
