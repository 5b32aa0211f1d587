import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Fakes, run } from '../testing/run.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'memhold-hosts-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const settings = { dataDir: '/srv/memhold/data', keyFile: '/srv/memhold/data.key' };
const asking = (answer: string, questions: string[] = []): NonNullable<Fakes['ask']> => {
  return async (question) => {
    questions.push(question);
    return answer;
  };
};
const memhold = (args: string[], fakes: Fakes & { config?: object } = {}) =>
  run(['mcp', ...args], {
    ...fakes,
    env: { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), ...fakes.env },
    server: { loadConfig: () => ({ ...settings, ...fakes.config }), ...fakes.server },
  });
const claude = () => join(home, '.claude.json');
const text = (path: string) => readFileSync(path, 'utf8');
const mode = (path: string) => statSync(path).mode & 0o777;

const theirs =
  '{\n  "theme": "dark",\n  "mcpServers": {\n    "other": { "env": { "KEY": "s3cret" } }\n  }\n}\n';

describe('memhold mcp install', () => {
  it('shows the lines that it adds, and no line that was there; asks; keeps a backup and the mode', async () => {
    writeFileSync(claude(), theirs);
    chmodSync(claude(), 0o664);
    const questions: string[] = [];
    const { code, out } = await memhold(['install', 'claude-code', '--user', 'ada'], {
      ask: asking('y', questions),
    });
    expect([code, questions]).toEqual([0, ['Make this change? [y/N] ']]);
    const shown = out;
    expect(shown).toContain('+    "memhold": {');
    expect(shown).not.toMatch(/theme|s3cret/);
    expect(JSON.parse(text(claude()))).toEqual({
      theme: 'dark',
      mcpServers: {
        other: { env: { KEY: 's3cret' } },
        memhold: {
          type: 'stdio',
          command: process.execPath,
          args: [process.argv[1], 'mcp', '--data-dir', settings.dataDir, '--user', 'ada'],
        },
      },
    });
    expect(text(`${claude()}.before-memhold`)).toBe(theirs);
    expect([mode(claude()), mode(`${claude()}.before-memhold`)]).toEqual([0o664, 0o664]);
  });

  it.each([
    ['claude-code', '.claude.json'],
    ['cursor', '.cursor/mcp.json'],
    ['vscode', process.platform === 'linux' ? '.config/Code/User/mcp.json' : ''],
  ])(
    'and uninstall give %s’s file back byte for byte, or no file where there was none',
    async (host, file) => {
      if (file === '') return;
      const path = join(home, file);
      expect((await memhold(['install', host, '--yes'])).code).toBe(0);
      expect(mode(path)).toBe(0o600);
      expect((await memhold(['uninstall', host, '--yes'])).code).toBe(0);
      expect(existsSync(path)).toBe(false);
      for (const before of [
        '',
        '{}',
        '{ }\n',
        '{"mcpServers":{},"servers":{\r\n}}',
        '// mine\n{\n\t"a": 1, // b\n}',
      ]) {
        writeFileSync(path, before);
        expect((await memhold(['install', host, '--yes'])).code).toBe(0);
        expect(text(path)).not.toBe(before);
        expect((await memhold(['uninstall', host, '--yes'])).code).toBe(0);
        expect(text(path)).toBe(before);
        expect(existsSync(`${path}.before-memhold`)).toBe(false);
      }
    },
  );

  it('of a file in one line it shows its own part only', async () => {
    const one = '{"mcpServers":{"other":{"env":{"KEY":"s3cret"}}},"token":"s3cret"}';
    writeFileSync(claude(), one);
    const installed = await memhold(['install', 'claude-code', '--yes']);
    expect(installed.out).toContain('"memhold"');
    const changed = await memhold(['install', 'claude-code', '--yes', '--user', 'ada']);
    expect(changed.out).toContain('"ada"');
    const undone = await memhold(['uninstall', 'claude-code', '--yes']);
    expect(undone.out).toContain('"memhold"');
    for (const { out } of [installed, changed, undone]) expect(out).not.toMatch(/s3cr|cret/);
    expect(text(claude())).toBe(one);
  });

  it.each([
    ['claude-code', '.mcp.json', 'mcpServers'],
    ['cursor', '.cursor/mcp.json', 'mcpServers'],
    ['vscode', '.vscode/mcp.json', 'servers'],
  ])('--project: %s’s file of this folder, without what is this machine’s', async (host, file, key) => {
    const project = join(home, 'project');
    mkdirSync(project);
    const back = process.cwd();
    process.chdir(project);
    try {
      const { code, out } = await memhold(['install', host, '--project', '--yes']);
      expect([code, out]).toEqual([0, expect.stringContaining(`memhold mcp uninstall ${host} --project`)]);
      const entry = JSON.parse(text(join(project, file)))[key].memhold;
      expect(entry).toEqual({ type: 'stdio', command: 'memhold', args: ['mcp'] });
      expect(readdirSync(home)).toEqual(['project']);
      await memhold(['install', host, '--project', '--yes', '--data-dir', 'here']);
      expect(JSON.parse(text(join(project, file)))[key].memhold.args).toContain('--data-dir');
      expect((await memhold(['uninstall', host, '--yes'])).out).toContain('does not know Memhold');
      expect((await memhold(['uninstall', host, '--project', '--yes'])).code).toBe(0);
      expect(existsSync(join(project, file))).toBe(false);
    } finally {
      process.chdir(back);
    }
  });

  it('a link in the place of its unfinished file is not written through', async () => {
    const victim = join(home, 'victim');
    writeFileSync(victim, 'mine');
    chmodSync(victim, 0o644);
    writeFileSync(claude(), theirs);
    for (const path of [claude(), `${claude()}.before-memhold`])
      symlinkSync(victim, `${path}.${process.pid}.tmp`);
    expect((await memhold(['install', 'claude-code', '--yes'])).code).toBe(0);
    expect([text(victim), statSync(victim).mode & 0o777]).toEqual(['mine', 0o644]);
    expect(JSON.parse(text(claude())).mcpServers.memhold).toBeDefined();
  });

  it('what is no file of a sensible size is left alone', async () => {
    mkdirSync(claude());
    expect((await memhold(['install', 'claude-code', '--yes'])).err).toContain('is no file');
    rmSync(claude(), { recursive: true });
    writeFileSync(claude(), theirs);
    truncateSync(claude(), 5_000_000);
    expect((await memhold(['install', 'claude-code', '--yes'])).err).toContain('4 MiB');
  });

  it.runIf(process.getuid?.() === 0)(
    'root takes no file away from its owner, and makes none in their folder',
    async () => {
      writeFileSync(claude(), theirs);
      chownSync(claude(), 12345, 12345);
      const { code, err } = await memhold(['install', 'claude-code', '--yes']);
      expect([code, err, text(claude())]).toEqual([1, expect.stringContaining('id 12345'), theirs]);
      rmSync(claude());
      chownSync(home, 12345, 12345);
      expect((await memhold(['install', 'cursor', '--yes'])).code).toBe(1);
      expect(readdirSync(home)).toEqual([]);
    },
  );

  it('a variable that is set to nothing names no folder', async () => {
    const env = { CLAUDE_CONFIG_DIR: '', XDG_CONFIG_HOME: '' };
    const { code } = await memhold(['install', 'claude-code', '--yes'], { env });
    expect([code, existsSync(claude())]).toEqual([0, true]);
  });

  it('uninstall undoes its own change only, whatever else was changed since', async () => {
    writeFileSync(claude(), theirs);
    await memhold(['install', 'claude-code', '--yes']);
    writeFileSync(claude(), text(claude()).replace('"dark"', '"light"'));
    await memhold(['uninstall', 'claude-code', '--yes']);
    expect(text(claude())).toBe(theirs.replace('"dark"', '"light"'));
    const again = await memhold(['uninstall', 'claude-code', '--yes']);
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('stays as it is')]);
  });

  it('a second install changes nothing; one with other settings replaces the entry, and the first backup stays', async () => {
    writeFileSync(claude(), theirs);
    await memhold(['install', 'claude-code', '--yes']);
    const once = text(claude());
    const again = await memhold(['install', 'claude-code']);
    expect([again.code, text(claude())]).toEqual([0, once]);
    await memhold(['install', 'claude-code', '--yes', '--user', 'ada']);
    expect(text(claude())).not.toBe(once);
    await memhold(['uninstall', 'claude-code', '--yes']);
    expect(text(claude())).toBe(theirs);
  });

  it.each([
    ['no', asking('n')],
    ['nothing', asking('')],
    ['nobody there to ask', undefined],
  ])('the answer %s: shows the change, makes none, and ends with 1', async (_name, ask) => {
    writeFileSync(claude(), theirs);
    const { code, out, err } = await memhold(['install', 'claude-code'], ask ? { ask } : {});
    expect([code, text(claude()), existsSync(`${claude()}.before-memhold`)]).toEqual([1, theirs, false]);
    expect(out).toContain('+    "memhold"');
    expect(err).toContain('Nothing was changed');
  });

  it('writes no secret: a server’s key and a passphrase are names of variables in the host’s own spelling', async () => {
    const token = 'mh_live_very_secret';
    for (const [host, file, reference] of [
      ['claude-code', '.claude.json', `\${MEMHOLD_TOKEN}`],
      ['cursor', '.cursor/mcp.json', `\${env:MEMHOLD_TOKEN}`],
    ] as const) {
      const env = { MEMHOLD_TOKEN: token };
      const { code } = await memhold(['install', host, '--yes', '--url', 'https://m.example/'], { env });
      const written = text(join(home, file));
      expect([code, written.includes(token)]).toEqual([0, false]);
      expect(JSON.parse(written).mcpServers.memhold).toEqual({
        type: 'http',
        url: 'https://m.example/mcp',
        headers: { Authorization: `Bearer ${reference}` },
      });
    }
    rmSync(claude());
    await memhold(['install', 'claude-code', '--yes'], {
      config: { passphrase: 'correct horse battery', keyFile: undefined },
    });
    expect(JSON.parse(text(claude())).mcpServers.memhold.env).toEqual({
      MEMHOLD_PASSPHRASE: `\${MEMHOLD_PASSPHRASE}`,
    });
    expect((await memhold(['install', 'cursor', '--token', token, '--url', 'https://m.example'])).code).toBe(
      2,
    );
    expect((await memhold(['install', 'cursor', '--url', 'http://m.example'])).code).toBe(2);
  });

  it('a file that somebody changes while the question stands is left alone', async () => {
    writeFileSync(claude(), theirs);
    const ask = async () => {
      writeFileSync(claude(), '{}');
      return 'y';
    };
    const { code, err } = await memhold(['install', 'claude-code'], { ask });
    expect([code, err, text(claude())]).toEqual([1, expect.stringContaining('run it again'), '{}']);
  });

  it('a link stays a link, and what it leads to is edited', async () => {
    mkdirSync(join(home, 'dotfiles'));
    const real = join(home, 'dotfiles', 'claude.json');
    writeFileSync(real, theirs);
    symlinkSync(real, claude());
    await memhold(['install', 'claude-code', '--yes']);
    expect(text(real)).toContain('"memhold"');
    await memhold(['uninstall', 'claude-code', '--yes']);
    expect(text(claude())).toBe(theirs);
    rmSync(claude());
    expect(text(real)).toBe(theirs);
  });

  it.each([
    ['{ "mcpServers": ', /line 1 cannot be read/],
    ['{ "mcpServers": { "memhold": { "command": "theirs" } } }', /not Memhold's/],
    [Buffer.from([0x7b, 0xff, 0x7d]), /not UTF-8/],
  ])('a file that it cannot edit stays as it is: %s', async (before, reason) => {
    writeFileSync(claude(), before);
    const { code, err } = await memhold(['install', 'claude-code', '--yes']);
    expect([code, err]).toEqual([1, expect.stringMatching(reason)]);
    expect(readFileSync(claude())).toEqual(Buffer.from(before));
  });

  it('what a hostile file holds does not reach the terminal as control characters', async () => {
    writeFileSync(claude(), '{ "mcpServers": { "memhold": { "args": ["mcp"], "x": "\u009b31m\u202e" } } }');
    const { out } = await memhold(['install', 'claude-code', '--yes']);
    expect(out).not.toMatch(/[\u0080-\u009f\u202a-\u202e]/);
  });

  it('a host that it does not know is a usage error that names those it does', async () => {
    const { code, err } = await memhold(['install', 'emacs']);
    expect([code, err]).toEqual([2, expect.stringContaining('claude-code, cursor, vscode')]);
  });
});
