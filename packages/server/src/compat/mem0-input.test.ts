import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentsOf, ownersOf, ownMetadata, whereOf } from './mem0-input.ts';

const MISSPELT = { userId: 'user_id', agentId: 'agent_id', appId: 'app_id', runId: 'run_id' };
const group = fc.constantFrom('AND', 'OR', 'NOT');
/** The way to a place within a filter: groups, each with its part in a list or not. */
const way = fc.array(fc.record({ group, inList: fc.boolean() }), { maxLength: 6 });
const within = (steps: { group: string; inList: boolean }[], filter: object): Record<string, unknown> =>
  steps.reduce<Record<string, unknown>>(
    (inner, step) => ({ [step.group]: step.inList ? [{ user_id: 'u' }, inner] : inner }),
    filter as Record<string, unknown>,
  );

describe('filters are passed on as they are', () => {
  test('but for an id that is spelt as in JavaScript, wherever it stands', () => {
    fc.assert(
      fc.property(way, fc.constantFrom(...Object.entries(MISSPELT)), (steps, [wrong, right]) => {
        const filters = within(steps, { [wrong]: 'x' });
        const refusal = expect.objectContaining({
          code: 'invalid_filter',
          message: expect.stringContaining(right),
        });
        expect(() => whereOf({ filters, show_expired: false })).toThrow(refusal);
      }),
    );
  });

  test('and metadata may have any key', () => {
    fc.assert(
      fc.property(way, fc.constantFrom(...Object.keys(MISSPELT)), (steps, key) => {
        const filters = within(steps, { metadata: { [key]: 1, AND: [{ [key]: 2 }] } });
        expect(whereOf({ filters, show_expired: false }).filter).toEqual(filters);
      }),
    );
  });

  test('what stands beside them narrows further, never wider', () => {
    const filters = { OR: [{ user_id: 'u' }, { user_id: 'v' }] };
    const body = {
      filters,
      metadata: { a: 1 },
      categories: ['c'],
      start_date: '2026-01-01',
      show_expired: false,
    };
    const { filter } = whereOf(body);
    const created = { created_at: { gte: '2026-01-01' } };
    expect(filter).toEqual({
      AND: [filters, { metadata: { a: 1 } }, { categories: { in: ['c'] } }, created],
    });
  });
});

test('ids are taken from beside filters and from within, and may not contradict each other', () => {
  const body = { messages: 'x', user_id: 'u', filters: { user_id: 'u', agent_id: 'a' } };
  expect(ownersOf(body)).toEqual({ user_id: 'u', agent_id: 'a' });
  expect(() => ownersOf({ ...body, filters: { user_id: 'v' } })).toThrow(/user_id differs/);
});

test('identity keys in metadata are no metadata', () => {
  expect(ownMetadata({ user_id: 'm', agent_id: 'm', app_id: 'm', run_id: 'm', userId: 'kept' })).toEqual({
    userId: 'kept',
  });
});

test('each message with text becomes a memory, but those of the system', () => {
  const message = (role: string, content: string | { type: string; text?: string }[]) => ({ role, content });
  const messages = [
    message('system', 'be kind'),
    message('user', 'one'),
    message('assistant', [
      { type: 'text', text: 'two' },
      { type: 'image_url' },
      { type: 'text', text: 'three' },
    ]),
    message('user', [{ type: 'image_url' }]),
  ];
  const facts = { metadata: null, timestamp: 5, expiration_date: '2030-01-01' };
  expect(contentsOf({ messages, ...facts })).toEqual(
    [
      ['user', 'one'],
      ['assistant', 'two\nthree'],
    ].map(([role, text]) => ({ role, text, metadata: {}, timestamp: 5, expiresOn: '2030-01-01' })),
  );
  expect(() => contentsOf({ messages: [message('system', 'x')] })).toThrow(/no text/);
});
