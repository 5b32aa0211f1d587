import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRequest } from '../command/request.ts';
import { type ScanOrder, setUp } from '../command/scan-setup.ts';
import type { LoadedSettings } from '../command/settings-files.ts';
import { Intake } from '../files/intake.ts';
import { PathList } from '../files/path-list.ts';
import { runJson } from '../testing/run-scan.ts';
import { makeTokens } from '../testing/tokens.ts';
import { scanFilesTogether } from './scan-files-together.ts';

const tokens = makeTokens(58);

/** Many small files, some with secrets, one that suppresses, one that is no UTF-8, one that is not there. */
function makeTree(count: number) {
  const folder = mkdtempSync(join(tmpdir(), 'threads-'));
  const paths = new PathList();
  const allow = ['memhold', 'allow'].join(':');
  for (let i = 0; i < count; i++) {
    const path = join(folder, `f${i}`);
    if (i % 3 === 0) writeFileSync(path, `a = 1\ntoken = ${tokens.github()}\n${tokens.email()}\n`);
    else if (i % 7 === 0)
      writeFileSync(path, `k = ${tokens.slackBot()} # ${allow} slack-token -- of a test\n`);
    else if (i % 11 === 0) writeFileSync(path, Buffer.from(`schl\xfcssel ${i}`, 'latin1'));
    else if (i % 13 !== 0) writeFileSync(path, `plain words ${i}\n`);
    paths.add(path);
  }
  return { folder, paths };
}

/** @param changed what the other threads are told in place of the truth */
async function scanned(
  { folder, paths }: ReturnType<typeof makeTree>,
  helpers: number,
  changed: Partial<ScanOrder> = {},
) {
  const own: ScanOrder = { request: readRequest([], {}), folder, today: '2026-11-22', settings: undefined };
  const { intake: options } = await setUp(own);
  const intake = new Intake(options);
  const losses: string[] = [];
  const never = new Int32Array(new SharedArrayBuffer(4));
  await scanFilesTogether({
    paths,
    order: own,
    orderOfHelpers: { ...own, ...changed },
    options,
    intake,
    helpers,
    // The others get time to start, however busy the machine is.
    onProgress: () => void (helpers > 0 && losses.length === 0 && Atomics.wait(never, 0, 0, 30)),
    onLoss: (reason) => losses.push(reason),
  });
  const { findings, skips, latin1, files, bytes, isComplete } = intake;
  return { result: { findings: [...findings], skips, latin1, files, bytes, isComplete }, losses };
}

describe('several threads', () => {
  it('find the same as one, in the same order', async () => {
    const tree = makeTree(500);
    const [alone, together] = [await scanned(tree, 0), await scanned(tree, 2)];
    expect(together).toMatchObject({ result: alone.result, losses: [] });
    expect(alone.result.findings.length).toBeGreaterThan(300);
    expect(alone.result.skips.length).toBeGreaterThan(10);
    expect(together.result.files).toBe(500);
  });

  it('that cannot start leave everything to the first', async () => {
    const tree = makeTree(60);
    // Of settings that are none a thread makes no scanner.
    const { result, losses } = await scanned(tree, 1, { settings: {} as LoadedSettings });
    expect(losses).toHaveLength(1);
    expect(result).toEqual((await scanned(tree, 0)).result);
  });

  it('that die with a part of the list make the scan incomplete, and every file of it is named', async () => {
    const tree = makeTree(3000);
    // A folder that is none lets a thread fail at its first file, after it has claimed a part.
    const { result, losses } = await scanned(tree, 1, { folder: 1 as unknown as string });
    expect(losses).toHaveLength(1);
    expect([result.isComplete, result.files]).toEqual([false, 3000]);
    const failed = result.skips.filter(({ reason }) => reason === 'failed').map(({ place }) => place.path);
    expect(failed.length).toBeGreaterThan(0);
    const first = Number(failed[0]!.slice(1));
    expect(failed).toEqual(failed.map((_, i) => `f${first + i}`));
    const scannedFiles = new Set(result.findings.map(({ place }) => place.path));
    expect(failed.filter((path) => scannedFiles.has(path))).toEqual([]);
  });
});

describe('the command', () => {
  it('scans a tree of some megabytes as it scans its parts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'threads-'));
    const filler = `${'let words = here;\n'.repeat(60_000)}token = `;
    for (let i = 0; i < 5; i++) writeFileSync(join(folder, `f${i}`), `${filler}${tokens.github()}\n`);
    const { code, report } = await runJson(folder, []);
    const places = report.findings.map(({ file, line }) => `${file}:${line}`);
    expect([code, places]).toEqual([1, [0, 1, 2, 3, 4].map((i) => `f${i}:60001`)]);
    expect(report.summary).toMatchObject({ total_files: 5, scanned_files: 5 });
  });
});
