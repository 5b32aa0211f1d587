// How fast the scanner is: its engine on texts in memory, the whole command on the same source tree beside other
// scanners, its start, hostile texts, and the screen of a memory.   npm run bench:scan [-- --quick] [--engine]
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createScanner, rules, scan } from '../packages/scanner/src/index.ts';
import { hostileUnits } from './scan-hostile.ts';
import { peers } from './scan-peers.ts';
import { Texts } from './texts.ts';

const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 3 : 7;
const TREE_BYTES = (quick ? 10 : 30) * 2 ** 20;
const root = fileURLToPath(new URL('../', import.meta.url));
/** Source trees that every clone has: typed and untyped code, JSON and documentation. */
const TREES = [
  'packages',
  'tests',
  'docs',
  'node_modules/zod',
  'node_modules/fastify',
  'node_modules/kysely',
].concat(
  ['node_modules/@modelcontextprotocol', 'node_modules/mem0ai', 'node_modules/typescript/lib'],
  ['node_modules/vite', 'node_modules/vitest', 'node_modules/openai', 'node_modules/lodash'],
);
const SOURCE = /\.(?:[cm]?[jt]s|json|md|ya?ml|py)$/;
const OTHER_TREES: readonly (readonly [what: string, from: string, pattern: RegExp])[] = [
  ['minified JavaScript', join(root, 'node_modules'), /\.min\.[cm]?js$|\.umd\.js$/],
  ['JSON', join(root, 'node_modules'), /\.json$/],
  ['Python', '/usr/lib/python3', /\.py$/],
  ['Python', '/usr/lib/python3.11', /\.py$/],
  ['Go', '/usr/local/go/src', /\.go$/],
  ['logs', '/var/log', /\.log$/],
];
const LARGEST_FILE = 2 ** 20;
const BIN = join(root, 'packages/cli/bin/memhold.js');

const folder = mkdtempSync(join(tmpdir(), 'memhold-bench-scan-'));
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const rows: string[][] = [];
function report(...row: [what: string, measured: string, against: string]): void {
  rows.push(row);
  console.error(row.join('; '));
}

/** Copies sources into one tree, so that every scanner reads the same bytes. */
function makeTree(): { tree: string; texts: string[]; bytes: number } {
  const tree = join(folder, 'tree');
  const texts: string[] = [];
  let bytes = 0;
  for (const from of TREES) {
    for (const name of readdirSync(join(root, from), { recursive: true, encoding: 'utf8' })) {
      const path = join(root, from, name);
      if (bytes >= TREE_BYTES || !SOURCE.test(name) || /(?:^|\/)(?:node_modules|dist)\//.test(name)) continue;
      const stats = statSync(path, { throwIfNoEntry: false });
      if (!stats?.isFile() || stats.size > LARGEST_FILE) continue;
      const to = join(tree, from, name);
      mkdirSync(join(to, '..'), { recursive: true });
      cpSync(path, to);
      texts.push(readFileSync(path, 'utf8'));
      bytes += stats.size;
    }
  }
  return { tree, texts, bytes };
}

/** Bytes a second of processor time of this process: other work on the machine does not count. */
function rateOf(work: () => unknown, bytes: number, rounds = ROUNDS): number {
  const rates = Array.from({ length: rounds + 1 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (bytes / (user + system)) * 1e6;
  });
  return median(rates.slice(1));
}
const mega = (rate: number) => `${(rate / 1e6).toFixed(1)} MB/s`;

function seconds(program: string, args: string[]): number {
  const started = performance.now();
  const { error } = spawnSync(program, args, { stdio: 'ignore', cwd: folder });
  if (error) throw error;
  return (performance.now() - started) / 1000;
}

function hostile(name: string, text: string, normal: number): void {
  const rate = rateOf(() => scan(text), text.length, 3);
  report(`hostile: ${name}`, `${mega(rate)}, ${(rate / normal).toFixed(2)} of the normal rate`, '0.33');
}

/** Other kinds of text, where the machine has them: minified code, Python, logs. */
function* otherTrees(): Generator<[what: string, rate: number]> {
  for (const [what, from, pattern] of OTHER_TREES) {
    const texts: string[] = [];
    let bytes = 0;
    if (!existsSync(from)) continue;
    for (const name of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
      const path = join(from, name);
      const stats = pattern.test(name) ? statSync(path, { throwIfNoEntry: false }) : undefined;
      if (!stats?.isFile() || stats.size > LARGEST_FILE || bytes >= TREE_BYTES / 2) continue;
      texts.push(readFileSync(path, 'utf8'));
      bytes += stats.size;
    }
    if (bytes > 2 ** 19) {
      yield [
        `${what}, ${(bytes / 1e6).toFixed(0)} MB`,
        rateOf(() => texts.map((text) => scan(text)), bytes, 3),
      ];
    }
  }
}

function engine(texts: string[], bytes: number): void {
  const normal = rateOf(() => texts.map((text) => scan(text)), bytes);
  report(
    `engine, ${texts.length} files of ${(bytes / 1e6).toFixed(0)} MB in memory`,
    mega(normal),
    '40 MB/s',
  );
  const forSecrets = createScanner(rules.filter(({ category }) => category === 'secret'));
  report(
    'the same, secrets only',
    mega(rateOf(() => texts.map((text) => forSecrets(text)), bytes)),
    '40 MB/s',
  );
  for (const [what, rate] of otherTrees()) report(`engine, ${what}`, mega(rate), '40 MB/s');
  const long = texts
    .join('')
    .replaceAll(/[\r\n]+/g, ' ')
    .slice(0, 5_000_000);
  hostile('all of the tree in one line of 5 MB', long, normal);
  for (const [name, unit] of Object.entries(hostileUnits())) {
    hostile(name, unit.repeat(Math.ceil((quick ? 2 ** 18 : 2 ** 20) / unit.length)), normal);
  }
  const memories = Array.from({ length: 2000 }, (_, i) => new Texts(i).text(1000));
  const times = memories.map((text) => {
    const started = performance.now();
    scan(text);
    return performance.now() - started;
  });
  report('a memory of 1 KB', `p50 ${median(times.slice(500)).toFixed(3)} ms`, '0.3 ms');
}

function commands(tree: string, bytes: number): void {
  const ours = (path: string, ...more: string[]) =>
    seconds(process.execPath, [BIN, 'scan', '--format', 'json', ...more, path]);
  const one = join(folder, 'one.txt');
  writeFileSync(one, 'password = "correct-horse-7"\n');
  ours(one);
  const start = median(Array.from({ length: ROUNDS }, () => ours(one)));
  report('start to first result', `${(start * 1000).toFixed(0)} ms`, '200 ms');
  const whole = median(Array.from({ length: ROUNDS }, () => ours(tree)));
  report('the whole command', `${whole.toFixed(2)} s, ${mega(bytes / whole)}`, '25 MB/s');
  // What the others look for as well: none of them knows personal data.
  const secrets = median(Array.from({ length: ROUNDS }, () => ours(tree, '--only', 'secrets')));
  report('the whole command, secrets only', `${secrets.toFixed(2)} s, ${mega(bytes / secrets)}`, '25 MB/s');
  const { there, missing } = peers();
  for (const { name, command } of there) {
    const taken = median(Array.from({ length: 3 }, () => seconds(...command(tree))));
    const ratios = `${(taken / secrets).toFixed(1)}× our time for secrets, ${(taken / whole).toFixed(1)}× for all`;
    report(name, `${taken.toFixed(2)} s, ${mega(bytes / taken)}`, ratios);
  }
  if (missing.length > 0) report('not installable here', missing.join(', '), '');
}

try {
  const { tree, texts, bytes } = makeTree();
  engine(texts, bytes);
  if (!process.argv.includes('--engine')) commands(tree, bytes);
} finally {
  rmSync(folder, { recursive: true });
}
console.log(
  `\nNode ${process.version}, ${cpus().length} cores\n\n| what | measured | against |\n|---|---|---|`,
);
for (const row of rows) console.log(`| ${row.join(' | ')} |`);
