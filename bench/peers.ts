// The same work as peers do it, in one run on one machine: the official MCP memory server over stdio, mem0 OSS in
// process.   npm run bench:peers [-- --quick]
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { start } from './child.ts';
import { drive } from './load.ts';
import { Texts } from './texts.ts';

const quick = process.argv.includes('--quick');
const MEMORIES = quick ? 1000 : 10_000;
/** As many before it as are measured: a host runs for hours, and both sides are compiled by then. */
const SEARCHES = quick ? 20 : 300;
/** Each takes mem0 seconds. */
const SLOW_SEARCHES = quick ? 5 : 15;
const USERS = 10;

const folder = mkdtempSync(join(tmpdir(), 'memhold-peers-'));
const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;

const rows: [what: string, ours: string, peer: string, ratio: string][] = [];
function report(what: string, ours: number, peer: number, asked: number): void {
  rows.push([what, ms(ours), ms(peer), `${(peer / ours).toFixed(1)}× (asked ${asked}×)`]);
  console.error(rows.at(-1)!.join('; '));
}

async function timed(count: number, call: (i: number) => Promise<unknown>): Promise<number> {
  for (let i = 0; i < count; i++) await call(i);
  const times = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    await call(i);
    times.push(performance.now() - began);
  }
  return median(times);
}

async function overStdio<T>(
  args: string[],
  env: Record<string, string>,
  use: (call: (name: string, given: object) => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const client = new Client({ name: 'bench', version: '1' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args,
    env: { PATH: process.env.PATH ?? '', HOME: folder, ...env },
  });
  await client.connect(transport);
  try {
    return await use(async (name, given) => {
      const answer = await client.callTool({ name, arguments: given as Record<string, unknown> });
      if (answer.isError) throw new Error(`${name}: ${JSON.stringify(answer.content).slice(0, 500)}`);
      return answer;
    });
  } finally {
    await client.close();
  }
}

/** One search for what some memories hold, and one more memory, both one after the other. */
async function mcpMemory(): Promise<void> {
  const texts = new Texts(1);
  const official = await overStdio(
    [pathOf('../node_modules/@modelcontextprotocol/server-memory/dist/index.js')],
    { MEMORY_FILE_PATH: join(folder, 'memory.jsonl') },
    async (call) => {
      const entity = (name: string) => ({ name, entityType: 'memory', observations: [texts.text(200)] });
      const entities = Array.from({ length: MEMORIES }, (_, i) => entity(`memory ${i}`));
      await call('create_entities', { entities });
      return {
        // It finds whole phrases only.
        search: await timed(SEARCHES, (i) => call('search_nodes', { query: `memory ${i * 7}` })),
        add: await timed(SEARCHES, (i) => call('create_entities', { entities: [entity(`another ${i}`)] })),
      };
    },
  );
  const settings = { MEMHOLD_DATA_DIR: join(folder, 'stdio'), MEMHOLD_LOG_LEVEL: 'error' };
  const ours = await overStdio([pathOf('../packages/cli/bin/memhold.js'), 'mcp'], settings, async (call) => {
    for (let i = 0; i < MEMORIES; i += 50)
      await Promise.all(Array.from({ length: 50 }, () => call('add_memory', { text: texts.text(200) })));
    return {
      search: await timed(SEARCHES, () => call('search_memories', { query: texts.text(40) })),
      add: await timed(SEARCHES, () => call('add_memory', { text: texts.text(200) })),
    };
  });
  const of = `${MEMORIES.toLocaleString('en-US')} memories`;
  report(`MCP over stdio, search, ${of}: the official memory server`, ours.search, official.search, 5);
  report(`MCP over stdio, create, ${of}: the official memory server`, ours.add, official.add, 5);
}

async function mem0(): Promise<void> {
  const peer = join(folder, 'mem0');
  mkdirSync(peer);
  const args = [pathOf('./peer-mem0.ts'), MEMORIES, SLOW_SEARCHES, SLOW_SEARCHES, peer].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 26 });
  const theirs = JSON.parse(stdout.trim().split('\n').at(-1)!) as { search: number[]; add: number[] };

  const dataDir = join(folder, 'http');
  const server = await start('../packages/cli/bin/memhold.js', ['serve'], {
    MEMHOLD_DATA_DIR: dataDir,
    MEMHOLD_PORT: '0',
    MEMHOLD_RATE_LIMITS: 'off',
    MEMHOLD_LOG_LEVEL: 'error',
  });
  const token = `Token ${readFileSync(`${dataDir}.api-key`, 'utf8').trim()}`;
  const texts = new Texts(1);
  const add = (i: number) => ({
    path: '/v3/memories/add/',
    body: JSON.stringify({
      messages: [{ role: 'user', content: texts.text(200) }],
      user_id: `user-${i % USERS}`,
      infer: false,
    }),
  });
  const search = (i: number) => ({
    path: '/v3/memories/search/',
    body: JSON.stringify({ query: texts.text(40), filters: { user_id: `user-${i % USERS}` } }),
  });
  const many = <T>(count: number, of: (i: number) => T) => Array.from({ length: count }, (_, i) => of(i));
  await drive(server.url, token, 16, many(MEMORIES, add));
  await drive(server.url, token, 1, many(SEARCHES, search));
  const searched = await drive(server.url, token, 1, many(SEARCHES, search));
  const added = await drive(server.url, token, 1, many(SEARCHES, add));
  await server.stop();
  const of = `${MEMORIES.toLocaleString('en-US')} memories of ${USERS} users`;
  report(`search over HTTP, ${of}: mem0 OSS in process`, searched.p50, median(theirs.search), 100);
  report(`add over HTTP, ${of}: mem0 OSS in process`, added.p50, median(theirs.add), 1);
}

try {
  await mcpMemory();
  await mem0();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\nNode ${process.version}, ${cpus().length} cores; p50 of one client, reads durable\n`);
console.log('| what | here | peer | |\n|---|---:|---:|---|');
for (const row of rows) console.log(`| ${row.join(' | ')} |`);
