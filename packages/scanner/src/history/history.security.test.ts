import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkJson, ScratchRepository } from '../testing/scratch-repository.ts';
import { makeTokens } from '../testing/tokens.ts';
import { shellWord } from './shell-words.ts';
import { ValueSearch } from './value-search.ts';

const tokens = makeTokens(406);

let repository: ScratchRepository;
beforeEach(() => {
  repository = new ScratchRepository();
});
afterEach(() => repository.remove());

const outputs = [[], ['--json'], ['--rotation'], ['--all-objects'], ['--tree'], ['--blob-ids']];

describe('a secret is shown nowhere', () => {
  test('not in any output, and not where it is part of a name', async () => {
    const token = tokens.github();
    const password = `${tokens.password()}${tokens.password()}`;
    repository.commit(`use ${token}`, { 'a.env': `GITHUB_TOKEN=${token}\ndb_password = "${password}"\n` });
    repository.commit('names', { [`of ${token}/${password}`]: `${Buffer.from(token).toString('base64')}\n` });
    repository.git('branch', `on-${token}`);
    repository.git('tag', '-a', `v-${token}`, '-m', `is ${password}`);
    repository.addRemote();
    repository.push('main', `on-${token}`);
    const encoded = Buffer.from(token).toString('base64').slice(0, 40);
    for (const flags of outputs) {
      const { code, out, err } = await repository.run(['history', 'check', ...flags]);
      expect(code).toBe(1);
      for (const value of [token, password, encoded]) expect(out + err).not.toContain(value);
    }
  });

  test('not where only its owner knows that it is one', async () => {
    const value = 'correct horse battery staple';
    repository.commit(`${value}!`, { [`${value}/notes.txt`]: `${value}\n` });
    repository.git('branch', value.replaceAll(' ', '-'));
    for (const flags of outputs.filter((one) => one[0] !== '--tree')) {
      const { code, out, err } = await repository.run(['history', 'check', '--stdin', ...flags], [value]);
      expect(code).toBe(1);
      expect(out + err).not.toContain('battery staple');
    }
  });

  test('not in the arguments, the environment or the input of any program', async () => {
    const token = tokens.github();
    repository.commit('add', { 'a.env': `GITHUB_TOKEN=${token}\n` });
    const log = join(repository.root, 'log');
    const bin = join(repository.root, 'bin');
    repository.shell([`mkdir ${bin}`]);
    // The real git, and a word about what it was given.
    const git = repository.shell(['command -v git']).said.trim();
    writeFileSync(
      join(bin, 'git'),
      `#!/bin/sh\nprintf '%s\\n' "$@" >> ${log}\nenv >> ${log}\ncase "$*" in\n*--stdin*|*--batch*) tee -a ${log} | ${git} "$@" ;;\n*) exec ${git} "$@" ;;\nesac\n`,
      { mode: 0o755 },
    );
    const env = { ...repository.env, PATH: `${bin}:${repository.env.PATH}` };
    for (const flags of [[], ['--all-objects']])
      expect((await repository.run(['history', 'check', ...flags], [], { env })).code).toBe(1);
    const typed = await repository.run(['history', 'check', '--stdin'], [token], { env });
    expect(typed.code).toBe(1);
    const told = readFileSync(log, 'utf8');
    expect(told).toContain('diff-tree');
    expect(told).toContain(repository.git('rev-parse', 'HEAD:a.env'));
    expect(told).not.toContain(token);
  });
});

test.skipIf(spawnSync('script', ['--version']).status !== 0)(
  'what is typed in a terminal is not shown',
  async () => {
    const value = tokens.github();
    const came = repository.commit('add', { 'notes.txt': `${value}\n` });
    const bin = fileURLToPath(new URL('../../bin/memhold-scanner.js', import.meta.url));
    // script(1) is a terminal, and says all that it shows.
    const command = `'${process.execPath}' '${bin}' history check --stdin`;
    const terminal = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: repository.folder,
      env: repository.env,
    });
    let shown = '';
    for await (const piece of terminal.stdout) {
      const wasAsked = shown.includes('then Enter:');
      shown += piece;
      // With a wrong last letter, which is taken back.
      if (!wasAsked && shown.includes('then Enter:')) terminal.stdin.write(`${value}x\u007f\r`);
    }
    expect(shown).toContain(came.slice(0, 12));
    expect(shown).not.toContain(value.slice(4));
  },
);

test('names of the repository move no cursor and forge no line', async () => {
  const token = tokens.github();
  const name = 'a\u001b[2J\nNo secret in the history\u202e.env';
  repository.commit('add', { [name]: `GITHUB_TOKEN=${token}\n` });
  for (const flags of outputs) {
    const { out } = await repository.run(['history', 'check', ...flags]);
    expect(out).not.toMatch(/\u001b|\u202e|^No secret/m);
  }
});

test('settings of the repository run nothing', async () => {
  const token = tokens.github();
  repository.commit('add', {
    'a.env': `GITHUB_TOKEN=${token}\n`,
    '.gitattributes': '* diff=evil filter=evil\n',
  });
  const evil = `touch ${join(repository.root, 'pwned')}`;
  // Of a program that is not installed git takes the alias.
  repository.git('config', 'alias.filter-repo', `!${evil}; :`);
  for (const name of [
    'diff.external',
    'diff.evil.textconv',
    'filter.evil.smudge',
    'core.fsmonitor',
    'core.pager',
    'alias.rev-list',
  ])
    repository.git('config', name, evil);
  expect((await repository.run(['history', 'check'])).code).toBe(1);
  expect(repository.shell(['test ! -e ../pwned']).code).toBe(0);
});

describe('what only the policy of the project knows', () => {
  const number = `ACME-${tokens.body(12)}`;
  const rule = {
    ...{ id: 'acme-key', title: 'Acme key', severity: 'critical', keywords: ['ACME-'] },
    ...{ pattern: 'ACME-[A-Za-z0-9]{12}', confidence: 'high', length: { max: 17 } },
    examples: { match: [`ACME-${'a1'.repeat(6)}`], no_match: ['ACME-'] },
  };
  const record = `patient_id: "AB-${4071}-8213"\n`;
  const settings = { custom_patterns: [rule], pii_patterns: ['patient_id'] };

  test('is found, and hidden', async () => {
    const came = repository.commit(`of ${number}`, { 'a.txt': `${number}\n` });
    repository.commit('gone', { 'a.txt': 'a\n', 'b.txt': record });
    repository.commit('guarded', { '.memhold/security.yaml': JSON.stringify(settings) });
    const { code, report } = await checkJson(repository);
    expect(code).toBe(1);
    expect(report.secrets).toMatchObject([{ rule_id: 'acme-key', first: { commit: came } }]);
    for (const flags of outputs)
      expect((await repository.run(['history', 'check', ...flags])).out).not.toContain(number);
    const { out } = await repository.run(['--json']);
    const { fingerprint } = JSON.parse(out).findings.find(
      (one: { rule_id: string }) => one.rule_id === 'regulated-patient-id',
    );
    const named = await checkJson(repository, '--fingerprint', fingerprint);
    expect(named.report.secrets).toMatchObject([{ rule_id: 'regulated-patient-id' }]);
  });

  test('and what an agent that nobody trusted may know, is a gap', async () => {
    repository.commit('agent', { '.memhold/agent.mjs': 'export class ProjectSecurityAgent {}\n' });
    const { code, out, err } = await repository.run(['history', 'check']);
    expect(code).toBe(2);
    expect(out + err).toContain('an agent that nobody trusted');
  });
});

describe('what is looked for', () => {
  const value = fc
    .string({ unit: 'grapheme-ascii', minLength: 20, maxLength: 60 })
    .filter((text) => text.trim() === text);
  const around = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));

  test('is found in every form, wherever it begins', () => {
    fc.assert(
      fc.property(value, around, around, fc.nat(8), (text, before, after, form) => {
        const plain = Buffer.concat([before, Buffer.from(text), after]);
        const whole = [
          plain,
          Buffer.from(plain.toString('base64')),
          Buffer.from(plain.toString('base64url')),
          Buffer.from(plain.toString('hex')),
          Buffer.from(plain.toString('hex').toUpperCase()),
          Buffer.from(text, 'utf16le'),
          Buffer.from(text, 'utf16le').swap16(),
          Buffer.from(JSON.stringify(text)),
          Buffer.from(encodeURIComponent(text)),
        ][form]!;
        const [hit] = new ValueSearch(['another value entirely, 1234', text]).find(whole);
        expect(hit?.value).toBe(1);
      }),
    );
  });

  test('and nothing else', () => {
    fc.assert(
      fc.property(value, fc.uint8Array({ maxLength: 300 }), (text, bytes) => {
        const buffer = Buffer.from(bytes);
        fc.pre(!buffer.includes(text));
        expect(new ValueSearch([text]).find(buffer)).toEqual([]);
      }),
    );
  });

  test('a hundred values take no longer than one', () => {
    const bytes = Buffer.from(tokens.body(4_000_000));
    const time = (values: readonly string[]) => {
      const search = new ValueSearch(values);
      const start = performance.now();
      expect(search.find(bytes)).toEqual([]);
      return performance.now() - start;
    };
    const values = Array.from({ length: 100 }, () => tokens.github());
    time(values);
    expect(time(values)).toBeLessThan(20 * time([values[0]!]) + 500);
  });
});

test('a word for the shell is one word, whatever it says, or is not shown', () => {
  const texts = fc.sample(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), 200);
  const shown = texts.flatMap((text) => {
    const word = shellWord(text);
    return word === undefined ? [] : [{ text, word }];
  });
  expect(shown.length).toBeGreaterThan(50);
  const { said } = repository.shell([`printf '%s\\0' ${shown.map(({ word }) => word).join(' ')}`]);
  expect(said.split('\0').slice(0, -1)).toEqual(shown.map(({ text }) => text.toWellFormed()));
  expect(shellWord('a\u001b[2J')).toBeUndefined();
  expect(shellWord('two\nlines')).toBeUndefined();
});
