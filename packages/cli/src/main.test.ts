import { EventEmitter } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { generateKey } from './commands/security-generate-key.ts';
import type { Context } from './context.ts';
import { buildProgram } from './main.ts';
import { stopSignal } from './signals.ts';
import { ConfigError, made, run, verified } from './testing/run.ts';

function failing(error: unknown) {
  return () => Promise.reject(error);
}

describe('help', () => {
  it('needs no service, and ends with 0', async () => {
    const context = { server: { loadConfig: () => expect.unreachable() } };
    for (const argv of [['--help'], ['help'], ['serve', '--help'], ['help', 'audit', 'verify']]) {
      const { code, out, err, calls } = await run(argv, context);
      expect([code, err, calls]).toEqual([0, '', []]);
      expect(out).toMatch(/^Usage: memhold/);
    }
  });

  it('has examples and the data folder on every command', async () => {
    const paths: string[][] = [];
    const walk = (command: Command, path: string[]) => {
      paths.push(path);
      for (const child of command.commands) walk(child, [...path, child.name()]);
    };
    walk(buildProgram({} as Context), []);
    expect(paths.length).toBeGreaterThan(24);
    for (const path of paths) {
      const { out } = await run([...path, '--help']);
      expect(out, path.join(' ')).toMatch(/\nExamples:\n {2}\S/);
      expect(out, path.join(' ')).toContain('--data-dir');
    }
  });

  it('explains the command that was asked for, at any depth', async () => {
    expect((await run(['help', 'audit', 'verify'])).out).toMatch(/^Usage: memhold audit verify/);
    expect((await run(['help', 'audit', 'nonsense'])).code).toBe(2);
  });
});

describe('usage errors', () => {
  it.each([
    [['srve'], "memhold: unknown command 'srve' (Did you mean serve?) — see memhold --help"],
    [
      ['serve', '--prot', '1'],
      "memhold: unknown option '--prot' (Did you mean --port?) — see memhold serve --help",
    ],
    [
      ['audit', 'export'],
      "memhold: required option '--out <file>' not specified — see memhold audit export --help",
    ],
    [['audit', 'verify'], "memhold: missing required argument 'file' — see memhold audit verify --help"],
    [['version', 'x'], /too many arguments/],
  ])('%j end with 2 and one line', async (argv, message) => {
    const { code, out, err } = await run(argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err.split('\n')).toHaveLength(1);
  });

  it('a group without a command shows its help on standard error', async () => {
    for (const argv of [[], ['audit'], ['security'], ['users'], ['keys']]) {
      const { code, out, err } = await run(argv);
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(/^Usage: memhold/);
    }
  });
});

describe('failures', () => {
  const failure = (code: string, message: string) => Object.assign(new Error(message), { code });

  it('of the service are shown as it words them', async () => {
    const startServer = failing(
      failure('port_in_use', 'port 8002 is in use — choose another with MEMHOLD_PORT'),
    );
    const { code, out, err } = await run(['serve'], { server: { startServer } });
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe('memhold: port 8002 is in use — choose another with MEMHOLD_PORT');
  });

  it('of the settings are one line each, naming the flag where one was used', async () => {
    const loadConfig = () => {
      throw new ConfigError(['MEMHOLD_PORT must be a number', 'MEMHOLD_HOST must be an address']);
    };
    const { code, err } = await run(['serve', '--port', 'x'], { server: { loadConfig } });
    expect(code).toBe(1);
    expect(err).toBe('memhold: --port must be a number\nmemhold: MEMHOLD_HOST must be an address');
  });

  it('of the system name the path and what to do', async () => {
    const error = Object.assign(new Error('ENOENT'), {
      code: 'ENOENT',
      syscall: 'open',
      path: 'audit.jsonl',
    });
    const { err } = await run(['audit', 'verify', 'audit.jsonl'], {
      server: { verifyExport: failing(error) },
    });
    expect(err).toBe('memhold: audit.jsonl: no such file or folder — check the path');
  });

  it('have a stack only on request', async () => {
    const server = { startServer: failing(new Error('boom', { cause: new Error('fuse') })) };
    const quiet = await run(['serve'], { server });
    expect(quiet.err).toBe(
      'memhold: unexpected error: boom — run it again with MEMHOLD_LOG_LEVEL=debug to see where',
    );
    const debug = await run(['serve'], { server, env: { MEMHOLD_LOG_LEVEL: 'debug' } });
    expect(debug.err).toMatch(/\n {4}at (?:.|\n)*caused by Error: fuse/);
  });
});

describe('serve', () => {
  it('says where it listens, and closes when asked to stop', async () => {
    const { code, out, calls } = await run(['serve']);
    expect(code).toBe(0);
    expect(out).toBe(
      'The admin password is in /data/admin-password\nmemhold listening on http://127.0.0.1:4321',
    );
    expect(calls.map(([name]) => name)).toEqual(['loadConfig', 'startServer', 'close']);
  });

  it('stays until then', async () => {
    const { promise: stop, resolve } = Promise.withResolvers<void>();
    let ended = false;
    const running = run(['serve'], { stop }).then((result) => {
      ended = true;
      return result;
    });
    await new Promise((later) => setTimeout(later, 30));
    expect(ended).toBe(false);
    resolve();
    expect((await running).code).toBe(0);
  });

  it('lets its flags win over the environment, before and after the command', async () => {
    const env = { MEMHOLD_HOST: 'localhost', MEMHOLD_LOG_LEVEL: 'warn' };
    const argv = ['--data-dir', 'd', 'serve', '--host', '::1', '--port', '0'];
    const expected = { ...env, MEMHOLD_HOST: '::1', MEMHOLD_PORT: '0', MEMHOLD_DATA_DIR: 'd' };
    expect((await run(argv, { env })).calls[0]).toEqual(['loadConfig', expected]);
    const after = await run(['serve', '--data-dir', 'd', '--host', '::1', '--port', '0'], { env });
    expect(after.calls[0]).toEqual(['loadConfig', expected]);
  });

  it('stops at the first signal, and exits at once at a later one, but not at a copy of the first', async () => {
    const source = new EventEmitter();
    const exits: number[] = [];
    const stopped = stopSignal(source, (code) => void exits.push(code));
    source.emit('SIGINT');
    source.emit('SIGINT');
    await stopped;
    expect(exits).toEqual([]);
    await new Promise((later) => setTimeout(later, 550));
    source.emit('SIGTERM');
    expect(exits).toEqual([143]);
  });
});

describe('init', () => {
  it('says where everything is and shows how to connect', async () => {
    const { code, out } = await run(['init']);
    expect(code).toBe(0);
    for (const path of [made.dataDir, made.keyFile, made.adminPasswordFile, made.apiKeyFile])
      expect(out).toContain(path);
    expect(out).toContain(`new MemoryClient({ host: "http://127.0.0.1:8002", apiKey: "mh_live_abc" })`);
    expect(out).toContain(`MemoryClient(host="http://127.0.0.1:8002", api_key="mh_live_abc")`);
    expect(out).toContain('memhold mcp install claude-code');
    const start = out.indexOf('{\n    "mcpServers"');
    const { mcpServers } = JSON.parse(out.slice(start, out.indexOf('\n  }\n', start) + 4));
    expect(mcpServers.memhold.headers.Authorization).toBe('Bearer mh_live_abc');
  });

  it('says that nothing changed the second time', async () => {
    const initialise = async () => ({ ...made, adminPasswordFile: undefined, created: false });
    const { out } = await run(['init'], { server: { initialise } });
    expect(out).toMatch(/^Memhold was set up in \/data\/memhold before: nothing was changed/);
    expect(out).not.toContain('admin password');
  });

  it('prints JSON', async () => {
    const { out } = await run(['init', '--json']);
    expect(JSON.parse(out)).toEqual({ ...made, url: 'http://127.0.0.1:8002' });
  });
});

describe('audit export', () => {
  it('writes to the file and prints the key', async () => {
    const { code, out, calls } = await run(['audit', 'export', '--out', 'a.jsonl', '--data-dir', 'd']);
    expect(code).toBe(0);
    expect(out).toContain('Exported 3 events to a.jsonl\nPublic key: PUB');
    expect(calls[0]).toEqual(['loadConfig', { MEMHOLD_DATA_DIR: 'd' }]);
    expect(calls[1]?.[2]).toBe('a.jsonl');
  });

  it('keeps standard output clean when that is the export', async () => {
    const { out, err, calls, stdout } = await run(['audit', 'export', '--out', '-', '--json']);
    expect(out).toBe('');
    expect(JSON.parse(err)).toEqual({ file: null, size: 3, key: 'PUB' });
    expect(calls[1]?.[2]).toBe(stdout);
  });
});

describe('audit verify', () => {
  const folder = mkdtempSync(join(tmpdir(), 'memhold-cli-'));
  const note = join(folder, 'checkpoint.txt');
  writeFileSync(note, 'memhold\n3\nabc\n');

  it('reports what is proven and what is not', async () => {
    const { code, out, calls } = await run(['audit', 'verify', 'a.jsonl']);
    expect(code).toBe(0);
    expect(calls).toEqual([['verifyExport', 'a.jsonl', {}]]);
    expect(out).toBe(
      'a.jsonl: 1,234 events, verified\nroot cm9vdA==\nkey  memhold+1234+abc\n\n' +
        'Proven:\n  + every event is in the tree\n\nNot proven:\n  ? who signed it: give --key',
    );
  });

  it('passes the key and the text of the checkpoint', async () => {
    const { calls } = await run(['audit', 'verify', 'a.jsonl', '--key', 'PUB', '--checkpoint', note]);
    expect(calls[0]?.[2]).toEqual({ key: 'PUB', checkpoint: 'memhold\n3\nabc\n' });
  });

  it('fails with the problems by index, without obeying what a hostile export wrote', async () => {
    const problems = [
      { index: 17, code: 'edited', message: 'changed\u001b[2J\nroot verified\u202e' },
      { index: 20, last: 23, code: 'leaf-missing', message: 'missing' },
      { code: 'truncated', message: 'ends early' },
    ];
    const verifyExport = async () => ({ ...verified, ok: false, problems, problemCount: 1003 });
    const { code, out } = await run(['audit', 'verify', 'a.jsonl'], { server: { verifyExport } });
    expect(code).toBe(1);
    expect(out).toContain('NOT verified');
    expect(out).toContain(
      'Problems (1,003):\n  ! event 17: changed [2J root verified (edited)\n  ! events 20 to 23: missing (leaf-missing)\n  ! ends early (truncated)\n  … and 1,000 more',
    );
    const json = await run(['audit', 'verify', 'a.jsonl', '--json'], { server: { verifyExport } });
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, problemCount: 1003 });
  });

  it('names a checkpoint that is missing', async () => {
    const { code, err } = await run(['audit', 'verify', 'a.jsonl', '--checkpoint', join(folder, 'none')]);
    expect(code).toBe(1);
    expect(err).toMatch(/none: no such file or folder — check the path$/);
  });

  it('uses colours only where they are wanted', async () => {
    expect((await run(['audit', 'verify', 'a'], { colours: true })).out).toContain('\u001b[32mverified');
    expect((await run(['audit', 'verify', 'a'])).out).not.toContain('\u001b');
  });
});

describe('security generate-key', () => {
  it('prints 64 letters and digits, never the same', async () => {
    const keys = await Promise.all([1, 2, 3].map(async () => (await run(['security', 'generate-key'])).out));
    for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9]{64}$/);
    expect(new Set(keys).size).toBe(3);
  });

  it('avoids what checks of keys take for placeholders', () => {
    for (let i = 0; i < 200; i++) expect(generateKey()).not.toMatch(/test|demo|example|password|123456/i);
  });

  it('prints JSON', async () => {
    expect(JSON.parse((await run(['security', 'generate-key', '--json'])).out).key).toHaveLength(64);
  });
});

describe('version', () => {
  it('prints the package version', async () => {
    const { out } = await run(['version']);
    expect(out).toMatch(/^memhold \d+\.\d+\.\d+/);
    expect(JSON.parse((await run(['version', '--json'])).out)).toMatchObject({
      version: out.slice('memhold '.length),
    });
  });
});
