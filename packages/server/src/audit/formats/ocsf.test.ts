import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EVENT_TYPES } from '../events.ts';
import type { AuditRecord } from '../record.ts';
import { jsonLine } from './invisible.ts';
import { checkedOcsf, toOcsf } from './ocsf.ts';
import { OCSF_KINDS } from './ocsf-classes.ts';
import { ocsfProblems } from './ocsf-problems.ts';
import { captionOf, OCSF_VERSION, ocsfClass } from './ocsf-schema.ts';
import { anyRecord, recordsOf } from './records.fixture.ts';

type Fields = Record<string, unknown>;
const [login] = fc.sample(recordsOf('auth.login.success'), { numRuns: 1, seed: 1 }) as [AuditRecord];

describe('every event in OCSF', () => {
  test.each(EVENT_TYPES)('%s meets the vendored schema, whatever it says', (type) => {
    fc.assert(
      fc.property(recordsOf(type), (record) => {
        const { event, problems } = checkedOcsf(record);
        expect(problems).toEqual([]);
        expect(JSON.parse(jsonLine(event))).toEqual(JSON.parse(JSON.stringify(event)));
      }),
      { numRuns: 40 },
    );
  });

  test('every type has an activity that its class knows', () => {
    expect(OCSF_VERSION).toBe('1.6.0');
    for (const [type, [uid, activity]] of Object.entries(OCSF_KINDS))
      expect(captionOf(ocsfClass(uid)!, 'activity_id', activity), type).toBeDefined();
  });

  test('keeps the position and the leaf hash, by which the proof is found', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const { metadata } = toOcsf(record) as { metadata: Fields };
        expect(metadata).toMatchObject({
          sequence: record.id,
          uid: record.leaf_hash,
          event_code: record.event_type,
        });
      }),
    );
  });

  test('loses nothing that the record says', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const text = JSON.stringify(toOcsf(record));
        const says = (value: unknown) => expect(text).toContain(JSON.stringify(value).slice(1, -1));
        for (const value of [
          record.ip_address,
          record.user_agent,
          record.request_path,
          record.request_method,
        ])
          if (value !== null) says(value);
        for (const value of [record.before_state, record.action, record.session_id, record.actor_id])
          if (value !== null) says(value);
        for (const id of record.resource_ids) says(id);
        for (const value of Object.values(record.metadata)) if (typeof value === 'string') says(value);
      }),
    );
  });

  test('a log of newer software is not lost', () => {
    const record = { ...login, event_type: 'something.new' } as unknown as AuditRecord;
    expect(checkedOcsf(record)).toMatchObject({ problems: [], event: { class_uid: 6003, activity_id: 99 } });
  });

  test('what does not meet the schema says so in itself', () => {
    const { event, problems } = checkedOcsf({ ...login, id: 1.5 });
    expect(problems).toEqual(['metadata.sequence: must be a integer_t']);
    expect(event.unmapped).toMatchObject({ ocsf_problems: problems });
  });
});

describe('the validator', () => {
  const event = () => structuredClone(toOcsf(login)) as Record<string, Fields> & Fields;
  const broken: [string, (event: Record<string, Fields> & Fields) => void, RegExp][] = [
    ['a class that is none', (one) => Object.assign(one, { class_uid: 9 }), /class_uid/],
    ['a missing attribute', (one) => delete one.time, /time: is missing/],
    ['a missing nested attribute', (one) => delete one.metadata!.version, /metadata\.version: is missing/],
    ['an unknown attribute', (one) => Object.assign(one, { colour: 'red' }), /colour: is not in the schema/],
    ['an inherited name', (one) => Object.assign(one, { toString: 'x' }), /toString: is not in the schema/],
    ['an attribute of a profile', (one) => Object.assign(one, { disposition_id: 1 }), /disposition_id/],
    ['a wrong type', (one) => Object.assign(one, { message: 1 }), /message: must be a string_t/],
    ['a fraction', (one) => Object.assign(one, { time: 1.5 }), /time: must be a long_t/],
    ['a value out of its enumeration', (one) => Object.assign(one, { severity_id: 42 }), /severity_id: 42/],
    [
      'a number that its name denies',
      (one) => Object.assign(one, { status: 'Failed' }),
      /status: is not the name/,
    ],
    ['a wrong type_uid', (one) => Object.assign(one, { type_uid: 1 }), /type_uid: must be 300201/],
    ['a wrong category', (one) => Object.assign(one, { category_uid: 6 }), /category_uid: must be 3/],
    ['no address', (one) => Object.assign(one, { src_endpoint: { ip: 'here' } }), /src_endpoint\.ip: is not/],
    [
      'a port out of range',
      (one) => Object.assign(one.src_endpoint!, { port: 70_000 }),
      /port: is not between/,
    ],
    [
      'an endpoint without any name',
      (one) => Object.assign(one, { src_endpoint: {} }),
      /src_endpoint: needs one/,
    ],
    ['a missing alternative', (one) => delete one.service, /the event: needs one of service, dst_endpoint/],
    ['no array', (one) => Object.assign(one.metadata!, { labels: 'x' }), /labels: must be an array/],
    [
      'a wrong item',
      (one) => Object.assign(one.metadata!, { labels: [1] }),
      /labels\[0\]: must be a string_t/,
    ],
    ['text for an object', (one) => Object.assign(one, { user: 'alice' }), /user: must be an object/],
    [
      'an object that is not vendored',
      (one) => Object.assign(one, { certificate: {} }),
      /type certificate are not exported/,
    ],
  ];
  test('accepts the event that the others are made of', () => expect(ocsfProblems(event())).toEqual([]));
  test.each(broken)('finds %s', (_, damage, problem) => {
    const one = event();
    damage(one);
    expect(ocsfProblems(one).join('\n')).toMatch(problem);
  });
  test.each([[null], [1], ['x'], [[]]])('finds that %j is no event', (one) => {
    expect(ocsfProblems(one)).toHaveLength(1);
  });
});
