import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { scan } from '../scan.ts';
import { makeTar, makeZip } from '../testing/archives.ts';
import { makeTokens } from '../testing/tokens.ts';
import { defaultArchiveLimits } from './archive-budget.ts';
import { Intake } from './intake.ts';

const secret = `token = ${makeTokens(5).github()}\n`;

function read(bytes: Buffer, limits: Partial<typeof defaultArchiveLimits> = {}, name = 'outer') {
  const intake = new Intake({
    scanner: scan,
    largestText: 1_000_000,
    archiveLimits: { ...defaultArchiveLimits, ...limits },
    suppressionsAsOf: '2026-11-21',
  });
  intake.take({ path: name }, bytes);
  return {
    found: [...intake.findings].map(({ place }) => place.path),
    skips: intake.skips.map(({ place, reason }) => `${place.path}: ${reason}`),
    isComplete: intake.isComplete,
  };
}

describe('archives', () => {
  const zip = makeZip([
    { name: 'a.env', content: secret },
    { name: 'folder/', content: '' },
    { name: 'folder/b.env', content: secret, method: 0 },
    { name: 'x.bin', content: 'a\0b' },
  ]);
  const tar = makeTar([
    { name: 'a.env', content: secret },
    { name: 'folder', content: '', type: '5' },
    { name: 'link', content: '', type: '2' },
    { name: 'folder/b.env', content: secret },
  ]);

  it.each([
    ['zip', zip, ['outer!/a.env', 'outer!/folder/b.env'], ['outer!/x.bin: binary']],
    [
      'zip behind a program',
      Buffer.concat([Buffer.from('PK\x03\x04 stub '), zip]),
      ['outer!/a.env', 'outer!/folder/b.env'],
      ['outer!/x.bin: binary'],
    ],
    ['tar', tar, ['outer!/a.env', 'outer!/folder/b.env'], []],
    ['tar.gz', gzipSync(tar), ['outer!/outer!/a.env', 'outer!/outer!/folder/b.env'], []],
    ['gz', gzipSync(secret), ['outer!/outer'], []],
    ['gz of two members', Buffer.concat([gzipSync('nothing\n'), gzipSync(secret)]), ['outer!/outer'], []],
    [
      'zip in a tar.gz',
      gzipSync(makeTar([{ name: 'i.zip', content: makeZip([{ name: 'k', content: secret }]) }])),
      ['outer!/outer!/i.zip!/k'],
      [],
    ],
  ])('of kind %s are opened', (_name, bytes, found, skips) => {
    expect(read(bytes)).toEqual({ found, skips, isComplete: true });
  });

  it('made by tar itself are read, with names that need extra headers', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tar-'));
    const long = `${'n'.repeat(120)}.env`;
    writeFileSync(join(folder, long), secret);
    for (const format of ['gnu', 'pax']) {
      execFileSync('tar', ['-czf', 'made.tgz', `--format=${format}`, long], { cwd: folder });
      const { found, isComplete } = read(readFileSync(join(folder, 'made.tgz')), {}, 'made.tgz');
      expect([found, isComplete]).toEqual([[`made.tgz!/made.tar!/${long}`], true]);
    }
  });

  it.each([
    ['a zip file cut in its middle', zip.subarray(0, 90)],
    ['a zip file without its last byte', zip.subarray(0, -1)],
    ['a tar file cut in a member', tar.subarray(0, 540)],
    ['a tar file cut between members', tar.subarray(0, 1024)],
    ['a tar file with a wrong checksum', Buffer.concat([Buffer.from('?'), tar.subarray(1)])],
    ['a gz file cut in its middle', gzipSync(secret.repeat(50)).subarray(0, 60)],
    ['a gz file with broken data', Buffer.concat([gzipSync(secret).subarray(0, 12), Buffer.alloc(20, 0xff)])],
  ])('%s is never clean', (_name, bytes) => {
    const { skips, isComplete } = read(Buffer.from(bytes));
    expect(isComplete).toBe(false);
    expect(skips.join()).toContain('broken-archive');
  });

  /** What a change makes of a zip file with one member, stored as it is. */
  function changedZip(name: string, change: (copy: Buffer, directory: number) => Buffer | undefined) {
    const copy = makeZip([{ name, content: secret, method: 0 }]);
    return change(copy, copy.readUInt32LE(copy.length - 6)) ?? copy;
  }

  it.each([
    [
      'a zip file whose end says that it has no members',
      changedZip('k', (copy) => void copy.fill(0, copy.length - 14, copy.length - 10)),
    ],
    ['a zip file with an empty one behind it', Buffer.concat([zip, makeZip([])])],
    ['a zip file with text behind it', Buffer.concat([zip, Buffer.from(secret)])],
    [
      'a zip file with a folder that has content, of which it says that it is empty',
      changedZip('s.tx/', (copy, directory) => void copy.writeUInt32LE(0, directory + 24)),
    ],
    ['a tar file behind another', Buffer.concat([makeTar([{ name: 'nothing', content: 'words' }]), tar])],
    [
      'text behind a tar file',
      Buffer.concat([makeTar([{ name: 'nothing', content: '' }]), Buffer.from(secret)]),
    ],
    ['a tar file with a link that has content', makeTar([{ name: 'l', content: secret, type: '1' }])],
    ['a tar file of the oldest format', makeTar([{ name: 'k', content: secret, isOldest: true }])],
    [
      'a gz file behind another, with zeros between them',
      Buffer.concat([gzipSync('nothing\n'), Buffer.alloc(8), gzipSync(secret)]),
    ],
    [
      'text behind the zeros of a gz file',
      Buffer.concat([gzipSync('a\n'), Buffer.alloc(8), Buffer.from(secret)]),
    ],
  ])('%s is read, or the scan is incomplete', (_name, bytes) => {
    const { found, isComplete } = read(Buffer.from(bytes));
    expect([found.length > 0, isComplete]).not.toEqual([false, true]);
  });

  it('zeros behind an archive, the nothing of a folder and the long name of a link are no fault', () => {
    const padding = Buffer.alloc(10_000);
    const archives = [
      Buffer.concat([tar, padding]),
      Buffer.concat([gzipSync(secret), padding]),
      Buffer.concat([gzipSync(secret), padding, gzipSync('words\n'), padding]),
      makeZip([
        { name: 'folder/', content: '' },
        { name: 'k', content: secret },
      ]),
      makeTar([
        { name: '././@LongLink', content: 'target'.repeat(30), type: 'K' },
        { name: 'link', content: '', type: '2' },
        { name: 'k', content: secret },
      ]),
    ];
    for (const one of archives) expect(read(one)).toMatchObject({ skips: [], isComplete: true });
  });

  it('a gz file of very many padded members ends', () => {
    const one = Buffer.concat([gzipSync(''), Buffer.alloc(1)]);
    const { skips } = read(Buffer.concat(Array.from({ length: 5000 }, () => one)));
    expect(skips).toEqual(['outer!/outer: broken-archive']);
  });

  it('a text that begins like an archive of another kind is a text', () => {
    expect(read(Buffer.from(`BZh91AY&SY\n${secret}`)).found).toEqual(['outer']);
    expect(read(Buffer.from('BZh91AY&SY\0\0')).skips).toEqual(['outer: unsupported-archive']);
  });

  it('what a cut archive still has is scanned', () => {
    expect(read(Buffer.from(tar.subarray(0, 1400))).found).toEqual(['outer!/a.env']);
    const cut = gzipSync(`${secret}${'filler line\n'.repeat(5000)}`);
    expect(read(cut.subarray(0, cut.length - 12)).found).toEqual(['outer!/outer']);
  });

  it.each(Array.from({ length: 40 }, (_, i) => i * 7))('cut or changed at byte %i, nothing throws', (at) => {
    for (const whole of [zip, tar, gzipSync(tar)]) {
      const changed = Buffer.from(whole);
      changed[at % whole.length] = 0xff;
      read(changed);
      read(Buffer.from(whole.subarray(0, at)));
    }
  });

  it.each(['gnu', 'pax'])('with sparse files made by tar (%s) are read', (format) => {
    const folder = mkdtempSync(join(tmpdir(), 'sparse-'));
    const path = join(folder, 'image.txt');
    const file = openSync(path, 'w');
    // Its beginning is text without a hole; and there are more parts than the first header has room for.
    writeSync(file, 'words of the first part\n'.repeat(1000), 0);
    for (let part = 1; part < 12; part++) writeSync(file, 'words of one part\n', part * 1_000_000);
    writeSync(file, secret, 12_000_000);
    closeSync(file);
    execFileSync('tar', ['-cSf', 'made.tar', `--format=${format}`, 'image.txt'], { cwd: folder });
    const { found, isComplete } = read(readFileSync(join(folder, 'made.tar')), {}, 'made.tar');
    expect([found.length, isComplete]).toEqual([1, true]);
  });

  it('with members of kinds that are not known are never clean', () => {
    const { skips, isComplete } = read(makeTar([{ name: 'odd', content: secret, type: 'Z' }]));
    expect([skips, isComplete]).toEqual([['outer!/odd: archive-method'], false]);
  });

  it('that are encrypted, or compressed in another way, are reported', () => {
    const { skips, isComplete } = read(
      makeZip([
        { name: 'e', content: secret, isEncrypted: true },
        { name: 'm', content: secret, method: 12 },
      ]),
    );
    expect(skips).toEqual(['outer!/e: encrypted-archive', 'outer!/m: archive-method']);
    expect(isComplete).toBe(false);
  });
});

describe('archives that are bombs', () => {
  it('expand to no more than the limit', () => {
    const bomb = makeZip([{ name: 'zeros', content: Buffer.alloc(3_000_000, 0x20) }]);
    expect(read(bomb).skips).toEqual(['outer!/zeros: archive-too-large']);
    expect(read(gzipSync(Buffer.alloc(3_000_000, 0x20))).skips).toEqual(['outer!/outer: archive-too-large']);
  });

  it('that lie about a size expand to no more either', () => {
    const bomb = makeZip([{ name: 'zeros', content: Buffer.alloc(3_000_000, 0x20) }]);
    // The declared size of the only member, in its directory entry.
    bomb.writeUInt32LE(10, bomb.length - 22 - 46 - 5 + 24);
    expect(read(bomb).skips).toEqual(['outer!/zeros: archive-too-large']);
  });

  it('whose members share one stream spend the same budget', () => {
    const members = Array.from({ length: 30 }, (_, i) => ({ name: `m${i}`, content: 'a '.repeat(100_000) }));
    const { skips, isComplete } = read(makeZip(members), { expandedBytes: 1_000_000 });
    expect(skips.filter((skip) => skip.endsWith('archive-too-large')).length).toBeGreaterThan(20);
    expect(isComplete).toBe(false);
  });

  it('nested in each other end at the depth', () => {
    let nested = Buffer.from(secret);
    for (let i = 0; i < 6; i++) nested = gzipSync(nested);
    expect(read(nested).skips).toEqual(['outer!/outer!/outer!/outer: archive-too-deep']);
  });

  it('of very many members end at the count', () => {
    const members = Array.from({ length: 50 }, (_, i) => ({ name: `m${i}`, content: secret }));
    for (const bytes of [makeZip(members), makeTar(members)]) {
      const { found, skips } = read(bytes, { members: 10 });
      expect([found.length, skips]).toEqual([10, ['outer: archive-too-many']]);
    }
  });

  it('deflate well below the ratio where they are honest text', () => {
    const text = makeTokens(6).body(200_000);
    expect(deflateRawSync(text).length * defaultArchiveLimits.ratio).toBeGreaterThan(text.length);
    expect(read(makeZip([{ name: 't', content: `${text}\n${secret}` }])).found).toEqual(['outer!/t']);
  });
});
