import { describe, expect, it } from 'vitest';
import { UnitRefused } from '../../database/errors.ts';
import type { Connection } from '../../database/sqlite.ts';
import { encodeVerifierKey } from '../note.ts';
import { openLog } from '../open-log.fixture.ts';
import { verifyExport } from '../verify.ts';
import { MAX_ROTATIONS } from './key-chain.ts';
import { keptLogKeys, logKeys } from './log-keys.ts';
import { KeyRotation } from './rotation.ts';

const noteAt = (db: Connection, size: number) =>
  db.prepare('SELECT note FROM audit_checkpoints WHERE size = ?').pluck().get(size) as string;
const keyRows = (db: Connection) =>
  db.prepare('SELECT generation, sealed IS NOT NULL AS kept FROM audit_keys ORDER BY generation').all();
const firstSecret = (db: Connection) =>
  db.prepare("SELECT count(*) FROM secrets WHERE name = 'audit-signing'").pluck().get();

describe('a new key for the log', () => {
  it('takes over with one event: the old key signs what was before it, the new one what comes', async () => {
    const log = await openLog();
    log.append(5);
    const { key, previous_key, size, generation } = await log.rotate();
    expect([previous_key, size, generation]).toEqual([log.key, 5, 1]);
    expect(log.ledger.size).toBe(6);
    log.append(4);
    log.ledger.checkpoint();
    const ids = (at: number) => Buffer.from(noteAt(log.db, at).trimEnd().split(' ').at(-1)!, 'base64');
    const keyId = (text: string) => text.split('+')[1];
    expect([5, 6, 10].map((at) => ids(at).subarray(0, 4).toString('hex'))).toEqual(
      [previous_key, key, key].map(keyId),
    );
    const skeleton = log.db.prepare('SELECT skeleton FROM audit_events WHERE seq = 5').pluck().get();
    expect(JSON.parse(String(skeleton))).toMatchObject({
      type: 'audit.key.rotated',
      resource: { type: 'audit_key', ids: [previous_key, key].map(keyId) },
    });
    const exported = await log.export();
    expect(exported.key).toBe(key);
    for (const outside of [key, previous_key])
      for (const at of [5, 6, 10])
        expect(
          await verifyExport(exported.lines, { key: outside, checkpoint: noteAt(log.db, at) }),
        ).toMatchObject({ ok: true, size: 10 });
  });

  it('leaves nothing of the old private key, and is there after a restart', async () => {
    const log = await openLog();
    log.append(3);
    const first = await log.rotate();
    expect([keyRows(log.db), firstSecret(log.db)]).toEqual([[{ generation: 1, kept: 1 }], 0]);
    const second = await log.rotate();
    expect(keyRows(log.db)).toEqual([
      { generation: 1, kept: 0 },
      { generation: 2, kept: 1 },
    ]);
    expect(second.previous_key).toBe(first.key);
    log.db.close();
    const again = await openLog(log.folder);
    expect(again.key).toBe(second.key);
    again.append(3);
    const chain = await logKeys(again.reader, again.key);
    expect(
      chain.keys.map(({ verifier, first: from, last }) => [encodeVerifierKey(verifier), from, last]),
    ).toEqual([
      [log.key, 0, 3],
      [first.key, 4, 4],
      [second.key, 5, Number.POSITIVE_INFINITY],
    ]);
    const { lines } = await again.export();
    for (const key of [log.key, first.key, second.key])
      expect(await verifyExport(lines, { key })).toMatchObject({ ok: true, size: 8 });
  });

  it('comes twice where two ask at once', async () => {
    const log = await openLog();
    const [one, two] = await Promise.all([log.rotate(), log.rotate()]);
    expect([one.generation, two.generation, two.previous_key]).toEqual([1, 2, one.key]);
    expect(await verifyExport((await log.export()).lines, { key: log.key })).toMatchObject({ ok: true });
  });

  it('does not come so often that the chain of keys would count as a hostile one', async () => {
    const log = await openLog();
    const { signer } = await log.current();
    const deps = { ledger: log.ledger } as ConstructorParameters<typeof KeyRotation>[1];
    const worn = new KeyRotation({ signer, generation: MAX_ROTATIONS }, deps);
    const guard = { sql: 'select 1 as stands', parameters: [], otherwise: 'stale_authorization' };
    const event = { type: 'audit.key.rotated', time: 0, actor: { kind: 'system' }, success: true } as const;
    await expect(worn.rotate({ event, guard })).rejects.toEqual(new UnitRefused('limit_reached'));
  });

  it('is checked once by whoever asks for the keys again and again', async () => {
    const log = await openLog();
    const keys = keptLogKeys(log.reader, log.key);
    expect((await keys()).keys).toHaveLength(1);
    for (const count of [2, 3]) {
      await log.rotate();
      const chain = await keys();
      expect([chain.keys.length, await keys()]).toEqual([count, chain]);
      expect(await keys()).toBe(chain);
    }
    log.db.prepare("UPDATE audit_keys SET note = note || 'x' WHERE generation = 2").run();
    await expect(keys()).rejects.toMatchObject({ code: 'audit_log_tampered' });
  });

  it('does not come on a credential that no longer holds', async () => {
    const log = await openLog();
    log.append(2);
    const nothing = {
      sql: 'select 1 as stands where 1 = 0',
      parameters: [],
      otherwise: 'stale_authorization',
    };
    await expect(log.rotate(nothing)).rejects.toEqual(new UnitRefused('stale_authorization'));
    expect([log.ledger.size, keyRows(log.db), firstSecret(log.db)]).toEqual([2, [], 1]);
    log.append(2);
    expect((await log.export()).key).toBe(log.key);
    expect((await log.rotate()).generation).toBe(1);
  });
});

describe('a rotation that fails at any of its statements', () => {
  const statements = [
    'DELETE ON secrets',
    'INSERT ON audit_keys',
    'UPDATE ON audit_keys',
    'INSERT ON audit_events',
    'UPDATE ON audit_tree',
    'INSERT ON audit_checkpoints',
  ];

  it.each(statements)(
    '%s: the old key goes on, here and after a restart, and the log verifies',
    async (where) => {
      const log = await openLog();
      log.append(3);
      const generation = where.startsWith('UPDATE ON audit_keys') ? 1 : 0;
      const old = generation === 1 ? (await log.rotate()).key : log.key;
      log.append(1);
      const { size } = log.ledger;
      log.db.exec(`CREATE TRIGGER broken BEFORE ${where} BEGIN SELECT RAISE(ABORT, 'no'); END`);
      await expect(log.rotate()).rejects.toMatchObject({ code: 'storage_failed' });
      log.db.exec('DROP TRIGGER broken');
      expect(log.ledger.size).toBe(size);
      expect(encodeVerifierKey((await log.current()).signer)).toBe(old);
      log.append(2);
      log.ledger.checkpoint();
      log.db.close();
      const again = await openLog(log.folder);
      expect(again.key).toBe(old);
      const { key, lines } = await again.export();
      expect(key).toBe(old);
      expect(await verifyExport(lines, { key: log.key })).toMatchObject({ ok: true, size: size + 2 });
      expect((await again.rotate()).generation).toBe(generation + 1);
    },
  );
});

describe('somebody who can write to the database but has no key', () => {
  it('cannot put a key of their own in place, nor another name for the log', async () => {
    const log = await openLog();
    const other = await openLog();
    await log.rotate();
    const { rotation } = await other.rotate();
    const take = log.db.prepare('UPDATE audit_keys SET note = ?');
    take.run(rotation);
    await expect(log.current()).rejects.toMatchObject({ code: 'audit_log_tampered' });
    const foreign = other.db.prepare('SELECT sealed FROM audit_keys').pluck().get();
    log.db.prepare('UPDATE audit_keys SET generation = 2, sealed = ?').run(foreign);
    await expect(log.current()).rejects.toMatchObject({ code: 'audit_log_tampered' });
    await expect(logKeys(log.reader, log.key)).rejects.toMatchObject({ code: 'audit_log_tampered' });
  });

  it('cannot go back to an old key: it is gone', async () => {
    const log = await openLog();
    await log.rotate();
    await log.rotate();
    log.db.exec('DELETE FROM audit_keys WHERE generation = 2');
    await expect(log.current()).rejects.toMatchObject({ code: 'audit_log_tampered' });
    log.db.exec('DELETE FROM audit_keys');
    log.db.exec(
      "INSERT INTO namespaces (public_id, name_sealed, settings, created_at) VALUES ('n', x'00', '{}', 0)",
    );
    await expect(openLog(log.folder)).rejects.toMatchObject({ code: 'keyring_damaged' });
  });

  it('cannot hide a replacement: the export names the place', async () => {
    const log = await openLog();
    log.append(4);
    const first = await log.rotate();
    log.append(4);
    const second = await log.rotate();
    log.db.exec('DELETE FROM audit_keys WHERE generation = 1');
    const { lines } = await log.export();
    for (const key of [first.key, second.key]) {
      const { problems } = await verifyExport(lines, { key });
      expect(problems).toContainEqual(expect.objectContaining({ code: 'rotation-event', index: 4 }));
    }
    expect((await verifyExport(lines, { key: log.key })).problems[0]!.code).toBe('key-mismatch');
  });
});
