import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkJson, ScratchRepository } from '../testing/scratch-repository.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(404);
const token = tokens.github();
const line = (value = token) => `GITHUB_TOKEN=${value}\n`;

let repository: ScratchRepository;
beforeEach(() => {
  repository = new ScratchRepository();
});
afterEach(() => repository.remove());

describe('where a secret came in, and what holds it', () => {
  test('a history without any', async () => {
    const { code, report } = await checkJson(repository);
    expect([code, report.secrets, report.clean_up, report.situation]).toEqual([0, [], [], 'not-committed']);
    expect((await repository.run(['history', 'check'])).out).toBe(
      'No secret in the history; 1 commit, 1 content searched.\n',
    );
  });

  test('a middle commit that a later one takes back', async () => {
    const came = repository.commit('add', { 'deploy.env': `# settings\n${line()}` });
    repository.commit('other', { 'a.txt': 'a\n' });
    const left = repository.commit('remove', { 'deploy.env': '# settings\n' });
    repository.commit('later', { 'a.txt': 'b\n' });
    const { code, report } = await checkJson(repository);
    expect(code).toBe(1);
    expect(report.secrets).toMatchObject([
      {
        rule_id: 'github-token',
        in_tree: [],
        first: {
          commit: came,
          author_date: expect.stringMatching(/^2026-01-01T12:01:00(?:Z|\+00:00)$/),
          file: 'deploy.env',
          line: 2,
        },
        appears: [{ commit: came }],
        disappears: [{ commit: left }],
        files: ['deploy.env'],
        refs: [{ name: 'refs/heads/main', kind: 'branch', in_newest_state: false }],
        beyond_refs: false,
        pushed: { verdict: 'no', refs: [] },
      },
    ]);
  });

  test('it comes, goes, and comes back elsewhere', async () => {
    const first = repository.commit('add', { 'a.env': line() });
    repository.commit('move', { 'a.env': 'X=1\n', 'deep/b.yaml': `one: 1\n\nsecond: ${token}\n` });
    const gone = repository.commit('remove', { 'deep/b.yaml': 'one: 1\n' });
    const again = repository.commit('back', { 'c.json': JSON.stringify({ note: token }) });
    const [secret] = (await checkJson(repository)).report.secrets;
    expect(secret!.appears.map(({ commit, file }) => [commit, file])).toEqual([
      [first, 'a.env'],
      [again, 'c.json'],
    ]);
    expect(secret!.disappears.map(({ commit }) => commit)).toEqual([gone]);
    expect(secret!.files.sort()).toEqual(['a.env', 'c.json', 'deep/b.yaml']);
    expect(secret!.refs[0]!.in_newest_state).toBe(true);
  });

  test('by its value, where no rule would know it', async () => {
    const password = `${tokens.password()}${tokens.password()}`;
    const early = repository.commit('notes', { 'notes.bin': Buffer.from(`\0\0\u0001${password}\0`) });
    repository.commit('settings', { 'app.ini': `db_password = "${password}"\n` });
    const [secret] = (await checkJson(repository)).report.secrets;
    expect(secret!.first).toMatchObject({ commit: early, file: 'notes.bin' });
    expect(secret!.files).toEqual(['notes.bin', 'app.ini']);
  });

  test.each([
    ['base64', (value: string) => Buffer.from(`user:${value}@host`).toString('base64')],
    ['base64url', (value: string) => Buffer.from(`??>${value}`).toString('base64url')],
    ['hexadecimal', (value: string) => Buffer.from(value).toString('hex').toUpperCase()],
    ['UTF-16', (value: string) => Buffer.from(value, 'utf16le').toString('latin1')],
  ])('in %s', async (_, encode) => {
    const value = tokens.github();
    repository.commit('encoded', { 'blob.dat': Buffer.from(encode(value), 'latin1') });
    repository.commit('plain', { 'a.env': line(value) });
    const [secret] = (await checkJson(repository)).report.secrets;
    expect(secret!.files).toEqual(['blob.dat', 'a.env']);
  });

  test('of a value that the tree has only encoded', async () => {
    const value = tokens.github();
    const plain = repository.commit('plain', { 'old.env': line(value) });
    repository.commit('encoded', {
      'old.env': '',
      'a.yaml': `data: ${Buffer.from(line(value)).toString('base64')}\n`,
    });
    const { report } = await checkJson(repository, '--tree');
    expect(report.secrets).toHaveLength(1);
    expect(report.secrets[0]).toMatchObject({
      first: { commit: plain, file: 'old.env' },
      in_tree: [{ file: 'a.yaml' }],
    });
  });

  test('a private key whose lines end in another way', async () => {
    const pem = tokens.pem('EC PRIVATE KEY', '\n', 200);
    const first = repository.commit('windows', { 'old.txt': `key:\r\n${pem.replaceAll('\n', '\r\n')}\r\n` });
    repository.commit('unix', { 'server.pem': pem });
    const [secret] = (await checkJson(repository, '--tree')).report.secrets;
    expect([secret!.rule_id, secret!.first!.commit]).toEqual(['private-key', first]);
  });

  test('on a branch that is merged, once', async () => {
    repository.git('checkout', '-q', '-b', 'topic');
    const came = repository.commit('add', { 'a.env': line() });
    repository.git('checkout', '-q', 'main');
    repository.commit('meanwhile', { 'b.txt': 'b\n' });
    repository.git('merge', '-q', '--no-ff', '-m', 'merge', 'topic');
    const merged = repository.git('rev-parse', 'HEAD');
    const left = repository.commit('remove', { 'a.env': 'X=1\n' });
    const [secret] = (await checkJson(repository)).report.secrets;
    expect(secret!.appears.map(({ commit }) => commit)).toEqual([came]);
    expect(secret!.disappears.map(({ commit }) => commit)).toEqual([left]);
    expect(merged).not.toBe(came);
    expect(secret!.refs.map(({ name, in_newest_state }) => [name, in_newest_state])).toEqual([
      ['refs/heads/main', false],
      ['refs/heads/topic', true],
    ]);
  });

  test('brought by a merge itself, and lost by one', async () => {
    repository.git('checkout', '-q', '-b', 'topic');
    repository.commit('topic', { 't.txt': 't\n' });
    repository.git('checkout', '-q', 'main');
    repository.commit('main', { 'm.txt': 'm\n' });
    repository.git('merge', '-q', '--no-ff', '--no-commit', 'topic');
    const evil = repository.commit('evil merge', { 'a.env': line() });
    repository.git('checkout', '-q', '-b', 'clean', 'main~1');
    repository.commit('clean', { 'c.txt': 'c\n' });
    repository.git('merge', '-q', '-s', 'ours', '-m', 'ours', 'main');
    const ours = repository.git('rev-parse', 'HEAD');
    const [secret] = (await checkJson(repository)).report.secrets;
    expect(secret!.appears.map(({ commit }) => commit)).toEqual([evil]);
    expect(secret!.disappears.map(({ commit }) => commit)).toEqual([ours]);
  });

  test('only under a tag, and under one that names a file', async () => {
    repository.git('checkout', '-q', '-b', 'gone');
    repository.commit('add', { 'a.env': line() });
    repository.git('tag', '-a', 'v1', '-m', 'one');
    repository.git('checkout', '-q', 'main');
    repository.git('branch', '-q', '-D', 'gone');
    const other = tokens.github();
    repository.write({ '../loose': line(other) });
    repository.git('tag', 'file', repository.git('hash-object', '-w', '../loose'));
    const { report } = await checkJson(repository);
    expect(report.secrets.map(({ refs }) => refs.map(({ name }) => name)).sort()).toEqual([
      ['refs/tags/file'],
      ['refs/tags/v1'],
    ]);
  });

  test('in messages of commits and tags, and in the names of files', async () => {
    const said = repository.commit(`use ${token}`);
    const inTag = tokens.github();
    repository.git('tag', '-a', 'v1', '-m', `signed off with ${inTag}`);
    const inName = tokens.github();
    const named = repository.commit('name', { [`keys/${inName}.txt`]: 'x\n' });
    const { report, out } = await checkJson(repository);
    expect(report.secrets).toHaveLength(3);
    expect(report.secrets.map(({ first }) => first && [first.commit, first.file === null])).toEqual(
      expect.arrayContaining([[said, true], null, [named, false]]),
    );
    for (const value of [token, inTag, inName]) expect(out).not.toContain(value);
  });

  test('stashed, with what is untracked, in any entry', async () => {
    repository.write({ 'new.env': line() });
    repository.git('stash', 'push', '-q', '-u');
    repository.write({ 'README.md': '# other\n' });
    repository.git('stash', 'push', '-q');
    const { code, report } = await checkJson(repository);
    expect([code, report.secrets[0]!.refs.map(({ name }) => name)]).toEqual([1, ['stash@{1}']]);
  });

  test('on a deleted branch: only among all objects', async () => {
    repository.git('checkout', '-q', '-b', 'gone');
    repository.commit('add', { 'a.env': line() });
    repository.git('checkout', '-q', 'main');
    repository.git('branch', '-q', '-D', 'gone');
    expect((await checkJson(repository)).code).toBe(0);
    const { code, report } = await checkJson(repository, '--all-objects');
    expect([code, report.secrets[0]!.refs, report.secrets[0]!.beyond_refs]).toEqual([1, [], true]);
    expect(report.situation).toBe('unreachable');
  });

  test('staged once and never committed: only among all objects', async () => {
    repository.write({ 'a.env': line() });
    repository.git('add', '-A');
    repository.git('rm', '-q', '-f', 'a.env');
    expect((await checkJson(repository)).code).toBe(0);
    expect((await checkJson(repository, '--all-objects')).report.secrets[0]!.beyond_refs).toBe(true);
  });

  test('in an archive', async () => {
    const { gzipSync } = await import('node:zlib');
    repository.commit('archive', { 'backup.gz': gzipSync(line()) });
    const { report } = await checkJson(repository);
    expect(report.secrets[0]!.files).toEqual(['backup.gz']);
  });

  test('a short password counts only where it is used as one', async () => {
    repository.commit('words', { 'words.txt': 'the river, the zebra77 and the sea\n' });
    const uses = repository.commit('uses', { 'app.py': 'db_password = "zebra77"\n' });
    const { report } = await checkJson(repository, '--severity', 'low');
    const found = report.secrets.filter(({ files }) => files.includes('app.py'));
    for (const { appears, files } of found) {
      expect(files).toEqual(['app.py']);
      expect(appears.map(({ commit }) => commit)).toEqual([uses]);
    }
    expect(found.length).toBeGreaterThan(0);
  });
});

describe('whether it was pushed', () => {
  test('a remote-tracking branch leads to it', async () => {
    repository.addRemote();
    repository.commit('add', { 'a.env': line() });
    expect((await checkJson(repository)).report.secrets[0]!.pushed).toEqual({ verdict: 'no', refs: [] });
    repository.push('main:team/main');
    expect((await checkJson(repository)).report.secrets[0]!.pushed).toEqual({
      verdict: 'yes',
      refs: ['refs/remotes/origin/team/main'],
    });
    const { out } = await repository.run(['history', 'check']);
    expect(out).toMatch(/pushed +yes: origin\/team\/main, as of the last fetch, \d{4}-.*Replace it now/);
  });

  test('of a tag nobody knows', async () => {
    repository.addRemote();
    repository.git('checkout', '-q', '--detach');
    repository.commit('add', { 'a.env': line() });
    repository.git('tag', 'v1');
    repository.git('checkout', '-q', 'main');
    expect((await checkJson(repository)).report.secrets[0]!.pushed.verdict).toBe('unknown');
  });
});

describe('which secrets', () => {
  test('by fingerprint, also when the tree no longer has it', async () => {
    repository.commit('two', { 'a.env': line() + line(tokens.github()) });
    const [one, two] = (await checkJson(repository)).report.secrets;
    repository.commit('none', { 'a.env': '\n' });
    const { report } = await checkJson(repository, '--fingerprint', two!.fingerprint!);
    expect(report.secrets.map(({ fingerprint }) => fingerprint)).toEqual([two!.fingerprint]);
    const both = await checkJson(
      repository,
      '--fingerprint',
      one!.fingerprint!,
      '--fingerprint',
      two!.fingerprint!,
    );
    expect(both.report.secrets).toHaveLength(2);
  });

  test('by the id of a finding', async () => {
    repository.commit('one', { 'a.env': line(), 'b.env': line(tokens.github()) });
    const { findings } = JSON.parse((await repository.run(['--json'])).out);
    const { id, file } = findings[1];
    expect((await checkJson(repository, '--finding', id)).report.secrets.map(({ files }) => files)).toEqual([
      [file],
    ]);
    expect((await repository.run(['history', 'check', '--finding', 'SEC-000000000000'])).code).toBe(2);
  });

  test('that nothing has is no secret in the history', async () => {
    const key = `github-token:${createHash('sha256').update('other').digest('hex').slice(0, 24)}:01234567`;
    const { code, out } = await repository.run(['history', 'check', '--fingerprint', key]);
    expect([code, out]).toEqual([
      0,
      'No secret of this name in the work tree or in the history; 1 commit, 1 content searched.\n',
    ]);
    expect((await repository.run(['history', 'check', '--tree'])).out).toMatch(
      /^No secret in the work tree, so none was looked for/,
    );
    const typed = await repository.run(['history', 'check', '--stdin'], ['a value that is nowhere']);
    expect([typed.code, typed.out]).toEqual([
      0,
      expect.stringContaining('\nThe value is not in the history; 1 commit, 1 content searched.'),
    ]);
  });

  test('a value on standard input', async () => {
    const value = 'an ordinary sentence that nobody would take for a secret';
    const came = repository.commit('add', { 'notes.txt': `so: ${value}.\n` });
    const { code, out } = await repository.run(['history', 'check', '--stdin', '--json'], [`${value}\n`]);
    expect(code).toBe(1);
    expect(JSON.parse(out).secrets[0]).toMatchObject({ fingerprint: null, first: { commit: came } });
    expect(out).not.toContain('ordinary sentence');
    expect((await repository.run(['history', 'check', '--stdin'], ['short\n'])).code).toBe(2);
  });

  test('what the allow-list has is not asked for, unless it is named', async () => {
    repository.commit('allowed', { 'a.env': `${line().trim()} # memhold:allow github-token -- of a test\n` });
    expect((await checkJson(repository)).report.secrets).toEqual([]);
    const { report } = await checkJson(repository, '--no-suppressions');
    const { fingerprint } = report.secrets[0]!;
    expect((await checkJson(repository, '--fingerprint', fingerprint!)).code).toBe(1);
  });

  test('the ids of what holds them', async () => {
    repository.commit('one', { 'a.env': line() });
    const { code, out } = await repository.run(['history', 'check', '--blob-ids']);
    expect([code, out]).toEqual([1, `${repository.git('rev-parse', 'HEAD:a.env')}\n`]);
  });
});

describe('what cannot be verified is never clean', () => {
  test('a shallow clone', async () => {
    repository.commit('second', { 'a.txt': 'a\n' });
    const clone = `${repository.root}/shallow`;
    repository.git('clone', '-q', '--depth', '1', `file://${repository.folder}`, clone);
    const { code, out } = await repository.run(['history', 'check'], [], { folder: clone });
    expect(code).toBe(2);
    expect(out).toMatch(/NOT WHOLE: a shallow clone: .*git fetch --unshallow/);
    expect(out).toMatch(/NOT VERIFIED: No secret/);
  });

  test('a partial clone, and objects that are gone', async () => {
    repository.commit('second', { 'a.txt': 'a\n' });
    repository.git('config', 'uploadpack.allowFilter', 'true');
    const clone = `${repository.root}/partial`;
    repository.git(
      'clone',
      '-q',
      '--filter=blob:none',
      '--no-checkout',
      `file://${repository.folder}`,
      clone,
    );
    const { code, out, err } = await repository.run(['history', 'check'], [], { folder: clone });
    expect([code, out + err]).toEqual([2, expect.stringContaining('a partial clone')]);
    const blob = repository.git('rev-parse', 'HEAD:a.txt');
    rmSync(`${repository.folder}/.git/objects/${blob.slice(0, 2)}/${blob.slice(2)}`);
    const broken = await repository.run(['history', 'check']);
    expect([broken.code, broken.out]).toEqual([
      2,
      expect.stringContaining('a.txt: an object that the repository does not have'),
    ]);
  });

  test('no repository, and a wrong command line', async () => {
    const outside = await repository.run(['history', 'check'], [], { folder: repository.root });
    expect([outside.code, outside.err]).toEqual([2, expect.stringMatching(/not a git repository/i)]);
    for (const args of [
      ['check', 'src'],
      ['check', '--fingerprint', 'x'],
      ['check', '--finding', '7'],
      ['check', '--stdin', '--tree'],
      ['check', '--severity', 'huge'],
      ['check', '--blob-ids', '--json'],
      ['look'],
      [],
    ])
      expect([args, (await repository.run(['history', ...args])).code]).toEqual([args, 2]);
  });

  test('submodules are named', async () => {
    const inner = `${repository.root}/inner`;
    repository.git('clone', '-q', repository.folder, inner);
    repository.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'vendor/inner');
    repository.commit('submodule');
    const { report } = await checkJson(repository);
    expect(report.submodules).toEqual(['vendor/inner']);
  });

  test('before the first commit there is nothing', async () => {
    const empty = `${repository.root}/empty`;
    repository.git('init', '-q', empty);
    const { code, out } = await repository.run(['history', 'check'], [], { folder: empty });
    expect([code, out]).toEqual([0, expect.stringContaining('0 commits')]);
  });
});

test('its help has examples', async () => {
  const { code, out } = await repository.run(['history', 'check', '--help']);
  expect([code, out]).toEqual([0, expect.stringContaining('history check --all-objects --json')]);
});
