import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EVENT_TYPES } from '../events.ts';
import { toEcs } from './ecs.ts';
import { ECS_CATEGORIES, ECS_FIELDS, type EcsCategory, type EcsType } from './ecs-fields.ts';
import { recordsOf } from './records.fixture.ts';

type Fields = Record<string, unknown>;

function flat(value: Fields, at = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([name, item]): [string, unknown][] => {
    const path = `${at}${name}`;
    const isGroup = typeof item === 'object' && !Array.isArray(item) && ECS_FIELDS[path] === undefined;
    return isGroup ? flat(item as Fields, `${path}.`) : [[path, item]];
  });
}

const FITS: Record<EcsType, (value: unknown) => boolean> = {
  date: (value) => typeof value === 'string' && new Date(value).toISOString() === value,
  ip: (value) => typeof value === 'string' && isIP(value) > 0,
  keyword: (value) => typeof value === 'string',
  text: (value) => typeof value === 'string',
  long: Number.isSafeInteger,
  object: (value) => Object.values(value as object).every((label) => typeof label === 'string'),
};

describe('every event in ECS', () => {
  test.each(EVENT_TYPES)('%s has only fields of the schema, each of its type', (type) => {
    fc.assert(
      fc.property(recordsOf(type), (record) => {
        const event = toEcs(record);
        for (const [name, value] of flat(event)) {
          const field = ECS_FIELDS[name];
          expect(field, name).toBeDefined();
          const { array, values, type: kind } = field!;
          expect(Array.isArray(value), name).toBe(array === true);
          for (const one of [value].flat()) {
            expect(FITS[kind](one), `${name}: ${String(one)}`).toBe(true);
            if (values) expect(values).toContain(one);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test.each(EVENT_TYPES)('%s has categories that know its type', (type) => {
    fc.assert(
      fc.property(recordsOf(type), (record) => {
        const { event } = toEcs(record) as { event: { category: EcsCategory[]; type: [string] } };
        expect(event.category.length).toBeGreaterThan(0);
        for (const category of event.category) expect(ECS_CATEGORIES[category]).toContain(event.type[0]);
      }),
      { numRuns: 10 },
    );
  });

  test('a login begins a session only where it succeeded', () => {
    const [record] = fc.sample(recordsOf('auth.login.success'), 1);
    const category = (success: boolean) => (toEcs({ ...record!, success }).event as Fields).category;
    expect(category(true)).toEqual(['authentication', 'session']);
    expect(category(false)).toEqual(['authentication']);
  });
});
