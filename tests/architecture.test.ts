import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './server-process.ts';
import {
  everything,
  type Import,
  packageOf,
  packages,
  room,
  type Source,
  sources,
  tests,
} from './source-files.ts';

/** Breaks as `file → what it imports`, so that the failure reads like the reason it stands under. */
function breaks(of: readonly Source[], forbidden: (one: Import, source: Source) => boolean): string[] {
  return of.flatMap((source) =>
    source.imports
      .filter((one) => forbidden(one, source))
      .map((one) => `${source.path} → ${one.file ?? one.from}`),
  );
}

/** Rooms that slices stand on, and the ones that compose them; every other room is a slice. */
const FOUNDATION = ['access', 'config', 'database', 'encryption', 'http', 'threads'];
const isSlice = (name: string | undefined) => name !== undefined && !FOUNDATION.includes(name);
const of = (name: string) => sources.filter(({ path }) => packageOf(path) === name);
const server = of('server');
const imported = ({ from, file }: Import) =>
  file === undefined ? /^@memhold\/(\w+)|^(memhold)$/.exec(from)?.slice(1).find(Boolean) : packageOf(file);

test('the battery looked at something', () => {
  expect(sources.length).toBeGreaterThan(120);
  expect(sources.flatMap(({ imports }) => imports).length).toBeGreaterThan(400);
  for (const { path, imports } of sources)
    for (const { file } of imports)
      if (file !== undefined) expect(existsSync(join(ROOT, file)), `${path} → ${file}`).toBe(true);
});

describe('packages are decided by who installs them', () => {
  const allowed: Record<string, string[]> = {
    scanner: [],
    client: [],
    server: ['scanner'],
    cli: ['client', 'scanner', 'server'],
  };
  test.each(Object.entries(allowed))('%s imports only %j of this repository', (name, may) => {
    const wrong = breaks(of(name), (one) => {
      const target = imported(one);
      return target !== undefined && target !== name && target !== 'memhold' && !may.includes(target);
    });
    expect(wrong, 'whoever installs a package would install these with it').toEqual([]);
  });

  test('a package is imported by its name, never by a path into it', () => {
    const wrong = breaks(
      sources,
      ({ file }, { path }) => file !== undefined && packageOf(file) !== packageOf(path),
    );
    expect(wrong, 'published packages have no paths into each other').toEqual([]);
  });

  test('the client imports no package at all, and nothing of Node', () => {
    const wrong = breaks(of('client'), ({ file }) => file === undefined);
    expect(wrong, 'the client has zero dependencies, and runs where fetch is').toEqual([]);
  });

  test('the scanner imports nothing but Node, and what reads YAML where there is a file in YAML', () => {
    const wrong = breaks(of('scanner'), ({ from, file }) => file === undefined && !from.startsWith('node:'));
    expect(wrong, 'it runs in git hooks through npx: every dependency is a download before a push').toEqual([
      'packages/scanner/src/files/read-settings-text.ts → yaml',
    ]);
    const reader = readFileSync(join(ROOT, 'packages/scanner/src/files/read-settings-text.ts'), 'utf8');
    expect(reader, 'it is loaded with the first such file').toContain("await import('yaml')");
    expect(reader).not.toMatch(/^import .* from 'yaml'/m);
  });

  test('what is imported is a declared dependency, and Node is named with node:', () => {
    for (const name of packages) {
      const manifest = JSON.parse(readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8'));
      const declared = Object.keys(manifest.dependencies ?? {});
      const wrong = breaks(of(name), ({ from, file }) => {
        if (file !== undefined || from.startsWith('node:') || from.startsWith(manifest.name)) return false;
        return (
          builtinModules.includes(from) || !declared.some((one) => from === one || from.startsWith(`${one}/`))
        );
      });
      expect(wrong, 'it would be missing where the package is installed').toEqual([]);
    }
  });
});

describe('rooms of the server', () => {
  const DOOR = /[/-](routes|tools)\.ts$/;
  const SERVICE = /\/service\.ts$/;
  const STORE = /\/store\.ts$/;
  const LAYERS: [string, RegExp, RegExp, string][] = [
    ['a door never imports a store', DOOR, STORE, 'the rules, the audit and the screen live in the service'],
    ['a store never imports a service', STORE, SERVICE, 'a store is called, and calls nobody back'],
    ['a store never imports a door', STORE, DOOR, 'a store is called, and calls nobody back'],
    [
      'a service never imports a door',
      SERVICE,
      DOOR,
      'a service does not know which door it was called through',
    ],
  ];
  test.each(LAYERS)('%s', (_, from, to, reason) => {
    const wrong = breaks(
      server.filter(({ path }) => from.test(path)),
      ({ file, typeOnly }) => file !== undefined && to.test(file) && !typeOnly,
    );
    expect(wrong, reason).toEqual([]);
  });

  test('nobody imports the store of a slice but the slice itself', () => {
    const wrong = breaks(server, ({ file = '' }, { path }) => {
      const other = room(file);
      return file.endsWith('/store.ts') && isSlice(other) && room(path) !== other;
    });
    expect(wrong, 'another slice has rules about its rows that only its service keeps').toEqual([]);
  });

  test.each(['access', 'encryption', 'database'])('%s imports no slice', (name) => {
    const own = server.filter(({ path }) => room(path) === name);
    expect(own.length).toBeGreaterThan(2);
    const wrong = breaks(own, ({ file }) => file !== undefined && isSlice(room(file)));
    expect(wrong, 'every slice stands on it: it can stand on none of them').toEqual([]);
  });

  test('http knows no feature', () => {
    const own = server.filter(({ path }) => room(path) === 'http');
    // Types of the audit log pass: every request becomes an event, whatever feature it is for.
    const wrong = breaks(
      own,
      ({ file, typeOnly }) =>
        file !== undefined && isSlice(room(file)) && !(typeOnly && room(file) === 'audit'),
    );
    expect(wrong, 'a feature word in http/ would make every feature pass through it').toEqual([]);
  });

  test("only main.ts starts threads, and they are nobody else's business", () => {
    const outside = server.filter(
      ({ path }) => room(path) !== 'threads' && path !== 'packages/server/src/main.ts',
    );
    const wrong = breaks(outside, ({ file }) => file !== undefined && room(file) === 'threads');
    expect(
      wrong,
      'a slice that knew its thread could not run in a test, or on PostgreSQL, without it',
    ).toEqual([]);
  });

  test('services and stores know no HTTP', () => {
    const own = server.filter(({ path }) => SERVICE.test(path) || STORE.test(path));
    const wrong = breaks(
      own,
      ({ from, file }) =>
        /^(fastify|@fastify\/|node:http)/.test(from) || file?.endsWith('/http/app.ts') === true,
    );
    expect(wrong, 'MCP, mem0 and the proxy call the same services').toEqual([]);
  });

  test('only stores, the ledger and database/ hold SQL', () => {
    const SQL =
      /\bstatement\(|\.prepare(?:<[^(]*>)?\(|\bsql`|\.exec\(\s*['"`](?:BEGIN|COMMIT|ROLLBACK|SELECT|INSERT|UPDATE|DELETE|CREATE)/;
    const wrong = server
      .filter(({ path }) => !/\/store\.ts$|\/database\/|\/audit\/ledger\.ts$/.test(path))
      .filter(({ path, text }) => SQL.test(text.replaceAll(notSql[path] ?? /(?!)/g, '')))
      .map(({ path }) => path);
    expect(wrong, 'what runs on two dialects is found in one kind of file').toEqual([]);
  });

  test('only database/ opens a database', () => {
    const wrong = breaks(
      server,
      ({ from, typeOnly }, { path }) =>
        /^better-sqlite3|^pg$/.test(from) && !typeOnly && room(path) !== 'database',
    );
    expect(wrong, 'one place knows the cipher, the pragmas and who may write').toEqual([]);
  });
});

/** What only looks like SQL, file by file. */
const notSql: Record<string, RegExp> = {
  // Prepares a unit of work from a request: `MemoryWriting` has no connection.
  'packages/server/src/threads/screen.ts': /\bwriting\.prepare\(/g,
};
/** The log's own stream, which is no stray line. */
const logStream: Record<string, RegExp> = {
  'packages/server/src/http/app.ts': /\bstream: process\.stderr\b/g,
};
const CIPHERS =
  /\b(?:create(?:Cipher|Decipher)iv|createSecretKey|hkdf(?:Sync)?|pbkdf2(?:Sync)?|scrypt(?:Sync)?|generateKey(?:Pair)?(?:Sync)?|createPrivateKey|createHmac|diffieHellman|publicEncrypt|privateDecrypt)\b/;
const SIGNING = /\b(?:sign|verify|createSign|createVerify|createPublicKey)\b/;

describe('secrets and settings have few readers', () => {
  const crypto = (of: readonly Source[], names: RegExp) =>
    breaks(
      of,
      (one) =>
        one.from === 'node:crypto' && !one.typeOnly && names.test(one.names.replace(/\btype \w+/g, '')),
    );

  /** The scanner runs without the service: what signs its record of overrides is its own. */
  const recordKey = 'packages/scanner/src/push/record-key.ts';

  test('ciphers and keys are made in encryption/ only', () => {
    const outside = sources.filter(({ path }) => room(path) !== 'encryption' && path !== recordKey);
    expect(crypto(outside, CIPHERS), 'a second place that seals is a second format to break').toEqual([]);
  });

  test('signatures are made and checked by the logs only', () => {
    const ofTheLog = ['note.ts', 'log-signer.ts', 'verify.ts'].map(
      (name) => `packages/server/src/audit/${name}`,
    );
    const allowed = [...ofTheLog, recordKey];
    const outside = sources.filter(({ path }) => !allowed.includes(path) && room(path) !== 'encryption');
    expect(crypto(outside, SIGNING), 'a signature is a promise: few may make one').toEqual([]);
  });

  test('only the configuration reads the environment', () => {
    const CODE = /^(?!\s*(?:\*|\/\/)).*\bprocess\.env\b/m;
    const allowed = /^packages\/server\/src\/config(\.ts|\/)|^packages\/cli\/src\/context\.ts$/;
    const wrong = sources
      .filter(({ path, text }) => !allowed.test(path) && CODE.test(text))
      .map(({ path }) => path);
    expect(wrong, 'a setting that is read elsewhere is neither checked nor masked').toEqual([]);
  });

  test('nothing prints but the command line', () => {
    const CODE = /^(?!\s*(?:\*|\/\/)).*\bconsole\.\w+\(|process\.std(?:out|err)\b/m;
    const wrong = sources
      .filter(({ path }) => packageOf(path) !== 'cli')
      .filter(({ path, text }) => CODE.test(text.replaceAll(logStream[path] ?? /(?!)/g, '')))
      .map(({ path }) => path);
    expect(wrong, 'the log masks what must not be printed; a stray line does not').toEqual([]);
  });
});

describe('shape', () => {
  test('no import cycles', () => {
    const graph = new Map(
      sources.map(({ path, imports }) => [path, imports.flatMap(({ file }) => file ?? [])]),
    );
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: string[]): void => {
      if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      else if (!done.has(path)) {
        for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
        done.add(path);
      }
    };
    for (const path of graph.keys()) visit(path, []);
    expect(cycles, 'of two files in a cycle neither can be read, tested or moved alone').toEqual([]);
  });

  test('no drawers', () => {
    const DRAWER = /\/(utils?|helpers?|common|core|shared|lib|misc)(\/|\.ts$)/;
    const drawers = [...everything, ...tests].filter(({ path }) => DRAWER.test(path));
    expect(
      drawers.map(({ path }) => path),
      'a name that fits anything says nothing',
    ).toEqual([]);
  });

  test('no file over 400 lines', () => {
    const written = [...everything, ...tests].filter(({ text }) => !text.startsWith('// Generated by '));
    const long = written.filter(({ text }) => text.split('\n').length > 401);
    expect(
      long.map(({ path }) => path),
      'split it: one concept a file',
    ).toEqual([]);
  });

  test('barrels stand only at package entries', () => {
    const barrels = everything.filter(
      ({ path }) => /\/index\.ts$/.test(path) && !/^packages\/\w+\/src\/index\.ts$/.test(path),
    );
    expect(
      barrels.map(({ path }) => path),
      'go-to-definition should land on code',
    ).toEqual([]);
  });
});
