import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../record.ts';
import { formatterOf } from './payload.ts';
import { streamSink } from './stream-sink.ts';
import type { Outgoing, StreamTarget } from './target.ts';
import { event, type StreamedLog, streamedLog } from './testing/streamed-log.ts';

let log: StreamedLog;
beforeEach(async () => {
  log = await streamedLog();
});
afterEach(() => log.close());

/** The other end, in memory; `refuse` says when it does not take a batch. */
function receiver(refuse: () => boolean = () => false) {
  const batches: Outgoing[][] = [];
  const target: StreamTarget = {
    async send(events) {
      if (refuse()) throw new Error('refused');
      batches.push([...events]);
    },
    close: async () => undefined,
  };
  const ids = () => batches.flat().map(({ record }) => record.id);
  return { target, batches, ids };
}

const sinkTo = (target: StreamTarget, formatter = () => formatterOf('native')) =>
  streamSink({
    name: 'a stream',
    cursorName: 'c1',
    target,
    formatter,
    source: log.source,
    begin: log.size(),
    size: log.size,
    commit: log.commit,
  });

async function drain(sink: ReturnType<typeof sinkTo>): Promise<void> {
  while (sink.isDue() && (await sink.deliver()));
}

describe('a stream', () => {
  it('that is new begins with what happens from now on, and goes on there after a restart', async () => {
    log.append(event('before'), event('before'));
    const { target, ids } = receiver();
    const sink = sinkTo(target);
    await drain(sink);
    expect(ids()).toEqual([]);
    expect(log.cursors()).toEqual([{ name: 'c1', next_seq: 2 }]);
    log.append(event('after'));
    await drain(sink);
    await sink.close();
    log.append(event('while it was off'));
    await drain(sinkTo(target));
    expect(ids()).toEqual([2, 3]);
  });

  it('that is new and began while the other end was away has what happened since', async () => {
    const { target, ids } = receiver();
    const sink = sinkTo(target);
    log.append(event('first'));
    await drain(sink);
    expect(ids()).toEqual([0]);
  });

  it('hands out whole records with their private part, one line each', async () => {
    const { target, batches } = receiver();
    const sink = sinkTo(target);
    log.append(event('line one\r\nline two \u202e\u001b[31m'));
    await drain(sink);
    const { record, payload } = batches[0]![0]!;
    expect(record.metadata).toEqual({ text: 'line one\r\nline two \u202e\u001b[31m' });
    expect(JSON.parse(payload)).toEqual(record);
    expect(payload).not.toMatch(/[\r\n\u202e\u001b]/);
  });

  it('does not move on before a batch was taken: none is lost, and the order stays', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 20 }), async (refusals) => {
        const own = await streamedLog();
        try {
          const answers = [...refusals];
          const { target, ids } = receiver(() => answers.shift() ?? false);
          let sink = streamSink({ ...options(own), target });
          await sink.deliver();
          for (let i = 0; i < refusals.length; i++) {
            own.append(event(String(i)), event(String(i)));
            await sink.deliver().catch(() => undefined);
            // A crash: what was not noted yet is sent again.
            if (i % 5 === 4) sink = streamSink({ ...options(own), target });
          }
          while (sink.isDue() && (await sink.deliver().catch(() => true)));
          const all = ids();
          expect([...new Set(all)].sort((a, b) => a - b)).toEqual([...Array(own.size()).keys()]);
          // Each event comes after the one before it, however often.
          const firsts = all.filter((id, at) => all.indexOf(id) === at);
          expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
        } finally {
          own.close();
        }
      }),
      { numRuns: 10 },
    );
  });

  it('sends at most 500 events or about a megabyte at once', async () => {
    const { target, batches } = receiver();
    const sink = sinkTo(target);
    log.append(...Array.from({ length: 501 }, () => event('small')));
    log.append(...Array.from({ length: 5 }, () => event('x'.repeat(400_000))), event('y'.repeat(1_500_000)));
    await drain(sink);
    expect(batches.map((batch) => batch.length)).toEqual([500, 3, 2, 1, 1]);
    expect(batches.flat()).toHaveLength(507);
    for (const batch of batches) {
      const bytes = batch.reduce((sum, { payload }) => sum + payload.length + 1, 0);
      expect(batch.length === 1 || bytes <= 1024 * 1024).toBe(true);
    }
  });

  it('passes over removed events, and over rows that somebody changed', async () => {
    const { target, ids } = receiver();
    const sink = sinkTo(target);
    log.append(event('kept'));
    for (let i = 0; i < 1200; i++) log.appendRaw('');
    log.appendRaw('{"not":"an event"');
    log.appendRaw('{"type":"memory.created","time":"never"}');
    log.append(event('kept'));
    await drain(sink);
    expect(ids()).toEqual([0, 1203]);
    expect(sink.behind()).toBe(0);
  });

  it('is not stopped by an event that its format cannot hold: its place in the log goes out', async () => {
    const { target, batches } = receiver();
    const broken = (record: AuditRecord) => {
      if (record.id === 1) throw new TypeError('no such class');
      return JSON.stringify(record);
    };
    const sink = sinkTo(target, async () => broken);
    log.append(event('a'), event('b'), event('c'));
    await drain(sink);
    const payloads = batches.flat().map(({ payload }) => JSON.parse(payload));
    expect(payloads.map(({ id }) => id)).toEqual([0, 1, 2]);
    expect(payloads[1]).toEqual({
      id: 1,
      leaf_hash: payloads[1].leaf_hash,
      event_type: 'memory.created',
      timestamp: '2026-03-01T12:00:00.000Z',
      left_out: true,
    });
  });

  it.each([
    ['from where its other end lost what it had taken', 1, [1, 2]],
    ['a batch before, where nobody knows since when', 'unknown', [0, 1, 2]],
    ['at its place, which is earlier still', 99, []],
  ] as const)('goes on %s', async (_, lost, again) => {
    const { target, ids } = receiver();
    const first = sinkTo(target);
    log.append(event('a'), event('b'), event('c'));
    await drain(first);
    await first.close();
    await drain(sinkTo({ ...target, lostFrom: async () => lost }));
    expect(ids()).toEqual([0, 1, 2, ...again]);
  });

  it('that cannot begin at first misses nothing, also after a restart', async () => {
    const { target, ids } = receiver();
    const away = { ...target, lostFrom: () => Promise.reject(new Error('away')) };
    const first = sinkTo(away);
    await expect(first.deliver()).rejects.toThrow();
    log.append(event('a'));
    await first.close();
    await drain(sinkTo(target));
    expect(ids()).toEqual([0]);
  });

  it('goes on though its place cannot be noted', async () => {
    const { target, ids } = receiver();
    const full = () => Promise.reject(new Error('full'));
    const sink = streamSink({ ...options(log), target, commit: full });
    log.append(event('a'));
    await sink.deliver();
    log.append(event('b'));
    await sink.deliver();
    await sink.close();
    expect(ids()).toEqual([0, 1]);
  });

  it('whose place lies beyond the log, which was set back, goes on at its end', async () => {
    const { target, ids } = receiver();
    const first = sinkTo(target);
    log.append(event('a'));
    await drain(first);
    await first.close();
    const sink = streamSink({ ...options(log), target, size: () => 0 });
    await sink.deliver();
    expect(sink.behind()).toBe(0);
    expect(ids()).toEqual([0]);
  });

  it.each(['ocsf', 'ecs'] as const)('writes %s where it is asked to', async (format) => {
    const { target, batches } = receiver();
    const sink = sinkTo(target, () => formatterOf(format));
    log.append(event('a'));
    await drain(sink);
    const sent = JSON.parse(batches[0]![0]!.payload);
    expect(sent[format === 'ocsf' ? 'class_uid' : '@timestamp']).toBeDefined();
  });
});

const options = (of: StreamedLog) => ({
  name: 'a stream',
  cursorName: 'c1',
  formatter: () => formatterOf('native'),
  source: of.source,
  begin: of.size(),
  size: of.size,
  commit: of.commit,
});
