import { describe, expect, it } from 'vitest';
import { entityScope, FilterError, matches, parseFilter } from './filters.ts';
import { heldRecord } from './held-record.fixture.ts';
import type { RecordInput } from './record.ts';

const TIME = Date.parse('2024-07-31T18:00:00Z');
const record = (more: Partial<RecordInput> = {}) =>
  heldRecord({
    text: 'Paid the invoice for the new bicycles',
    time: TIME,
    createdAt: TIME,
    updatedAt: TIME,
    metadata: {},
    ...more,
  });
const passes = (filter: unknown, more: Partial<RecordInput> = {}, id?: string) =>
  matches(parseFilter(filter), record(more), id);

describe('conditions', () => {
  it('takes an empty or absent filter as no restriction', () => {
    for (const filter of [{}, undefined, null, { AND: [] }]) expect(passes(filter)).toBe(true);
  });

  it('applies every operator of one field', () => {
    const filter = { metadata: { size: { gte: 2, lt: 5 } } };
    expect(passes(filter, { metadata: { size: 2 } })).toBe(true);
    expect(passes(filter, { metadata: { size: 5 } })).toBe(false);
    expect(passes(filter, { metadata: { size: 1 } })).toBe(false);
  });

  it('applies both of two conditions on one key under AND', () => {
    const filter = { AND: [{ 'metadata.size': { gte: 2 } }, { 'metadata.size': { lt: 5 } }] };
    expect(passes(filter, { metadata: { size: 7 } })).toBe(false);
    expect(passes(filter, { metadata: { size: 1 } })).toBe(false);
    expect(passes(filter, { metadata: { size: 3 } })).toBe(true);
  });

  it('matches the wildcard with what is present and not null', () => {
    expect(passes({ user_id: '*' }, { userId: 'u' })).toBe(true);
    expect(passes({ user_id: '*' })).toBe(false);
    expect(passes({ 'metadata.a': '*' }, { metadata: { a: null } })).toBe(false);
    expect(passes({ 'metadata.a': '*' }, { metadata: { a: '' } })).toBe(true);
    expect(passes({ user_id: { ne: '*' } })).toBe(true);
  });

  it('lets a missing field match ne and nin only', () => {
    for (const operator of ['eq', 'gt', 'gte', 'lt', 'lte', 'contains', 'icontains'])
      expect(passes({ 'metadata.a': { [operator]: 'x' } })).toBe(false);
    expect(passes({ 'metadata.a': { in: ['x'] } })).toBe(false);
    expect(passes({ 'metadata.a': { ne: 'x' } })).toBe(true);
    expect(passes({ 'metadata.a': { nin: ['x'] } })).toBe(true);
  });

  it('takes a list of users', () => {
    const filter = { user_id: { in: ['a', 'b'] } };
    expect(passes(filter, { userId: 'b' })).toBe(true);
    expect(passes(filter, { userId: 'c' })).toBe(false);
  });

  it('finds memories by id, as a list or one by one', () => {
    expect(passes({ memory_ids: ['m1', 'm2'] }, {}, 'm2')).toBe(true);
    expect(passes({ id: 'm1' }, {}, 'm2')).toBe(false);
    expect(passes({ id: 'm1' })).toBe(false);
  });

  it('compares numbers as numbers and never with strings', () => {
    expect(passes({ 'metadata.n': { gt: 9 } }, { metadata: { n: 10 } })).toBe(true);
    expect(passes({ 'metadata.n': { gt: '9' } }, { metadata: { n: 10 } })).toBe(false);
    expect(passes({ 'metadata.n': 5 }, { metadata: { n: '5' } })).toBe(false);
    expect(passes({ 'metadata.ok': true }, { metadata: { ok: true } })).toBe(true);
  });

  it('finds categories exactly with in and in part with contains', () => {
    const categories = ['personal_finance', 'travel'];
    expect(passes({ categories: { in: ['travel'] } }, { categories })).toBe(true);
    expect(passes({ categories: { in: ['finance'] } }, { categories })).toBe(false);
    expect(passes({ categories: { contains: 'finance' } }, { categories })).toBe(true);
    expect(passes({ categories: { contains: 'Finance' } }, { categories })).toBe(false);
    expect(passes({ categories: { icontains: 'Finance' } }, { categories })).toBe(true);
    expect(passes({ NOT: { categories: { in: ['travel'] } } }, { categories })).toBe(false);
  });

  it('finds keywords as words in sequence, whatever their form', () => {
    expect(passes({ keywords: { icontains: 'Invoices' } })).toBe(true);
    expect(passes({ keywords: { contains: 'paid the invoice' } })).toBe(true);
    expect(passes({ keywords: { contains: 'paid bicycle' } })).toBe(false);
    expect(passes({ keywords: 'motorbike' })).toBe(false);
  });

  it('reaches into nested metadata, and prefers a key that itself holds dots', () => {
    const metadata = { place: { city: 'Rome' }, 'a.b': 1, a: { b: 2 } };
    expect(passes({ metadata: { place: { city: 'Rome' } } }, { metadata })).toBe(true);
    expect(passes({ 'metadata.place.city': { icontains: 'rom' } }, { metadata })).toBe(true);
    expect(passes({ 'metadata.a.b': 1 }, { metadata })).toBe(true);
    expect(passes({ metadata: { a: { b: 2 } } }, { metadata })).toBe(true);
  });
});

describe('times', () => {
  it('takes a date as its whole UTC day', () => {
    expect(passes({ created_at: { lte: '2024-07-31' } })).toBe(true);
    expect(passes({ created_at: { lt: '2024-07-31' } })).toBe(false);
    expect(passes({ created_at: { gt: '2024-07-31' } })).toBe(false);
    expect(passes({ created_at: '2024-07-31' })).toBe(true);
  });

  it('takes moments with zones, without (UTC), and as epoch seconds or milliseconds', () => {
    expect(passes({ updated_at: { gte: '2024-07-31T20:00:00+02:00' } })).toBe(true);
    expect(passes({ updated_at: { gt: '2024-07-31T18:00:00' } })).toBe(false);
    expect(passes({ timestamp: TIME / 1000 })).toBe(true);
    expect(passes({ timestamp: TIME })).toBe(true);
  });

  it('compares the expiration date', () => {
    expect(passes({ expiration_date: { lt: '2025-01-01' } }, { expiresOn: '2024-12-31' })).toBe(true);
    expect(passes({ expiration_date: '2024-12-31' }, { expiresOn: '2024-12-31' })).toBe(true);
    expect(passes({ expiration_date: '*' })).toBe(false);
  });

  it.each(['soon', '2024-02-31', '31.12.2024', true, {}, '2024-13-01T00:00:00Z'])('refuses %j', (value) => {
    expect(() => parseFilter({ created_at: { gt: value } })).toThrow(FilterError);
  });
});

describe('groups', () => {
  it('takes OR and NOT as lists or objects', () => {
    expect(passes({ OR: [{ user_id: 'a' }, { agent_id: 'b' }] }, { agentId: 'b' })).toBe(true);
    expect(passes({ NOT: [{ user_id: 'a' }, { agent_id: 'b' }] }, { agentId: 'b' })).toBe(false);
    expect(passes({ NOT: { user_id: 'a', agent_id: 'b' } }, { agentId: 'b' })).toBe(true);
    expect(passes({ OR: [] })).toBe(false);
  });

  it('applies the keys beside a group too', () => {
    const filter = { user_id: 'a', OR: [{ run_id: 'r' }, { app_id: 'p' }] };
    expect(passes(filter, { userId: 'a', runId: 'r' })).toBe(true);
    expect(passes(filter, { userId: 'b', runId: 'r' })).toBe(false);
  });
});

describe('refusals', () => {
  it('names an unknown key and the known ones', () => {
    expect(() => parseFilter({ agentId: 'x' })).toThrow(/"agentId".*agent_id/);
    expect(() => parseFilter({ and: [] })).toThrow(FilterError);
    try {
      parseFilter({ userid: 'x' });
    } catch (error) {
      expect((error as FilterError).code).toBe('invalid_filter');
    }
  });

  it('names an unknown operator', () => {
    expect(() => parseFilter({ user_id: { like: 'x' } })).toThrow(/"like"/);
  });

  it.each([
    [[]],
    ['user_id'],
    [{ AND: 'x' }],
    [{ AND: [1] }],
    [{ user_id: true }],
    [{ user_id: { in: 'a' } }],
    [{ keywords: { gt: 'a' } }],
    [{ keywords: { contains: 'the' } }],
    [{ created_at: { contains: '2024' } }],
  ])('refuses %j', (filter) => {
    expect(() => parseFilter(filter)).toThrow(FilterError);
  });

  it('bounds depth, conditions and lists', () => {
    let deep: unknown = { user_id: 'a' };
    for (let level = 0; level < 8; level++) deep = { AND: [deep] };
    expect(() => parseFilter(deep)).toThrow(/8 levels/);
    let path: unknown = 1;
    for (let level = 0; level < 9; level++) path = { a: path };
    expect(() => parseFilter({ metadata: path })).toThrow(/8 levels/);
    expect(() => parseFilter({ OR: Array.from({ length: 201 }, () => ({})) })).toThrow(/200 conditions/);
    expect(() => parseFilter({ user_id: { in: Array(1001).fill('a') } })).toThrow(/1000 values/);
  });

  it('bounds the work that a filter makes for every memory it looks at', () => {
    const objects = Array.from({ length: 1000 }, (_, i) => [i]);
    expect(() => parseFilter({ 'metadata.a': objects })).toThrow(/count for several/);
    expect(() => parseFilter({ OR: Array(50).fill({ 'metadata.a': { icontains: 'x' } }) })).toThrow(
      /several/,
    );
    expect(() => parseFilter({ keywords: { contains: 'lighthouse '.repeat(33) } })).toThrow(/32 words/);
    expect(() => parseFilter({ metadata: ['x'] })).toThrow(/takes an object/);
    expect(() =>
      parseFilter({ user_id: { in: Array.from({ length: 1000 }, (_, i) => `u${i}`) } }),
    ).not.toThrow();
  });

  it('takes keys that pollute prototypes as names like any other', () => {
    expect(() => parseFilter(JSON.parse('{"__proto__": "x"}'))).toThrow(FilterError);
    expect(() => parseFilter({ constructor: 'x' })).toThrow(FilterError);
    expect(passes({ 'metadata.constructor': '*' })).toBe(false);
    expect(passes({ 'metadata.__proto__.toString': '*' })).toBe(false);
    expect(passes(JSON.parse('{"metadata": {"__proto__": "x"}}'))).toBe(false);
    expect(passes({ 'metadata.__proto__': 'x' }, { metadata: JSON.parse('{"__proto__": "x"}') })).toBe(true);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

describe('entityScope', () => {
  const scope = (filter: unknown) => entityScope(parseFilter(filter));

  it('collects what the top level pins', () => {
    expect(
      scope({ user_id: 'a', AND: [{ agent_id: { eq: 'b' } }, { AND: { run_id: { in: ['r'] } } }] }),
    ).toEqual({
      userId: 'a',
      agentId: 'b',
      runId: 'r',
    });
  });

  it('takes nothing from wildcards, several values, OR and NOT', () => {
    expect(scope({ user_id: '*', agent_id: { in: ['a', 'b'] }, OR: [{ app_id: 'c' }] })).toEqual({});
    expect(scope({ NOT: { user_id: 'a' }, agent_id: { ne: 'b' } })).toEqual({});
  });
});
