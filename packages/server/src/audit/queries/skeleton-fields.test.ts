import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuditActor, type AuditEvent, encodeEvent } from '../entry.ts';
import { EVENT_TYPES, SEVERITIES } from '../events.ts';
import { skeletonFields } from './skeleton-fields.ts';

/** Text that tries to look like the JSON around it. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    ',',
    '","severity":"debug","success":true,"time":0,"type":"x","v":1}',
    '"actor":{"id":"somebody else","kind":"account"}',
    ',"namespace":"another"',
    '],"type":"account"}',
    'back\\slash\\',
    'quote"',
    'é\u202e\u0000',
  ),
  fc.uuid(),
);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const actor: fc.Arbitrary<AuditActor> = fc
  .record({
    kind: fc.constantFrom('account', 'api_key', 'certificate', 'operator', 'system', 'anonymous'),
    id: maybe(text),
    session: maybe(text),
    account: maybe(text),
  })
  .map((value) => JSON.parse(JSON.stringify(value)));
const event: fc.Arbitrary<AuditEvent> = fc
  .record({
    type: fc.constantFrom(...EVENT_TYPES),
    severity: maybe(fc.constantFrom(...SEVERITIES)),
    time: fc.oneof(
      fc.constant(0),
      fc.integer(),
      fc.maxSafeInteger(),
      fc.date({ noInvalidDate: true }).map(Number),
    ),
    actor,
    namespace: maybe(text),
    resource: maybe(
      fc.record({
        type: fc.oneof(fc.constantFrom('account', 'user', 'memory', 'audit_event'), text),
        ids: fc.array(text, { maxLength: 4 }),
      }),
    ),
    action: maybe(text),
    success: fc.boolean(),
    code: maybe(text),
    requestId: maybe(text),
    before: maybe(fc.constant('x')),
    private: maybe(fc.constant({ ip: '192.0.2.1' })),
  })
  .map(
    (value) =>
      Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as unknown as AuditEvent,
  );

describe('the fields of a public part', () => {
  it('are what a JSON parser reads, whatever stands in its strings', () => {
    fc.assert(
      fc.property(event, (one) => {
        const { skeleton } = encodeEvent(one, Buffer.alloc(32));
        const read = JSON.parse(Buffer.from(skeleton).toString());
        const { kind, id, account } = read.actor;
        const own = kind === 'account' || kind === 'operator' ? id : undefined;
        expect(skeletonFields(skeleton)).toEqual({
          type: read.type,
          severity: read.severity,
          success: read.success,
          time: read.time,
          user: account ?? own,
          namespace: read.namespace,
          accounts: ['account', 'user'].includes(read.resource?.type) ? read.resource.ids : [],
          removed: read.type === 'audit.records.removed' ? (read.resource?.ids ?? []) : [],
        });
      }),
      { numRuns: 3000 },
    );
  });

  it('are read at any place of a larger buffer', () => {
    const { skeleton } = encodeEvent({
      type: 'auth.logout',
      time: 7,
      actor: { kind: 'system' },
      success: true,
    });
    const larger = Buffer.concat([Buffer.from('{"x":'), skeleton, Buffer.from('}')]);
    expect(skeletonFields(larger.subarray(5, -1))).toMatchObject({ type: 'auth.logout', time: 7 });
    expect(skeletonFields(new Uint8Array(skeleton))).toMatchObject({ type: 'auth.logout', time: 7 });
  });

  it('are none where the bytes are no event', () => {
    for (const bytes of ['', '{', '[]', 'null', '{}', '{"type":"auth.logout","time":"7"}', '\xff\xfe'])
      expect([bytes, skeletonFields(Buffer.from(bytes, 'latin1'))]).toEqual([bytes, undefined]);
  });
});
