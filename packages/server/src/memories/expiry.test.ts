import { parse as uuidBytes } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteReader } from '../database/reader.ts';
import { type InProcessWriter, inProcessWriter } from '../database/testing/in-process-writer.ts';
import { localKeyProvider } from '../encryption/envelope.ts';
import { randomBytes } from '../encryption/randomness.ts';
import { insertSubject, subjectByDigest } from '../encryption/store.ts';
import { SubjectKeys } from '../encryption/subject-keys.ts';
import { newId } from '../ids.ts';
import { expiredIn } from './expiry.ts';
import type { Caller, ReadRequest, WriteRequest } from './requests.ts';
import { MemoryUpkeep } from './upkeep.ts';
import { MemoryWriting } from './writing.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const DAY = 86_400_000;
/** Made here, so that no secret stands in the repository. */
const SECRET = `my key is AKIA${[...'QWERTZUIOPASDFGH'].reverse().join('')}`;

let writer: InProcessWriter;
let writing: MemoryWriting;
let upkeep: MemoryUpkeep;
let unopened: string[];
let now: number;
let between: (() => Promise<void>) | undefined;
const keysOf = () =>
  new SubjectKeys(localKeyProvider(Buffer.alloc(32, 1)), Buffer.alloc(32, 2), {
    byDigest: async (digest) => (await writer.read(subjectByDigest, { digest }))[0],
    insert: async (subject) =>
      void (await writer.commit({ steps: [insertSubject.bind(subject)], leaves: [] })),
  });
const caller = (namespace = 1): Caller => ({
  actor: { kind: 'system' },
  guard: { sql: 'SELECT 1', parameters: [] },
  namespace: { id: namespace, publicId: `n${namespace}` },
  auditReads: 'durable',
  requestId: 'run',
  client: {},
});

async function write(request: WriteRequest) {
  const { unit, result } = await writing.prepare(request);
  await writer.commit(unit);
  return result;
}
async function add(
  count: number,
  more: { user?: string; expiresOn?: string; text?: string; namespace?: number } = {},
) {
  const { user = 'ada', expiresOn, text = 'the marmalade', namespace = 1 } = more;
  const items = Array.from({ length: count }, () => {
    return { id: newId(), content: { text, metadata: {}, ...(expiresOn !== undefined && { expiresOn }) } };
  });
  await write({ kind: 'add', caller: caller(namespace), entities: { user_id: user }, items, at: NOW });
  return items.map(({ id }) => id);
}
const live = () =>
  (writer.db.prepare('SELECT count(*) AS n FROM memories WHERE state = 1').get() as { n: number }).n;
const change = (id: string) =>
  writer.db.prepare('SELECT version, body FROM memories WHERE id = ?').get(uuidBytes(id));

beforeEach(async () => {
  writer = await inProcessWriter();
  const namespace = writer.db.prepare('INSERT INTO namespaces VALUES (?, ?, ?, ?, 0)');
  for (const id of [1, 2]) namespace.run(id, `n${id}`, randomBytes(3), '{}');
  writing = new MemoryWriting(keysOf(), async () => undefined);
  unopened = [];
  now = NOW;
  between = undefined;
  const reader = sqliteReader(writer.db);
  const keys = keysOf();
  upkeep = new MemoryUpkeep({
    write,
    async read(request: ReadRequest) {
      if (request.kind !== 'expired') throw new Error('not asked for');
      const expired = await expiredIn(reader, keys, request, (id) => unopened.push(id));
      await between?.();
      return { memories: [], total: 0, expired };
    },
    commit: writer.commit,
    now: () => now,
  });
});
afterEach(() => writer.close());

describe('memories whose last day is over', () => {
  it('are ended once that day (UTC) has passed, and every text of them is erased', async () => {
    const [id] = await add(1, { expiresOn: '2026-11-21' });
    now = Date.parse('2026-11-21T23:59:59.999Z');
    expect(await upkeep.endExpired(caller(), 100)).toEqual({ ended: 0, more: false });
    now = Date.parse('2026-11-22T00:00:00Z');
    expect(await upkeep.endExpired(caller(), 100)).toEqual({ ended: 1, more: false });
    expect(change(id!)).toEqual({ version: 2, body: null });
    const texts = writer.db.prepare('SELECT count(body) AS n FROM memory_versions').get();
    expect(texts).toEqual({ n: 0 });
    expect(await upkeep.endExpired(caller(), 100)).toEqual({ ended: 0, more: false });
  });

  it('are ended with the event of a deletion, by the system, one for each change', async () => {
    const ids = await add(3, { expiresOn: '2026-11-20' });
    await upkeep.endExpired(caller(), 100);
    const event = JSON.parse(Buffer.from(writer.leaves.at(-1)!.skeleton).toString());
    expect(event).toMatchObject({
      type: 'memory.deleted',
      actor: { kind: 'system' },
      namespace: 'n1',
      resource: { type: 'memory', ids },
      requestId: 'run',
    });
  });

  it('are found in every subject of the namespace, however many pages it takes, and in no other namespace', async () => {
    for (let i = 0; i < 250; i++)
      await add(1, { user: `user ${i}`, ...(i % 2 && { expiresOn: '2026-11-20' }) });
    await add(700, { user: 'user 249' });
    await add(650, { user: 'last', expiresOn: '2026-11-20' });
    await add(5, { user: 'last', expiresOn: '2026-11-21' });
    await add(4, { expiresOn: '2026-11-20', namespace: 2 });
    expect(await upkeep.endExpired(caller(), 10_000)).toEqual({ ended: 125 + 650, more: false });
    expect(live()).toBe(125 + 700 + 5 + 4);
    expect(await upkeep.endExpired(caller(2), 10_000)).toEqual({ ended: 4, more: false });
  });

  it('stop at the bound of a run, which says that there is more', async () => {
    await add(900, { expiresOn: '2026-11-20' });
    const first = await upkeep.endExpired(caller(), 100);
    expect(first).toEqual({ ended: 500, more: true });
    expect(await upkeep.endExpired(caller(), 1000)).toEqual({ ended: 400, more: false });
  });

  it('that are changed meanwhile stay, and keep no other from its end', async () => {
    const ids = await add(3, { expiresOn: '2026-11-20' });
    between = async () => {
      between = undefined;
      const memory = {
        id: ids[1]!,
        version: 1,
        entities: { user_id: 'ada' },
        text: '',
        metadata: {},
        labels: [],
      };
      const content = { text: 'stays', metadata: {}, expiresOn: '2027-01-01' };
      const times = { createdAt: NOW, updatedAt: NOW };
      await write({ kind: 'update', caller: caller(), memory: { ...memory, ...times }, content, at: NOW });
    };
    expect(await upkeep.endExpired(caller(), 100)).toEqual({ ended: 2, more: false });
    expect([change(ids[0]!), change(ids[1]!)]).toMatchObject([
      { body: null },
      { version: 2, body: expect.anything() },
    ]);
    expect(live()).toBe(1);
  });

  it('and cannot be read keep no other from its end, and are told of', async () => {
    const ids = await add(2, { expiresOn: '2026-11-20' });
    writer.db.prepare('UPDATE memories SET record = zeroblob(300) WHERE id = ?').run(uuidBytes(ids[0]!));
    expect(await upkeep.endExpired(caller(), 100)).toEqual({ ended: 1, more: false });
    expect(unopened).toEqual([ids[0]]);
  });

  it('are nobody’s once their subject was erased', async () => {
    await add(2, { expiresOn: '2026-11-20' });
    writer.db.prepare("UPDATE subjects SET state = 'erased', generation = 2, wrapped_key = x''").run();
    expect(await upkeep.endExpired(caller(), 100)).toEqual({ ended: 0, more: false });
  });
});

describe('texts from before a redaction', () => {
  it('are destroyed when their 30 days are over, in one namespace or in all', async () => {
    await add(2, { text: SECRET });
    await add(1, { text: SECRET, namespace: 2 });
    const kept = () =>
      (writer.db.prepare('SELECT count(*) AS n FROM memory_originals').get() as { n: number }).n;
    expect(kept()).toBe(3);
    now = NOW + 30 * DAY - 1;
    expect(await upkeep.dropOriginals({ guard: [] }, 100)).toEqual({ dropped: 0, more: false });
    now = NOW + 30 * DAY;
    expect(await upkeep.dropOriginals({ guard: [], namespace: 1 }, 100)).toEqual({ dropped: 2, more: false });
    expect(kept()).toBe(1);
    const guard = [{ sql: 'SELECT 1 WHERE 1 = 0', parameters: [], otherwise: 'stale_authorization' }];
    const stale = upkeep.dropOriginals({ guard }, 100);
    await expect(stale).rejects.toMatchObject({ code: 'stale_authorization' });
    expect(await upkeep.dropOriginals({ guard: [] }, 100)).toEqual({ dropped: 1, more: false });
  });
});
