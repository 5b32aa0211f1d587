import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Actor, Entities } from '../access/actor.ts';
import { whose } from './whose.ts';

const actor = (kind: Actor['kind'], boundTo?: Entities) =>
  ({ kind, id: 'own-id', ...(boundTo && { boundTo }) }) as Actor;
const key = actor('api_key');
const bound = actor('api_key', { user_id: 'ann' });
const account = actor('account');
const defaultUser = 'dora';

describe('a call that names nobody is about', () => {
  test('the entities of a bound key, which its reach adds', () =>
    expect(whose({ actor: bound, defaultUser }, {})).toEqual({}));
  test('an account itself', () =>
    expect(whose({ actor: account, defaultUser }, {})).toEqual({ user_id: 'own-id' }));
  test.each(['api_key', 'operator', 'certificate'] as const)('the default user of an unbound %s', (kind) =>
    expect(whose({ actor: actor(kind), defaultUser }, {})).toEqual({ user_id: 'dora' }),
  );
  test('nobody at all without one', () => expect(() => whose({ actor: key }, {})).toThrow(/give user_id/));
});

test('who is named, is meant, by whichever field', () => {
  for (const field of ['user_id', 'agent_id', 'app_id', 'run_id'] as const)
    for (const who of [key, bound, account])
      expect(whose({ actor: who, defaultUser }, { [field]: 'x' })).toEqual({ [field]: 'x' });
});

test('a filter that names somebody keeps the default user out, however deep', () => {
  const nest = fc.letrec((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small' },
      fc.constant({ agent_id: 'robot' }),
      fc.record({ AND: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ OR: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ NOT: tie('filter') }),
    ),
  })).filter;
  fc.assert(
    fc.property(nest, (filter) => {
      expect(whose({ actor: key, defaultUser }, {}, filter)).toEqual({});
    }),
  );
  expect(whose({ actor: key, defaultUser }, {}, { AND: [{ created_at: { gte: '2026-01-01' } }] })).toEqual({
    user_id: 'dora',
  });
});
