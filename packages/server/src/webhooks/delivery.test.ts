import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuditEvent } from '../audit/entry.ts';
import type { Notice } from '../audit/notices.ts';
import type { LogSource } from '../audit/source.ts';
import { type StreamedLog, streamedLog } from '../audit/streams/testing/streamed-log.ts';
import { LogTail } from '../audit/tail.ts';
import { verifyHmac } from '../encryption/message-signing.ts';
import { OutboundError } from '../outbound/errors.ts';
import { WebhookDelivery } from './delivery.ts';
import type { Post } from './sender.ts';
import { endOfLog, insertWebhook } from './store.ts';
import { openWebhook, sealWebhook, type WebhookBody } from './webhook.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const DAY = 86_400_000;
const TIME = Date.parse('2026-03-01T12:00:00Z');

let log: StreamedLog;
let tail: LogTail;
let delivery: WebhookDelivery;
let told: Notice[];
let now: number;
/** What each address did with what it was sent; it takes everything unless a test says otherwise. */
let sent: { url: string; body: Record<string, unknown>; headers: Record<string, string>; raw: string }[];
let answer: (url: string, tries: number) => Promise<number>;

const post: Post = async (url, { body, headers, policy }) => {
  expect(policy).toBe('operator');
  const tries = sent.length;
  const status = await answer(url, tries);
  const raw = String(body);
  if (status < 300) sent.push({ url, body: JSON.parse(raw), headers: { ...headers }, raw });
  return { status, body: Buffer.alloc(0) };
};
const idsAt = (url: string) => sent.filter((one) => one.url === url).map(({ body }) => body.memory_ids);

async function webhook(id: string, namespace = 1, more: Partial<WebhookBody> = {}): Promise<void> {
  const body: WebhookBody = {
    name: id,
    url: `https://${id}.example.org`,
    event_types: ['memory_add', 'memory_update', 'memory_delete'],
    secret: SECRET,
    active: true,
    ...more,
  };
  const sealed = sealWebhook(log.source.recordsKey, { id, namespace }, body);
  await log.commit({ steps: [insertWebhook.bind({ id, namespace, body: sealed, at: 0 })], leaves: [] });
}
const run = (sql: string, ...parameters: unknown[]) =>
  log.commit({ steps: [{ sql, parameters }], leaves: [] });
const memory = (id: string, more: Partial<AuditEvent> = {}): AuditEvent => ({
  type: 'memory.created',
  time: TIME,
  actor: { kind: 'account', id: 'a1' },
  namespace: 'n1',
  resource: { type: 'memory', ids: [id] },
  requestId: `r-${id}`,
  success: true,
  private: { user_id: 'ann', ip: '192.0.2.1', text: 'never' },
  ...more,
});
const changed = (type: 'webhook.created' | 'webhook.updated' | 'webhook.removed'): AuditEvent => ({
  ...memory('-', { type }),
  resource: { type: 'webhook', ids: [] },
});

/** As a start of the server does. */
async function begin(source: LogSource = log.source): Promise<void> {
  tail = new LogTail(log.source, { size: log.size, endOf: log.size }, log.size(), () => undefined);
  delivery = new WebhookDelivery({
    source,
    seen: () => tail.position,
    commit: log.commit,
    notify: (notice) => told.push(notice),
    post,
    addresses: 'private',
    now: () => now,
  });
  tail.follow(delivery);
  await delivery.start();
}
async function append(...events: AuditEvent[]): Promise<void> {
  log.append(...events);
  await tail.catchUp();
}
const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 });
const quiet = () => until(() => expect(delivery.states('n1').every(({ behind }) => behind === 0)).toBe(true));

beforeEach(async () => {
  log = await streamedLog();
  for (const name of ['n1', 'n2'])
    await run(
      "INSERT INTO namespaces (public_id, name_sealed, settings, created_at) VALUES (?, x'', '{}', 0)",
      name,
    );
  told = [];
  sent = [];
  now = TIME;
  answer = async () => 204;
});
afterEach(async () => {
  await delivery.close();
  log.close();
});

describe('a webhook', () => {
  it('is told what happened, where and of whom, signed, and never a text', async () => {
    await webhook('w1');
    await begin();
    await append(memory('m1'));
    await until(() => expect(sent).toHaveLength(1));
    const [{ body, headers, raw }] = sent as [(typeof sent)[0]];
    expect(body).toEqual({
      event_id: expect.stringMatching(/^[0-9a-f]{64}$/),
      event: 'memory_add',
      created_at: '2026-03-01T12:00:00.000Z',
      project_id: 'n1',
      memory_ids: ['m1'],
      request_id: 'r-m1',
      user_id: 'ann',
    });
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers;
    expect([id, timestamp]).toEqual([body.event_id, String(TIME / 1000)]);
    const tag = Buffer.from(signature!.replace(/^v1,/, ''), 'base64');
    expect(verifyHmac(Buffer.alloc(32, 7), `${id}.${timestamp}.${raw}`, tag)).toBe(true);
  });

  it('hears of its own namespace and of the types that it asked for', async () => {
    await webhook('w1', 1, { event_types: ['memory_delete', 'memory_categorize'] });
    await webhook('w2', 2);
    await begin();
    const foreign = { namespace: 'n2' };
    await append(
      memory('m1'),
      memory('m2', { type: 'memory.deleted' }),
      memory('m3', { type: 'memory.deleted', ...foreign }),
      memory('m4', { type: 'memory.retrieved', ...foreign }),
      memory('m5', { type: 'memory.updated', success: false, ...foreign }),
      memory('m6', foreign),
    );
    await until(() => expect(sent).toHaveLength(3));
    expect(idsAt('https://w1.example.org')).toEqual([['m2']]);
    expect(idsAt('https://w2.example.org')).toEqual([['m3'], ['m6']]);
    expect(sent.map(({ body }) => body.project_id).sort()).toEqual(['n1', 'n2', 'n2']);
  });

  it('that was registered while the server runs is found in the log, and ends when it is removed', async () => {
    await begin();
    await append(memory('before'));
    await webhook('w1');
    await append(changed('webhook.created'), memory('m1'));
    await until(() => expect(idsAt('https://w1.example.org')).toEqual([['m1']]));
    await run('DELETE FROM webhooks');
    await append(changed('webhook.removed'), memory('m2'));
    expect(delivery.states('n1')).toEqual([]);
    await webhook('w2');
    await append(changed('webhook.created'), memory('m3'));
    await until(() => expect(idsAt('https://w2.example.org')).toEqual([['m3']]));
    expect(sent).toHaveLength(2);
  });

  it('misses nothing that is committed while it is being read which webhooks there are', async () => {
    await webhook('w1');
    const { reader } = log.source;
    const all: typeof reader.all = async (statement, values) => {
      const rows = await reader.all(statement, values);
      if ((statement as unknown) === endOfLog) {
        log.append(memory('m1'));
        void tail.catchUp();
        await setImmediate();
      }
      return rows;
    };
    await begin({ ...log.source, reader: { ...reader, all } });
    await until(() => expect(idsAt('https://w1.example.org')).toEqual([['m1']]));
  });

  it('is found, or gone, a little later where it could not be read at once which there are', async () => {
    await webhook('gone');
    let failures = 0;
    const { reader } = log.source;
    const all: typeof reader.all = async (statement, values) => {
      if ((statement as unknown) === endOfLog && failures-- > 0) throw new Error('SQLITE_BUSY');
      return reader.all(statement, values);
    };
    failures = 1;
    await begin({ ...log.source, reader: { ...reader, all } });
    await until(() => expect(delivery.states('n1').map(({ id }) => id)).toEqual(['gone']));
    await run('DELETE FROM webhooks');
    await webhook('made');
    failures = 1;
    await append(changed('webhook.removed'), changed('webhook.created'), memory('m1'));
    await until(() => expect(delivery.states('n1').map(({ id }) => id)).toEqual(['made']));
    await until(() => expect(idsAt('https://made.example.org')).toEqual([['m1']]));
  });

  it('that refuses is given the same event again, then those after it in order; it is told once', async () => {
    await webhook('w1');
    await begin();
    const refusals = [500, 302, 404];
    answer = async () => refusals.shift() ?? 204;
    await append(memory('m1'), memory('m2'), memory('m3'));
    await until(() => expect(sent).toHaveLength(3));
    expect(idsAt('https://w1.example.org')).toEqual([['m1'], ['m2'], ['m3']]);
    await until(() => expect(told).toHaveLength(2));
    expect(told).toMatchObject([
      { kind: 'webhook', id: 'w1', namespace: 'n1', healthy: false, behind: 3, error: 'It answered 500.' },
      { kind: 'webhook', id: 'w1', namespace: 'n1', healthy: true, behind: 0 },
    ]);
  });

  it('that hangs holds up no other one', async () => {
    await webhook('hangs');
    await webhook('takes');
    await begin();
    const never = Promise.withResolvers<number>();
    answer = (url) => (url.includes('hangs') ? never.promise : Promise.resolve(204));
    await append(memory('m1'), memory('m2'));
    await until(() => expect(idsAt('https://takes.example.org')).toEqual([['m1'], ['m2']]));
    expect(delivery.states('n1')).toMatchObject([
      { id: 'hangs', behind: 2 },
      { id: 'takes', healthy: true, behind: 0 },
    ]);
    never.resolve(500);
  });

  it('goes on where it was after a restart, also when the receiver was away', async () => {
    await webhook('w1');
    await begin();
    await append(memory('m1'));
    await quiet();
    await until(() => expect(sent).toHaveLength(1));
    answer = async (url) => {
      throw new OutboundError('outbound_unreachable', `${url} cannot be reached`);
    };
    await append(memory('m2'));
    await until(() => expect(told).toHaveLength(1));
    await delivery.close();
    log.append(
      memory('while it was off'),
      ...Array.from({ length: 1100 }, () => memory('x', { namespace: 'n2' })),
    );
    answer = async () => 204;
    await begin();
    await append(memory('m3'));
    await until(() => expect(sent).toHaveLength(4));
    expect(idsAt('https://w1.example.org')).toEqual([['m1'], ['m2'], ['while it was off'], ['m3']]);
  });

  it('goes on at its place, at once, when its address is changed', async () => {
    await webhook('w1');
    await begin();
    answer = async (url) => (url.includes('w1') ? 500 : 204);
    await append(memory('m1'), memory('m2'));
    await until(() => expect(told).toHaveLength(1));
    const place = { id: 'w1', namespace: 1 };
    const [row] = (
      await log.commit({ steps: [{ sql: 'SELECT body FROM webhooks', parameters: [] }], leaves: [] })
    ).rows[0] as { body: Uint8Array }[];
    const body = { ...openWebhook(log.source.recordsKey, place, row!.body), url: 'https://new.example.org' };
    await run('UPDATE webhooks SET version = 2, body = ?', sealWebhook(log.source.recordsKey, place, body));
    await append(changed('webhook.updated'), memory('m3'));
    await until(() => expect(idsAt('https://new.example.org')).toEqual([['m1'], ['m2'], ['m3']]));
  });

  it('that takes nothing for seven days is switched off, with an event, and what follows is not kept for it', async () => {
    await webhook('w1');
    await begin();
    answer = async () => 500;
    now = TIME + 7 * DAY + 1;
    await append(memory('m1', { time: TIME + 2 }));
    await until(() => expect(told).toHaveLength(1));
    expect(delivery.states('n1')).toMatchObject([{ healthy: false, behind: 1 }]);
    now = TIME + 7 * DAY + 3;
    await until(() => expect(delivery.states('n1')).toEqual([]));
    const [row] = (
      await log.commit({ steps: [{ sql: 'SELECT version, body FROM webhooks', parameters: [] }], leaves: [] })
    ).rows[0] as { version: number; body: Uint8Array }[];
    expect(row!.version).toBe(2);
    expect(openWebhook(log.source.recordsKey, { id: 'w1', namespace: 1 }, row!.body).active).toBe(false);
    expect(log.leaves().map(({ skeleton }) => JSON.parse(Buffer.from(skeleton).toString()))).toMatchObject([
      {
        type: 'webhook.failed',
        action: 'switched off',
        namespace: 'n1',
        resource: { type: 'webhook', ids: ['w1'] },
        success: false,
      },
    ]);
    await begin();
    expect(delivery.states('n1')).toEqual([]);
  });

  it('is told of an old event where only the server was away, and is not switched off for it', async () => {
    await webhook('w1');
    log.append(memory('m1'));
    now = TIME + 30 * DAY;
    await begin();
    await until(() => expect(idsAt('https://w1.example.org')).toEqual([['m1']]));
    expect(told).toEqual([]);
  });

  it('passes over events that were removed from the log, and rows that somebody changed', async () => {
    await webhook('w1');
    log.appendRaw('');
    log.appendRaw('{"not":"an event","type":"memory.created","v":1}');
    log.append(memory('m1'));
    await begin();
    await until(() => expect(idsAt('https://w1.example.org')).toEqual([['m1']]));
  });

  it('whose row does not open is left alone; the others go on', async () => {
    await webhook('broken');
    await run("UPDATE webhooks SET body = x'0102'");
    await webhook('w1');
    await begin();
    await append(memory('m1'));
    await until(() => expect(sent).toHaveLength(1));
    expect(delivery.states('n1').map(({ id }) => id)).toEqual(['w1']);
  });
});
