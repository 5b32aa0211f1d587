// mem0 OSS in this process, as its documentation sets it up by default, with 10 users and an embedder that costs
// nothing. Prints one JSON line of latencies in ms.   node bench/peer-mem0.ts MEMORIES SEARCHES ADDS FOLDER
import { createHash } from 'node:crypto';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { Texts } from './texts.ts';

// Its native SQLite is another build of the one that is here.
registerHooks({
  resolve: (name, context, next) =>
    next(name === 'better-sqlite3' ? 'better-sqlite3-multiple-ciphers' : name, context),
});
process.env.MEM0_TELEMETRY = 'false';

const [memories, searches, adds] = process.argv.slice(2, 5).map(Number) as [number, number, number];
const folder = process.argv[5]!;
const DIMENSION = 384;
const { Memory } = await import('mem0ai/oss');

/** As long as a small model's, and different for each text; what is measured is the store around it. */
const vectorOf = (text: string) => {
  const texts = new Texts(createHash('sha256').update(text).digest().readUInt32LE());
  return Array.from({ length: DIMENSION }, () => texts.random() - 0.5);
};

// biome-ignore lint/suspicious/noExplicitAny: fields that its types keep private
const memory: any = new Memory({
  embedder: { provider: 'openai', config: { apiKey: 'none' } },
  llm: { provider: 'openai', config: { apiKey: 'none' } },
  vectorStore: {
    provider: 'memory',
    config: { collectionName: 'bench', dimension: DIMENSION, dbPath: join(folder, 'vectors.db') },
  },
  historyDbPath: join(folder, 'history.db'),
});
memory.embedder = {
  embed: async (text: string) => vectorOf(text),
  embedBatch: async (texts: string[]) => texts.map(vectorOf),
};

const texts = new Texts(1);
const userOf = (i: number) => `user-${i % 10}`;
const add = (i: number) =>
  memory.add([{ role: 'user', content: texts.text(200) }], { userId: userOf(i), infer: false });
// The first through its own door; the others as copies of their shape, because its door takes an hour for them.
await add(0);
const [[first]] = await memory.vectorStore.list({}, 1);
for (let from = 1; from < memories; from += 500) {
  const rows = Array.from({ length: Math.min(500, memories - from) }, (_, i) => {
    const data = texts.text(200);
    const payload = { ...first.payload, data, textLemmatized: data.toLowerCase(), user_id: userOf(from + i) };
    return { id: crypto.randomUUID(), vector: vectorOf(data), payload };
  });
  await memory.vectorStore.insert(
    rows.map(({ vector }) => vector),
    rows.map(({ id }) => id),
    rows.map(({ payload }) => payload),
  );
}

async function timed(count: number, call: (i: number) => Promise<unknown>): Promise<number[]> {
  const times = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    await call(i);
    times.push(performance.now() - began);
  }
  return times;
}

const search = await timed(searches, async (i) => {
  const { results } = await memory.search(texts.text(40), { filters: { user_id: userOf(i) }, topK: 10 });
  if (results.length === 0) throw new Error('mem0 found nothing');
});
const added = await timed(adds, add);
console.log(JSON.stringify({ search, add: added }));
process.exit(0);
