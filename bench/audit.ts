// What the audit log costs, and how fast it answers: adds with and without it, by turns in one run; a verification of
// a million exported events on one core; queries over a million events.   npm run bench:audit [-- --quick]
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fillLog } from './audit-log.ts';
import { type Child, start } from './child.ts';
import { type Call, drive, type Load } from './load.ts';
import { Texts } from './texts.ts';

const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 5 : 15;
const ADDS = quick ? 1500 : 3000;
const CLIENTS = 32;
const EVENTS = quick ? 100_000 : 1_000_000;
/** Where it is there: the verifier is to be measured without a second core for its garbage. */
const ONE_CORE = spawnSync('taskset', ['-c', '0', 'true']).status === 0 ? ['taskset', '-c', '0'] : [];

const folder = mkdtempSync(join(tmpdir(), 'memhold-bench-'));
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const fixed = (value: number, digits = 0) => value.toFixed(digits);

function* adds(count: number, seed: number): Generator<Call> {
  const texts = new Texts(seed);
  for (let i = 0; i < count; i++) {
    const messages = [{ role: 'user', content: texts.text(1000) }];
    yield {
      path: '/v3/memories/add/',
      body: JSON.stringify({ messages, user_id: `user-${i % 50}`, infer: false }),
    };
  }
}

async function serve(name: string, preload?: string): Promise<{ server: Child; token: string }> {
  const dataDir = join(folder, name);
  const server = await start('../packages/cli/bin/memhold.js', ['serve'], {
    MEMHOLD_DATA_DIR: dataDir,
    MEMHOLD_PORT: '0',
    MEMHOLD_RATE_LIMITS: 'off',
    MEMHOLD_LOG_LEVEL: 'error',
    ...(preload && { NODE_OPTIONS: `--import ${new URL(preload, import.meta.url).href}` }),
  });
  return { server, token: `Token ${readFileSync(`${dataDir}.api-key`, 'utf8').trim()}` };
}

/** The same adds to both by turns, beside each other in time, because a shared machine's speed drifts. */
async function costOfAuditing(): Promise<void> {
  const sides = [await serve('with'), await serve('without', './without-audit.ts')];
  const loads: Load[][] = [[], []];
  for (const { server, token } of sides)
    await drive(server.url, token, CLIENTS, adds(quick ? 2000 : 6000, 1));
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? [0, 1] : [1, 0];
    for (const side of order) {
      const { server, token } = sides[side]!;
      loads[side]!.push(await drive(server.url, token, CLIENTS, adds(ADDS, 10 + round)));
    }
  }
  for (const { server } of sides) await server.stop();
  const [audited, bare] = loads as [Load[], Load[]];
  const cost = median(audited.map((load, i) => 1 - load.perSecond / bare[i]!.perSecond));
  const per = (side: Load[]) => fixed(median(side.map(({ perSecond }) => perSecond)));
  report(
    `adds of 1 KB, ${CLIENTS} clients`,
    `${per(audited)}/s, ${per(bare)}/s without the log`,
    `costs ${fixed(100 * cost, 1)}% (limit 10%)`,
  );
}

/** Query parts as a security engineer asks for them; each answers a page of 100 and how many there are in all. */
const QUERIES = {
  'everything of the last day': '/audit/logs?hours=24',
  'failed logins of the last day': '/audit/logs?hours=24&event_type=auth.login.failed',
  'what failed, of severity warning': '/audit/logs?hours=24&success=false&severity=warning',
  'security events of the last hour': '/audit/logs/security?hours=1',
  'searches, page 50': '/audit/logs?hours=24&event_type=memory.searched&offset=5000',
};

async function login(url: string, dataDir: string): Promise<string> {
  const password = readFileSync(`${dataDir}.admin-password`, 'utf8').trim();
  const call = async (path: string, body: object, token?: string) => {
    const headers = {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    };
    const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await answer.json()) as { access_token: string };
  };
  const first = await call('/auth/login', { username: 'admin', password });
  const words = { current_password: password, new_password: 'Bench-Horse-7' };
  return (await call('/auth/change-password', words, first.access_token)).access_token;
}

/** A million events in the log of a real server: filtered queries through HTTP, an export, its verification. */
async function millionEvents(): Promise<void> {
  const dataDir = join(folder, 'million');
  await (await serve('million')).server.stop();
  await fillLog(dataDir, EVENTS);
  const { server } = await serve('million');
  const token = await login(server.url, dataDir);
  const ask = async (path: string) => {
    const started = performance.now();
    const answer = await fetch(server.url + path, { headers: { authorization: `Bearer ${token}` } });
    const { total, logs } = (await answer.json()) as { total: number; logs: unknown[] };
    if (answer.status !== 200 || logs.length !== 100) throw new Error(`${path} answered ${answer.status}`);
    return { ms: performance.now() - started, total };
  };
  const cold = await ask('/audit/logs?hours=24');
  report(`first query after a start, ${EVENTS.toLocaleString('en-US')} events`, `${fixed(cold.ms)} ms`, '');
  for (const [what, path] of Object.entries(QUERIES)) {
    const asked = [];
    for (let i = 0; i < 60; i++) asked.push(await ask(path));
    const p50 = median(asked.map(({ ms }) => ms));
    report(
      what,
      `${asked.at(-1)!.total.toLocaleString('en-US')} found`,
      `p50 ${fixed(p50, 1)} ms (limit 50 ms)`,
    );
  }
  await server.stop();

  const file = join(folder, 'audit.jsonl');
  const settings = { MEMHOLD_DATA_DIR: dataDir };
  const exported = await command(['audit', 'export', '--out', file, '--json'], settings);
  const size = statSync(file).size / 2 ** 20;
  report('export, native', `${fixed(size)} MB in ${fixed(exported.seconds, 1)} s`, '');
  const { key } = JSON.parse(exported.output);
  const verified = await command(['audit', 'verify', file, '--key', key, '--json'], settings, ONE_CORE);
  const found = JSON.parse(verified.output);
  if (!found.ok || found.size < EVENTS) throw new Error(`verify: ${verified.output}`);
  const limit = (60 * found.size) / 1_000_000;
  report(
    `verify ${found.size.toLocaleString('en-US')} exported events${ONE_CORE.length > 0 ? ', one core' : ''}`,
    `${fixed(verified.seconds, 1)} s`,
    `${fixed((100 * verified.seconds) / limit)}% of 60 s a million`,
  );
}

/** Runs one command of `memhold` to its end. */
async function command(args: string[], settings: Record<string, string>, before: readonly string[] = []) {
  const bin = fileURLToPath(new URL('../packages/cli/bin/memhold.js', import.meta.url));
  const [program, ...rest] = [...before, process.execPath, bin, ...args];
  const started = performance.now();
  const { stdout } = await promisify(execFile)(program!, rest, {
    env: { ...process.env, ...settings },
    maxBuffer: 2 ** 26,
  });
  return { output: stdout, seconds: (performance.now() - started) / 1000 };
}

const rows: string[][] = [];
function report(...row: [what: string, measured: string, cost: string]): void {
  rows.push(row);
  console.error(row.join('; '));
}

try {
  await costOfAuditing();
  await millionEvents();
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`\nNode ${process.version}, ${cpus().length} cores, reads durable, synchronous=FULL\n`);
console.log('| what | measured | against its limit |\n|---|---|---|');
for (const row of rows) console.log(`| ${row.join(' | ')} |`);
