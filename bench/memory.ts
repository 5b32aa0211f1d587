// Adds and searches of memories over HTTP, beside the two limits in the same run: a bare Fastify route, and the same
// rows written raw to the same engine.   npm run bench:memory [-- --quick]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, start } from './child.ts';
import { type Call, drive, type Load } from './load.ts';
import { rawGroupCommit } from './raw-commit.ts';
import { Texts } from './texts.ts';

const quick = process.argv.includes('--quick');
const USER_SIZE = 10_000;
const USERS = quick ? 1 : 10;
const CLIENTS = 32;
const TEXT_BYTES = 1000;
const SEARCHES = quick ? 1000 : 3000;

const folder = mkdtempSync(join(tmpdir(), 'memhold-bench-'));
const dataDir = join(folder, 'data');
const env = {
  MEMHOLD_DATA_DIR: dataDir,
  MEMHOLD_PORT: '0',
  MEMHOLD_RATE_LIMITS: 'off',
  MEMHOLD_LOG_LEVEL: 'error',
};
const startServer = () => start('../packages/cli/bin/memhold.js', ['serve'], env);
const startEcho = () => start('./echo.ts', [], {});

function* adds(user: string, count: number, seed: number): Generator<Call> {
  const texts = new Texts(seed);
  for (let i = 0; i < count; i++) {
    const messages = [{ role: 'user', content: texts.text(TEXT_BYTES) }];
    yield { path: '/v3/memories/add/', body: JSON.stringify({ messages, user_id: user, infer: false }) };
  }
}

function* searches(user: string, count: number, seed: number): Generator<Call> {
  const texts = new Texts(seed);
  for (let i = 0; i < count; i++) {
    const query = texts.text(40);
    yield {
      path: '/v3/memories/search/',
      body: JSON.stringify({ query, filters: { user_id: user }, top_k: 10 }),
    };
  }
}

const rows: string[][] = [];
const fixed = (value: number, digits = 2) => value.toFixed(digits);
const per = (load: Load) => fixed(load.perSecond, 0);
function report(what: string, load: Load | undefined, note = ''): void {
  rows.push([what, load ? per(load) : '', load ? fixed(load.p50) : '', load ? fixed(load.p99) : '', note]);
  console.error(
    `${what}: ${load ? `${per(load)}/s, p50 ${fixed(load.p50)} ms, p99 ${fixed(load.p99)} ms` : ''} ${note}`,
  );
}

async function withServer<T>(work: (server: Child, token: string) => Promise<T>): Promise<T> {
  const server = await startServer();
  try {
    return await work(server, `Token ${readFileSync(`${dataDir}.api-key`, 'utf8').trim()}`);
  } finally {
    await server.stop();
  }
}

/**
 * The bare route, measured beside each part of the run, because a shared machine's speed drifts. It takes the body
 * of an add, or of a search, and answers some fifty bytes to both; a search answers ten texts of 1 KB.
 */
async function measureEcho(): Promise<{ add: Load; search: Load }> {
  const echo = await startEcho();
  await drive(echo.url, '', CLIENTS, adds('warm-up', 5000, 1));
  const add = await drive(echo.url, '', CLIENTS, adds('x', 15_000, 2));
  report(`bare Fastify route, 1 KB body, ${CLIENTS} clients`, add);
  const search = await drive(echo.url, '', CLIENTS, searches('x', 15_000, 2));
  report(`bare Fastify route, query body, ${CLIENTS} clients`, search);
  await echo.stop();
  return { add, search };
}
const share = (load: Load, limit: number) => `${fixed((100 * load.perSecond) / limit, 0)}%`;

try {
  const first = await measureEcho();
  const raw = await rawGroupCommit(20_000, TEXT_BYTES);
  report('raw group commit of the same rows', undefined, `${fixed(raw, 0)} rows/s`);

  await withServer(async (server, token) => {
    await drive(server.url, token, CLIENTS, adds('warm-up', 3000, 3));
    await server.loopDelayP99();
    for (let user = 0; user < USERS; user++) {
      const load = await drive(server.url, token, CLIENTS, adds(`user-${user}`, USER_SIZE, 100 + user));
      if (user > 0 && user < USERS - 1) continue;
      const delay = await server.loopDelayP99();
      const ratios = `${share(load, first.add.perSecond)} of the bare route, ${share(load, raw)} of raw`;
      report(
        `add, ${CLIENTS} clients, ${(user + 1) * USER_SIZE} memories`,
        load,
        `${ratios}; event loop p99 ${fixed(delay, 1)} ms`,
      );
    }
    report('add, 1 client', await drive(server.url, token, 1, adds('single', 2000, 7)));
  });

  const second = await measureEcho();
  await withServer(async (server, token) => {
    await new Promise((resolve) => setTimeout(resolve, 3000));
    report(
      `start on ${USERS * USER_SIZE} memories`,
      undefined,
      `ready in ${fixed(server.readyMs, 0)} ms, idle ${fixed(server.rss(), 0)} MB`,
    );
    const cold = await drive(server.url, token, 1, searches('user-0', 1, 8));
    report(`first search of a cold shard of ${USER_SIZE}`, undefined, `${fixed(cold.p50, 0)} ms`);
    await drive(server.url, token, 4, searches('user-0', 500, 9));
    await server.loopDelayP99();
    report(
      `search, 1 client, ${USER_SIZE} in the shard`,
      await drive(server.url, token, 1, searches('user-0', SEARCHES, 10)),
    );
    await drive(server.url, token, CLIENTS, searches('user-0', SEARCHES, 12));
    await server.loopDelayP99();
    const many = await drive(server.url, token, CLIENTS, searches('user-0', SEARCHES * 4, 11));
    const delay = await server.loopDelayP99();
    const ratios = `${share(many, second.add.perSecond)} of the bare route with 1 KB, ${share(many, second.search.perSecond)} of it with a query`;
    report(`search, ${CLIENTS} clients`, many, `${ratios}; event loop p99 ${fixed(delay, 1)} ms`);
    report('memory after the searches', undefined, `${fixed(server.rss(), 0)} MB`);
  });
} finally {
  rmSync(folder, { recursive: true });
}

console.log(
  `\nNode ${process.version}, ${cpus().length} cores, reads durable before the answer, synchronous=FULL\n`,
);
console.log('| what | per second | p50 ms | p99 ms | |\n|---|---|---|---|---|');
for (const row of rows) console.log(`| ${row.join(' | ')} |`);
