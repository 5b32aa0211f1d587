import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ROOT, type Server, startServer } from '../server-process.ts';
import { Battery, expectProblem } from './refusals.ts';

const BLNS = join(ROOT, '../shared/data/vectors/strings/blns.json');
const found = existsSync(BLNS);
if (!found) console.warn(`skipped: no list of naughty strings at ${BLNS}`);
const naughty: string[] = found ? JSON.parse(readFileSync(BLNS, 'utf8')) : [];

/** What that list lacks: terminal escapes, line breaks for logs, normalisation forms, characters nobody sees. */
const more = [
  '\u001b[2J\u001b[31mred\u001b[0m',
  'first line\r\n{"level":50,"msg":"forged log line"}',
  'e\u0301 and \u00e9 are two texts',
  '\u202eright to left',
  '\u2066isolated\u2069',
  'zero\u200bwidth\u200djoiner\ufeffmark',
  '\u2028line and paragraph\u2029separators',
  '\u0001\u0002\u007f\u0080\u009f',
  '\ufffe\uffff noncharacters \u{1fffe}',
  '🏴\u{e0067}\u{e0062}\u{e007f} 👩‍👩‍👧‍👦',
  ' leading and trailing ',
  '\t\n',
  '%00%0a%0d',
  `{{7*7}} $${''}{7*7} <%= 7*7 %>`,
];
const texts = [...naughty, ...more];

let server: Server;
let battery: Battery;
beforeAll(async () => {
  server = await startServer({ settings: { MEMHOLD_LOG_LEVEL: 'debug' } });
  battery = new Battery(server);
});

/** Stored and read back the same, or refused with a 400 that says why: nothing in between. */
async function throughEveryDoor(text: string, n: number): Promise<'stored' | 'refused'> {
  const { api } = battery;
  const user = `naughty-${n}`;
  const content = { content: text, user_id: user, metadata: { note: text, [text]: n } };
  const made = await api('POST', '/memories', content);
  if (made.status === 400) {
    expectProblem(made, 400, 'invalid_input');
    return 'refused';
  }
  expect([text, made.status]).toEqual([text, 201]);
  // Only the screen may change a text, and it says so.
  if (made.body.screening.action === 'redacted') return 'stored';
  const read = await api('GET', `/memories/${made.body.id}`);
  expect(read.body).toMatchObject({ content: text, user_id: user });
  expect(read.body.metadata).toEqual({ note: text, [text]: n });
  const list = await api('GET', `/memories?user_id=${user}`);
  expect(list.body.memories.map((memory: { content: string }) => memory.content)).toEqual([text]);
  const search = await api('POST', '/memories/search', { query: text, user_id: user });
  expect([text, search.status]).toEqual([text, 200]);
  const filtered = await api('POST', '/memories/search', {
    query: text,
    user_id: user,
    filters: { metadata: { note: text === '*' ? { eq: text } : text } },
  });
  expect([text, filtered.status]).toEqual([text, 200]);
  return 'stored';
}

test('naughty strings as content, metadata, query and filter come back as they were', async () => {
  const counts = { stored: 0, refused: 0 };
  const queue = texts.entries();
  const worker = async () => {
    for (const [n, text] of queue) counts[await throughEveryDoor(text, n)]++;
  };
  await Promise.all([1, 2, 3, 4].map(worker));
  console.log(`${texts.length} naughty strings: ${counts.stored} stored, ${counts.refused} refused`);
  expect(counts.stored).toBeGreaterThan(texts.length * 0.9);
});

test('naughty strings as user ids belong to their own users', async () => {
  const ids = texts.filter(
    (text) => text.length > 0 && text.length <= 128 && text.isWellFormed() && !text.includes('\0'),
  );
  const distinct = [...new Set(ids)];
  const queue = distinct.values();
  const worker = async () => {
    for (const user_id of queue) {
      const made = await battery.api('POST', '/memories', {
        content: `of ${user_id.length}`,
        user_id,
        thread_id: user_id,
      });
      // No path of a URL can name these two.
      const named = user_id !== '.' && user_id !== '..';
      expect([user_id, made.status]).toEqual([user_id, named ? 201 : 400]);
      if (!named) continue;
      const query = new URLSearchParams({ user_id, thread_id: user_id });
      const list = await battery.api('GET', `/memories?${query}`);
      const seen = list.body.memories?.map((memory: { user_id: string }) => memory.user_id);
      expect([user_id, seen]).toEqual([user_id, [user_id]]);
    }
  };
  await Promise.all([1, 2, 3, 4].map(worker));
  expect(distinct.length).toBeGreaterThan(10);
});

test('naughty strings in paths and queries are answered, and never with a 5xx', async () => {
  for (const text of texts) {
    if (!text.isWellFormed()) continue;
    const path = `/memories/${encodeURIComponent(text)}`;
    if (!/^(\.|%2e){1,2}$/i.test(encodeURIComponent(text)) && text !== '')
      expectProblem(await battery.api('GET', path), [400, 404]);
    const list = await battery.api('GET', `/memories?user_id=${encodeURIComponent(text)}`);
    expect([text, [200, 400].includes(list.status)]).toEqual([text, true]);
  }
});

test('no line of the log was forged, and none has control characters', () => {
  const printed = server.output();
  expect(printed).not.toMatch(/^\{"level":50,"msg":"forged/m);
  expect(printed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
});

test('all that was refused left nothing behind, and the server is well', () =>
  battery.expectNothingElseStored());
