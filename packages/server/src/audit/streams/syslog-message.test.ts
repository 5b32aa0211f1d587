import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES, SEVERITIES } from '../events.ts';
import { type AuditRecord, recordOf } from '../record.ts';
import { ascii, formatterOf } from './payload.ts';
import { counted, syslogMessage } from './syslog-message.ts';

/** RFC 5424, 6: only what this service writes, strictly. */
const MESSAGE =
  /^<(?<pri>\d{1,3})>1 (?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) [\x21-\x7e]{1,255} memhold \d+ (?<id>[\x21-\x7e]{1,32}) \[memhold@32473(?<data>( [a-z]+="[^"\\\]]*")*)\] (?<text>[\x20-\x7e]*)$/;

const recordWith = (text: string, more: Partial<AuditRecord> = {}): AuditRecord => ({
  ...recordOf({
    index: 7,
    leafHash: Buffer.alloc(32, 1),
    skeleton: {
      type: 'memory.created',
      severity: 'info',
      time: 1_800_000_000_123,
      actor: { kind: 'account', id: 'a1' },
      success: true,
      v: 1,
    },
    privatePart: { user_agent: text, text },
    statusOf: () => 500,
  }),
  ...more,
});
const native = await formatterOf('native');
const parsed = (message: string) => MESSAGE.exec(message)?.groups;

describe('a syslog message', () => {
  it('has the header of RFC 5424, facility 13, and the record as JSON', () => {
    const record = recordWith('curl');
    const { pri, time, id, data, text } = parsed(syslogMessage(record, native(record)))!;
    expect([pri, time, id, data]).toEqual([
      '110',
      '2027-01-15T08:00:00.123Z',
      'memory.created',
      ' index="7" type="memory.created" outcome="success"',
    ]);
    expect(JSON.parse(text!)).toEqual(record);
  });

  it.each([
    ['critical', 106],
    ['error', 107],
    ['warning', 108],
    ['info', 110],
    ['debug', 111],
  ] as const)('of severity %s has priority %d', (severity, priority) => {
    expect(parsed(syslogMessage(recordWith('', { severity }), '{}'))!.pri).toBe(String(priority));
    expect(SEVERITIES).toHaveLength(5);
  });

  it.each(EVENT_TYPES)('names %s whole', (event_type) => {
    expect(parsed(syslogMessage(recordWith('', { event_type }), '{}'))!.id).toBe(event_type);
  });

  it('is one line of printable ASCII, and the same record, whatever was logged', () => {
    const naughty = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\r\n<13>1 - - forged - - - an event',
        '\u001b[2J\u009b31m',
        '\u202e\u2066rtl\u2069',
        '\ufeff\u2028\u2029\u0085\0',
        '\ud800 lone',
        '12 <13>1',
        '"] [x="',
        '😀',
      ),
    );
    fc.assert(
      fc.property(naughty, (text) => {
        const record = recordWith(text);
        const message = syslogMessage(record, native(record));
        const found = parsed(message);
        expect(found, message).toBeDefined();
        expect(JSON.parse(found!.text!).user_agent).toBe(text.toWellFormed());
      }),
      { numRuns: 1000 },
    );
  });

  it('is found again in a stream of others by its length', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }), (texts) => {
        const sent = texts.map((text) => syslogMessage(recordWith(text), ascii(JSON.stringify({ text }))));
        let rest = Buffer.from(sent.map(counted).join(''));
        const received: string[] = [];
        while (rest.length > 0) {
          const space = rest.indexOf(' ');
          const length = Number(rest.toString('latin1', 0, space));
          received.push(rest.toString('utf8', space + 1, space + 1 + length));
          rest = rest.subarray(space + 1 + length);
        }
        expect(received).toEqual(sent);
      }),
    );
  });
});
