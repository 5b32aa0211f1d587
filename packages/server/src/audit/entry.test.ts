import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from './canonical-json.ts';
import { canonicalJson } from './canonical-json.ts';
import { commit } from './commitment.ts';
import type { AuditEvent } from './entry.ts';
import { encodeEvent } from './entry.ts';
import { EVENT_SEVERITY, EVENT_TYPES, SEVERITIES } from './events.ts';

const STATE_KEY = Buffer.alloc(32, 7);
const state = (name: 'before' | 'after', event: AuditEvent) => {
  if (event[name] === undefined) return {};
  const { type = null, ids = [] } = event.resource ?? {};
  const message = canonicalJson([type, ids, event[name]]);
  return { [name]: createHmac('sha256', STATE_KEY).update(message).digest('hex') };
};
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const unicode = fc.string({ unit: 'binary', maxLength: 12 });
const optional = { requiredKeys: ['type', 'time', 'actor', 'success'] as const };
const eventArbitrary = fc.record(
  {
    type: fc.constantFrom(...EVENT_TYPES),
    severity: fc.constantFrom(...SEVERITIES),
    time: fc.maxSafeInteger(),
    actor: fc.record(
      {
        kind: fc.constantFrom('account', 'api_key', 'operator', 'system', 'anonymous'),
        id: unicode,
        session: unicode,
        account: unicode,
      },
      { requiredKeys: ['kind'] },
    ),
    namespace: unicode,
    resource: fc.record({ type: unicode, ids: fc.array(unicode) }),
    action: unicode,
    success: fc.boolean(),
    code: unicode,
    requestId: unicode,
    before: fc.jsonValue({ stringUnit: 'binary' }),
    after: fc.jsonValue({ stringUnit: 'binary' }),
    private: fc.dictionary(unicode, fc.jsonValue({ stringUnit: 'binary' })),
  },
  { requiredKeys: [...optional.requiredKeys] },
) as fc.Arbitrary<AuditEvent>;

describe('encodeEvent', () => {
  it('writes the canonical JSON of the public part, with the commitment in place of the private part', () => {
    fc.assert(
      fc.property(eventArbitrary, (event) => {
        const { skeleton, privatePart, salt, leafHash } = encodeEvent(event, STATE_KEY);
        const commitment = salt && createHmac('sha256', salt).update(privatePart!).digest('hex');
        const expected = {
          ...event,
          ...state('before', event),
          ...state('after', event),
          severity: event.severity ?? EVENT_SEVERITY[event.type],
          private: commitment,
          v: 1,
        };
        expect(text(skeleton)).toBe(canonicalJson(expected as unknown as Json));
        expect(Buffer.from(leafHash)).toEqual(createHash('sha256').update('\0').update(skeleton).digest());
        expect(privatePart && text(privatePart)).toBe(event.private && canonicalJson(event.private));
        expect(text(skeleton)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves out the private part, salt and commitment where there is none', () => {
    const encoded = encodeEvent({
      type: 'system.startup',
      time: 0,
      actor: { kind: 'system' },
      success: true,
    });
    expect(Object.keys(encoded).sort()).toEqual(['leafHash', 'skeleton']);
    expect(text(encoded.skeleton)).toBe(
      '{"actor":{"kind":"system"},"severity":"info","success":true,"time":0,"type":"system.startup","v":1}',
    );
  });

  it('commits to equal private parts differently, so that nothing can be guessed', () => {
    const event: AuditEvent = {
      type: 'auth.logout',
      time: 1,
      actor: { kind: 'account' },
      success: true,
      private: {},
    };
    const seen = new Set(Array.from({ length: 600 }, () => text(encodeEvent(event).skeleton)));
    expect(seen.size).toBe(600);
  });

  it('refuses times that are no whole numbers', () => {
    const event: AuditEvent = { type: 'auth.logout', time: 1, actor: { kind: 'account' }, success: true };
    for (const time of [Number.NaN, 1.5, Number.POSITIVE_INFINITY, 2 ** 60]) {
      expect(() => encodeEvent({ ...event, time })).toThrow(TypeError);
    }
  });
});

describe('commit', () => {
  it('is HMAC-SHA256', () => {
    const salts = fc.uint8Array({ maxLength: 64 });
    fc.assert(
      fc.property(salts, fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.nat(140_000)), (salt, message) => {
        const bytes = typeof message === 'number' ? Buffer.alloc(message, message) : message;
        expect(commit(salt, bytes)).toBe(createHmac('sha256', salt).update(bytes).digest('hex'));
      }),
      { numRuns: 300 },
    );
    expect(() => commit(new Uint8Array(65), new Uint8Array(1))).toThrow(RangeError);
  });

  it('draws salts that never repeat, for the same private part too', () => {
    const event: AuditEvent = {
      type: 'auth.login.success',
      time: 0,
      actor: { kind: 'anonymous' },
      success: true,
      private: { ip: '192.0.2.1' },
    };
    const encoded = Array.from({ length: 1000 }, () => encodeEvent(event));
    expect(new Set(encoded.map(({ salt }) => Buffer.from(salt!).toString('hex'))).size).toBe(1000);
    expect(encoded.every(({ salt }) => salt!.length === 16 && salt!.some((byte) => byte !== 0))).toBe(true);
    for (const { salt, privatePart, opening } of encoded)
      expect(Buffer.from(opening!)).toEqual(Buffer.concat([salt!, privatePart!]));
  });
});
