import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sqliteReader } from '../../database/reader.ts';
import { type InProcessWriter, inProcessWriter } from '../../database/testing/in-process-writer.ts';
import { dataKey } from '../../encryption/seal.ts';
import { signCheckpoint } from '../checkpoint.ts';
import { AuditLedger } from '../ledger.ts';
import { logSigner } from '../log-signer.ts';
import { encodeVerifierKey, type Signer, signNote } from '../note.ts';
import { openLog, recordsKey } from '../open-log.fixture.ts';
import { leafOf } from '../recorder.ts';
import { openManifest, signManifest } from './manifest.ts';
import { BLOCK, paddingOf, parseTarHeader, TAR_END, tarHeader } from './tar.ts';
import { verifyFile } from './verify.ts';
import { writeBundle } from './write.ts';

const KEY = dataKey(Buffer.alloc(32, 7));
const EVENTS = 12;
const TIME = Date.parse('2026-03-01T12:00:00Z');
const newSigner = () => logSigner(generateKeyPairSync('ed25519').privateKey);

let writer: InProcessWriter;
let folder: string;
let signer: Signer;
let key: string;
let bundle: Buffer;

beforeAll(async () => {
  writer = await inProcessWriter();
  folder = mkdtempSync(join(tmpdir(), 'memhold-bundle-'));
  signer = newSigner();
  key = encodeVerifierKey(signer);
  const ledger = new AuditLedger(writer.db, signer, KEY, () => TIME);
  for (let n = 0; n < EVENTS; n++) {
    writer.db.exec('BEGIN IMMEDIATE');
    const event = { time: TIME + n, actor: { kind: 'account', id: 'a1' }, success: true } as const;
    ledger.append(leafOf({ ...event, type: 'memory.created', private: { ip: '192.0.2.7' } }, KEY));
    ledger.beforeCommit();
    writer.db.exec('COMMIT');
    ledger.afterCommit();
    if (n % 5 === 0) ledger.checkpoint();
  }
  bundle = await bundled('whole.tar');
});
afterAll(() => {
  writer.close();
  rmSync(folder, { recursive: true });
});

async function bundled(name: string): Promise<Buffer> {
  const path = join(folder, name);
  const file = await open(path, 'w');
  const log = {
    reader: sqliteReader(writer.db),
    signer,
    treeKey: KEY,
    keyById: async () => KEY,
    now: () => TIME + 60_000,
  };
  await writeBundle(log, ['csv', 'ocsf', 'ecs'], file).finally(() => file.close());
  return readFileSync(path);
}

function verify(bytes: Uint8Array, options: { key?: string; checkpoint?: string } = { key }) {
  const path = join(folder, 'seen.tar');
  writeFileSync(path, bytes);
  return verifyFile(path, options);
}
const codes = ({ problems }: Awaited<ReturnType<typeof verify>>) => problems.map(({ code }) => code);

type File = { name: string; contents: Buffer; header: Buffer };

/** Takes a bundle apart, by the sizes in its headers. */
function filesOf(bytes: Buffer): File[] {
  const files: File[] = [];
  for (let at = 0; ; ) {
    const header = bytes.subarray(at, at + BLOCK);
    const entry = parseTarHeader(header);
    if (!entry) return files;
    const contents = bytes.subarray(at + BLOCK, at + BLOCK + entry.size);
    files.push({ name: entry.name, contents, header });
    at += BLOCK + entry.size + paddingOf(entry.size);
  }
}
const archived = (files: File[]) =>
  Buffer.concat([
    ...files.flatMap(({ contents, header }) => [header, contents, Buffer.alloc(paddingOf(contents.length))]),
    TAR_END,
  ]);
const withFile = (name: string, text: string | Buffer): File => {
  const contents = Buffer.from(text as string);
  const time = Math.floor((TIME + 60_000) / 1000);
  return { name, contents, header: tarHeader({ name, size: contents.length, time }) };
};
const replaced = (...files: File[]) =>
  archived(filesOf(bundle).map((one) => files.find(({ name }) => name === one.name) ?? one));
const textOf = (name: string) =>
  filesOf(bundle)
    .find((one) => one.name === name)!
    .contents.toString();

describe('a bundle', () => {
  test('says which key signed it, where the one from elsewhere was replaced', async () => {
    const log = await openLog();
    log.append(3);
    const newest = (await log.rotate()).key;
    const { signer: next } = await log.current();
    const { reader } = log;
    const source = { reader, signer: next, treeKey: recordsKey, keyById: async () => recordsKey };
    const path = join(folder, 'rotated.tar');
    const file = await open(path, 'w');
    await writeBundle({ ...source, now: Date.now }, [], file).finally(() => file.close());
    const said = async (by: string) => (await verifyFile(path, { key: by })).proven[0];
    expect(await said(newest)).toMatch(/signed with the key that you gave\.$/);
    expect(await said(log.key)).toMatch(
      /signed with the newest key inside, that the one you gave leads to\.$/,
    );
  });

  test('is proven with the key from elsewhere, and says what it is', async () => {
    const report = await verify(bundle);
    expect(report).toMatchObject({ ok: true, size: EVENTS, key, problems: [] });
    expect(report.proven[0]).toBe(
      'Its 7 files are those that were bundled and signed with the key that you gave.',
    );
    expect(filesOf(bundle).map(({ name }) => name)).toEqual([
      'audit.jsonl',
      'audit.csv',
      'audit.ocsf.jsonl',
      'audit.ecs.jsonl',
      'checkpoint.txt',
      'key.txt',
      'VERIFY.md',
      'manifest.txt',
    ]);
    for (const name of ['audit.csv', 'audit.ocsf.jsonl', 'audit.ecs.jsonl'])
      expect(textOf(name).split('\n').filter(Boolean)).toHaveLength(EVENTS + Number(name.endsWith('csv')));
  });

  test('without a key from elsewhere says that nobody vouches for it', async () => {
    const report = await verify(bundle, {});
    expect(report.ok).toBe(true);
    expect(report.notProven.join()).toContain('the key was taken from the export itself');
  });

  test('holds a checkpoint that proves later bundles', async () => {
    expect(await verify(bundle, { key, checkpoint: textOf('checkpoint.txt') })).toMatchObject({ ok: true });
  });

  test('is of another log for any other key', async () => {
    expect(codes(await verify(bundle, { key: encodeVerifierKey(newSigner()) }))).toContain('key-mismatch');
  });

  test('unpacks with the tar of the system', (context) => {
    const path = join(folder, 'whole.tar');
    const { status, stdout, error } = spawnSync('tar', ['-tf', path], { encoding: 'utf8' });
    if (error) return context.skip('there is no tar here');
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')).toEqual(filesOf(bundle).map(({ name }) => name));
  });
});

describe('whatever was done to a bundle is found', () => {
  test('one flipped bit, anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bundle.length * 8 - 1 }), async (bit) => {
        const bytes = Buffer.from(bundle);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        expect((await verify(bytes)).ok).toBe(false);
      }),
      { numRuns: 400 },
    );
  });

  test('every bit of the headers and of the signed list', async () => {
    const manifest = bundle.lastIndexOf('memhold audit bundle v1');
    for (const start of [0, manifest - BLOCK])
      for (let at = start; at < start + BLOCK; at += 7) {
        const bytes = Buffer.from(bundle);
        bytes[at]! ^= 1 << (at % 8);
        expect((await verify(bytes)).ok, `byte ${at}`).toBe(false);
      }
  });

  test('a cut, and bytes at the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bundle.length - 1 }), async (end) => {
        expect((await verify(bundle.subarray(0, end))).ok).toBe(false);
      }),
      { numRuns: 60 },
    );
    expect(codes(await verify(Buffer.concat([bundle, Buffer.alloc(BLOCK)])))).toContain('bundle-malformed');
  });

  test('a file that is missing, twice there, out of order, or nobody’s', async () => {
    const files = filesOf(bundle);
    for (const { name } of files)
      expect((await verify(archived(files.filter((one) => one.name !== name)))).ok, name).toBe(false);
    const twice = await verify(archived([...files, files[1]!]));
    expect(codes(twice)).toEqual(['bundle-malformed']);
    expect(codes(await verify(archived(files.toReversed())))).toContain('bundle-files');
    expect(codes(await verify(archived([...files, withFile('evil.txt', 'x')])))).toContain(
      'bundle-malformed',
    );
  });

  test('a file that was exchanged, by its name', async () => {
    for (const name of ['audit.csv', 'audit.ocsf.jsonl', 'audit.ecs.jsonl', 'VERIFY.md']) {
      const report = await verify(replaced(withFile(name, `${textOf(name)}\n`)));
      expect(report.problems).toEqual([
        { code: 'bundle-file-altered', message: `${name} is not the file that was signed` },
      ]);
    }
  });

  test('a list that somebody else signed, or that is another note of the log', async () => {
    const manifest = openManifest(textOf('manifest.txt'), signer)!;
    const forged = signManifest(manifest, newSigner());
    const checkpoint = textOf('checkpoint.txt');
    for (const note of [forged, checkpoint, signNote('memhold audit bundle v1\n', signer)])
      expect(codes(await verify(replaced(withFile('manifest.txt', note))))).toEqual(['bundle-manifest']);
  });

  test('a list of the same key that is of an earlier log', async () => {
    const manifest = openManifest(textOf('manifest.txt'), signer)!;
    const other = signManifest({ ...manifest, size: EVENTS - 1 }, signer);
    expect(codes(await verify(replaced(withFile('manifest.txt', other))))).toEqual(['bundle-log-differs']);
  });

  test('a list and a checkpoint of the same key that are of an earlier log', async () => {
    const manifest = openManifest(textOf('manifest.txt'), signer)!;
    const earlier = { ...manifest, size: 3, root: Buffer.alloc(32, 1) };
    const checkpoint = withFile('checkpoint.txt', signCheckpoint(earlier, signer));
    const digest = createHash('sha256').update(checkpoint.contents).digest('hex');
    const { name, contents } = checkpoint;
    const files = manifest.files.map((file) =>
      file.name === name ? { name, size: contents.length, digest } : file,
    );
    const list = withFile('manifest.txt', signManifest({ ...earlier, files }, signer));
    expect(codes(await verify(replaced(checkpoint, list)))).toEqual(['bundle-log-differs']);
  });

  test('an event that was changed, by its index', async () => {
    const log = textOf('audit.jsonl').replace(`"time":${TIME + 4}`, `"time":${TIME + 9}`);
    const report = await verify(replaced(withFile('audit.jsonl', log)));
    expect(report.problems).toContainEqual(expect.objectContaining({ index: 4, code: 'leaf-mismatch' }));
    expect(codes(report)).toContain('bundle-file-altered');
  });

  /** Runs `work` while somebody has had a hand on the rows. */
  async function tampered<T>(sql: string, work: () => Promise<T>): Promise<T> {
    writer.db.exec('CREATE TABLE kept AS SELECT * FROM audit_events');
    writer.db.exec(sql);
    try {
      return await work();
    } finally {
      writer.db.exec(
        'DELETE FROM audit_events; INSERT INTO audit_events SELECT * FROM kept; DROP TABLE kept',
      );
    }
  }

  test('an event that was changed in the database, although the server signed the bundle', async () => {
    const bytes = await tampered(
      'UPDATE audit_events SET skeleton = (SELECT skeleton FROM kept WHERE seq = 2) WHERE seq = 7',
      () => bundled('tampered.tar'),
    );
    expect((await verify(bytes)).problems).toContainEqual(expect.objectContaining({ index: 7 }));
  });

  test('a log whose end was cut off in the database', async () => {
    const bytes = await tampered('DELETE FROM audit_events WHERE seq = 11', () => bundled('short.tar'));
    expect((await verify(bytes)).problems).toContainEqual(expect.objectContaining({ index: 11 }));
  });

  test('a log whose state is not the one that the writer sealed is not signed', async () => {
    const [tree] = writer.db.prepare('SELECT frontier FROM audit_tree').all() as [{ frontier: Buffer }];
    writer.db.exec('UPDATE audit_tree SET frontier = zeroblob(length(frontier))');
    const made = bundled('short.tar');
    await expect(made).rejects.toMatchObject({ code: 'audit_log_tampered' });
    writer.db.prepare('UPDATE audit_tree SET frontier = ?').run(tree.frontier);
  });
});

describe('an archive that would hurt whoever unpacks it', () => {
  const hostile = (change: (header: Buffer) => void) => {
    const header = Buffer.from(tarHeader({ name: 'key.txt', size: 0, time: 1 }));
    change(header);
    header.fill(' ', 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    return header;
  };
  const changes: [string, (header: Buffer) => void][] = [
    ['a path out of the folder', (header) => header.write('../../etc/passwd\0', 0, 'latin1')],
    ['an absolute path', (header) => header.write('/etc/passwd\0', 0, 'latin1')],
    ['a prefix', (header) => header.write('/etc', 345, 'latin1')],
    ['a symbolic link', (header) => header.write('2', 156, 'latin1')],
    ['a hard link', (header) => header.write('1', 156, 'latin1')],
    ['a folder', (header) => header.write('5', 156, 'latin1')],
    ['an extended header', (header) => header.write('x', 156, 'latin1')],
    ['another owner', (header) => header.write('0001750\0', 108, 'latin1')],
    ['rights for everybody', (header) => header.write('0000777\0', 100, 'latin1')],
    ['a size beyond all files', (header) => header.fill(0xff, 124, 136)],
    ['a size with spaces', (header) => header.write('         0 \0', 124, 'latin1')],
  ];
  test('is told from one of ours', () => {
    expect(parseTarHeader(hostile(() => undefined))).toEqual({ name: 'key.txt', size: 0, time: 1 });
  });
  test.each(changes)('%s is refused', async (_, change) => {
    const header = hostile(change);
    expect(parseTarHeader(header)).toBeUndefined();
    expect(codes(await verify(Buffer.concat([header, TAR_END])))).toContain('bundle-malformed');
  });

  test('headers read back as what was written, also of files beyond eight gigabytes', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
        fc.maxSafeNat(),
        fc.nat(),
        (name, size, time) => {
          expect(parseTarHeader(tarHeader({ name, size, time }))).toEqual({ name, size, time });
        },
      ),
    );
  });

  test('what is compressed is refused, and what to do is said', async () => {
    for (const bytes of [gzipSync(bundle), gzipSync('{"format":"memhold-audit"')])
      expect(await verify(bytes)).toMatchObject({
        ok: false,
        size: 0,
        problemCount: 1,
        problems: [{ code: 'file-compressed', message: expect.stringContaining('gunzip') }],
        proven: [],
      });
  });

  test('any bytes are refused, never crash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        const start = Buffer.from(tarHeader({ name: 'audit.jsonl', size: bytes.length, time: 0 }));
        expect((await verify(Buffer.concat([start, bytes]))).ok).toBe(false);
        expect((await verify(bytes)).ok).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});
