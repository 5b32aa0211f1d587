import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Authorized } from '../../access/actor.ts';
import type { AuditEvent } from '../entry.ts';
import type { ExportPiece } from './duties.ts';
import { AuditExports } from './service.ts';

const HOUR = 3_600_000;
const NOW = 10 * HOUR;
const actor = {
  kind: 'account',
  id: 'a1',
  account: { publicId: 'a1' },
  namespace: { publicId: 'n1' },
} as unknown as Authorized<'audit:read'>;
const origin = { requestId: 'r1', client: { ip: '192.0.2.7' } };
const nothing = () => undefined;

/** The evidence thread, and the log, with a note of the order in which they were asked. */
function service(pieces: ExportPiece[], failing?: Error) {
  const order: unknown[] = [];
  const events: AuditEvent[] = [];
  const exports = new AuditExports({
    duties: {
      openExport: async (asked) => {
        order.push(['open', asked]);
        return { ticket: 7, size: 42 };
      },
      nextOfExport: async ({ ticket }) => {
        order.push(['next', ticket]);
        return pieces.shift() ?? { piece: undefined, written: { events: 1, invalid: 0 } };
      },
      closeExport: async ({ ticket }) => void order.push(['close', ticket]),
    },
    recorder: {
      async record(event) {
        if (failing) throw failing;
        order.push('recorded');
        events.push(event);
      },
    },
    now: () => NOW,
  });
  return { exports, order, events };
}
const piece = (text: string) => ({ piece: new Uint8Array(Buffer.from(text)) });

describe('an export of the log', () => {
  test('is recorded, with what it is, before its first byte', async () => {
    const { exports, order, events } = service([piece('ab'), piece('cd')]);
    const written: unknown[] = [];
    const pieces = await exports.open(actor, { format: 'csv', hours: 3 }, origin, (one) => written.push(one));
    expect(order).toEqual([['open', { format: 'csv', since: NOW - 3 * HOUR }], 'recorded']);
    expect(events[0]).toMatchObject({
      type: 'audit.exported',
      action: 'download',
      actor: { kind: 'account', id: 'a1' },
      success: true,
      private: { ip: '192.0.2.7', format: 'csv', hours: '3', size: '42' },
    });
    const text = (await Readable.from(pieces, { objectMode: false }).toArray()).join('');
    expect(text).toBe('abcd');
    expect(written).toEqual([{ events: 1, invalid: 0 }]);
  });

  test('that cannot be recorded hands out nothing', async () => {
    const { exports, order } = service([piece('secret')], new Error('the disk is full'));
    await expect(exports.open(actor, { format: 'native' }, origin, nothing)).rejects.toThrow(
      'the disk is full',
    );
    expect(order).toEqual([
      ['open', { format: 'native', since: undefined }],
      ['close', 7],
    ]);
  });

  test.each([0, 1])('that its client leaves after %i pieces is given back', async (taken) => {
    const { exports, order } = service([piece('ab'), piece('cd'), piece('ef')]);
    const pieces = await exports.open(actor, { format: 'native' }, origin, nothing);
    const stream = Readable.from(pieces, { objectMode: false, highWaterMark: 1 });
    if (taken > 0) await new Promise((resolve) => stream.once('data', resolve));
    stream.destroy();
    await expect.poll(() => order.at(-1)).toEqual(['close', 7]);
    expect(order.filter((one) => String(one).startsWith('next')).length).toBeLessThan(3);
  });

  test('that is read from the data folder is recorded as that', async () => {
    const { exports, events } = service([]);
    await exports.announce(actor, { format: 'bundle' }, origin);
    expect(events[0]).toMatchObject({ action: 'data-folder', private: { format: 'bundle' } });
  });
});
