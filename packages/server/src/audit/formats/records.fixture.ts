import fc from 'fast-check';
import { statusOf } from '../../http/problem.ts';
import type { AuditActor } from '../entry.ts';
import { EVENT_TYPES, type EventType, SEVERITIES } from '../events.ts';
import { type AuditRecord, type PrivatePart, recordOf, type Skeleton } from '../record.ts';

const NASTY = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  "'x",
  '\t=1',
  '\r\n',
  '\u001b[31m',
  'a\u202eb',
  '"',
  ',',
  '\\n',
  ';',
];

/** Texts with whatever breaks lines, cells and terminals. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(...NASTY),
  fc.array(fc.constantFrom(...NASTY), { maxLength: 4 }).map((parts) => parts.join('')),
);

const KINDS = ['account', 'api_key', 'certificate', 'operator', 'system', 'anonymous'] as const;
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const without = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;

const actor = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    id: maybe(fc.uuid()),
    session: maybe(fc.uuid()),
    account: maybe(fc.uuid()),
  })
  .map((one) => without(one) as AuditActor);

const privatePart = fc
  .record({
    ip: maybe(fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant(`fe80::1%${'z'.repeat(60)}`), anyText)),
    user_agent: maybe(anyText),
    method: maybe(fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PURGE')),
    path: maybe(anyText),
    query: maybe(anyText),
    username: maybe(anyText),
    summary: maybe(anyText),
    more: maybe(fc.jsonValue({ maxDepth: 2 })),
  })
  .map((one) => without(one) as PrivatePart);

const skeletonOf = (type: EventType) =>
  fc
    .record({
      type: fc.constant(type),
      severity: fc.constantFrom(...SEVERITIES),
      time: fc.integer({ min: 0, max: 4_102_444_800_000 }),
      actor,
      namespace: maybe(fc.uuid()),
      resource: maybe(
        fc.record({
          type: fc.constantFrom('account', 'memory', 'namespace', 'session', 'api_key', 'audit_event'),
          ids: fc.array(fc.oneof(fc.uuid(), anyText), { maxLength: 3 }),
        }),
      ),
      action: maybe(anyText),
      success: fc.boolean(),
      code: maybe(fc.constantFrom('permission_denied', 'invalid_credentials', 'brute_force')),
      requestId: maybe(fc.uuid()),
      before: maybe(
        fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }),
      ),
      private: maybe(fc.constant('00')),
      v: fc.constant(1),
    })
    .map((one) => without(one) as Skeleton);

/** Records of one event type with any contents. */
export const recordsOf = (type: EventType): fc.Arbitrary<AuditRecord> =>
  fc
    .record({
      index: fc.nat(),
      leafHash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      skeleton: skeletonOf(type),
      privatePart: maybe(privatePart),
    })
    .map((source) => recordOf({ ...source, privatePart: source.privatePart, statusOf }));

export const anyRecord = fc.constantFrom(...EVENT_TYPES).chain(recordsOf);
