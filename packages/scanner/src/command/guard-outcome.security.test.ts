import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trustFile, writeTrusted } from '../custom-rules/trust-store.ts';
import { makeTokens } from '../testing/tokens.ts';
import { modulesOf } from '../trust.ts';
import { framesOf, kindOfFault } from './guard-outcome.ts';

const programs = {
  'memhold-scanner': [join(import.meta.dirname, '../../bin/memhold-scanner.js')],
  memhold: [join(import.meta.dirname, '../../../cli/bin/memhold.js'), 'scan'],
};
const secret = makeTokens(921).github();

/** A folder with a trusted module that does this where it is loaded, and one text. */
async function treeWith(code: string) {
  const folder = mkdtempSync(join(tmpdir(), 'outcome-'));
  mkdirSync(join(folder, '.memhold', 'rules'), { recursive: true });
  writeFileSync(join(folder, 'a'), 'words\n');
  writeFileSync(
    join(folder, '.memhold', 'scan.json'),
    JSON.stringify({ modules: ['./.memhold/rules/badge.mjs'] }),
  );
  writeFileSync(
    join(folder, '.memhold', 'rules', 'badge.mjs'),
    `${code}
export default {
  id: 'badge', title: 'Badge', severity: 'medium', keywords: ['badge-'], maximumLength: 12,
  match: (text, start, end) => (text[end] === '1' ? { start, end: end + 6 } : undefined),
  examples: { match: ['badge-123456'], no_match: ['badge-2'] },
};`,
  );
  return folder;
}

function start(argv: string[], folder: string, command = '"$@"') {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command, 'sh', process.execPath, ...argv], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: folder },
  });
  return { status, stdout, stderr };
}

describe.each(Object.entries(programs))('%s ends with 2', (name, program) => {
  it.each([
    ['throws later', `queueMicrotask(() => { throw new Error('${secret}'); });`, 'Error'],
    ['rejects', `Promise.reject(new TypeError('${secret}'));`, 'TypeError'],
    ['throws what is no error', `queueMicrotask(() => { throw { code: '${secret}' }; });`, 'Error'],
    ['ends the process as if all were well', 'process.exit(0);', 'it was ended early'],
    ['waits for ever', 'await new Promise(() => undefined);', 'it was ended early'],
  ])('where a trusted module %s, and shows nothing of it', async (_case, code, kind) => {
    const folder = await treeWith(code);
    const { modules } = await modulesOf(folder);
    writeTrusted(
      trustFile({ HOME: folder }),
      modules.map(({ sha256, path }) => ({ sha256, path, trustedAt: '2026-11-21T12:00:00.000Z' })),
    );
    const { status, stdout, stderr } = start([...program, 'a'], folder);
    expect([status, stderr]).toEqual([2, expect.stringContaining(`nothing is known (${kind})\n`)]);
    expect(stdout + stderr).not.toContain(secret);
  });

  it.skipIf(!existsSync('/dev/full'))('where its report cannot be written', () => {
    const folder = mkdtempSync(join(tmpdir(), 'outcome-'));
    writeFileSync(join(folder, 'a'), 'words\n');
    const { status, stderr } = start([...program, 'a'], folder, '"$@" > /dev/full');
    expect([status, stderr]).toEqual([2, `${name}: the scan failed, nothing is known (ENOSPC)\n`]);
    expect(start([...program, '--json', 'a'], folder, '"$@" > /dev/full 2> /dev/full').status).toBe(2);
    expect(start([...program, 'a'], folder).status).toBe(0);
  });

  it('where a part of it cannot be loaded', () => {
    const folder = mkdtempSync(join(tmpdir(), 'outcome-'));
    const broken = join(folder, 'broken.mjs');
    // Fails as an import of a file that is not there does.
    writeFileSync(
      broken,
      `import { registerHooks } from 'node:module';
registerHooks({ resolve: (s, c, next) => next(/command[.]ts$|main[.]ts$/.test(s) ? 'file:///gone' : s, c) });`,
    );
    const { status, stderr } = start(['--import', broken, ...program, 'a'], folder);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/cannot start.*\(ERR_MODULE_NOT_FOUND\)/)]);
  });
});

describe('the kind of a fault', () => {
  it('is never in words that somebody else chose', () => {
    const hostile = new Proxy({}, { get: () => { throw new Error(secret); } }); // biome-ignore format: short
    for (const one of [{ code: secret }, { name: secret }, secret, null, undefined, hostile])
      expect(kindOfFault(one)).toBe('Error');
    expect([{ code: 'ENOENT' }, new TypeError('x')].map(kindOfFault)).toEqual(['ENOENT', 'TypeError']);
  });
});

describe('where a fault was', () => {
  it('is told without its message, whatever that holds', () => {
    for (const message of [secret, `a\n    at ${secret} (a.ts:1:1)`, '']) {
      const frames = framesOf(new RangeError(message));
      expect(frames).toMatch(/^ {4}at /);
      expect(frames).not.toContain(secret);
    }
    const hostile = new Proxy({}, { get: () => { throw new Error(secret); } }); // biome-ignore format: short
    for (const one of [
      hostile,
      secret,
      null,
      { stack: secret, message: 'x' },
      { stack: secret, message: '' },
    ])
      expect(framesOf(one)).toBe('');
  });
});
