import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matches, parseFilter } from './filters.ts';
import { heldRecord } from './held-record.fixture.ts';
import type { HeldRecord } from './held-record.ts';

type Values = { user?: string; size?: number; tags?: string[] };
type Node = { [key: string]: unknown };

const record = ({ user, size, tags }: Values): HeldRecord =>
  heldRecord({
    text: '',
    time: 0,
    createdAt: 0,
    updatedAt: 0,
    ...(user !== undefined && { userId: user }),
    ...(tags !== undefined && { categories: tags }),
    metadata: size === undefined ? {} : { size },
  });

const letter = fc.constantFrom('a', 'b', 'c');
const number = fc.integer({ min: 0, max: 4 });
const values: fc.Arbitrary<Values> = fc.record(
  { user: letter, size: number, tags: fc.array(letter, { maxLength: 3 }) },
  { requiredKeys: [] },
);

const leaf: fc.Arbitrary<Node> = fc.oneof(
  fc.oneof(letter, fc.constant('*')).map((value) => ({ user_id: value })),
  fc
    .tuple(fc.constantFrom('eq', 'ne', 'gt', 'lte'), letter)
    .map(([op, value]) => ({ user_id: { [op]: value } })),
  fc
    .tuple(fc.constantFrom('eq', 'ne', 'gt', 'gte', 'lt', 'lte'), number)
    .map(([op, value]) => ({ 'metadata.size': { [op]: value } })),
  fc.tuple(number, number).map(([low, high]) => ({ metadata: { size: { gte: low, lt: high } } })),
  fc
    .tuple(fc.constantFrom('in', 'nin'), fc.array(letter))
    .map(([op, list]) => ({ categories: { [op]: list } })),
);
const { tree } = fc.letrec<{ tree: Node }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc
      .tuple(fc.constantFrom('AND', 'OR', 'NOT'), fc.array(tie('tree'), { maxLength: 3 }))
      .map(([group, list]) => ({ [group]: list })),
    fc.tuple(fc.constantFrom('AND', 'OR', 'NOT'), tie('tree')).map(([group, one]) => ({ [group]: one })),
  ),
}));

/** The grammar once more, as plainly as it can be written. */
function naive(filter: unknown, of: Values): boolean {
  return Object.entries(filter as Node).every(([key, value]) => {
    const branches = (Array.isArray(value) ? value : [value]) as Node[];
    if (key === 'AND') return branches.every((branch) => naive(branch, of));
    if (key === 'OR') return branches.some((branch) => naive(branch, of));
    if (key === 'NOT') return !branches.some((branch) => naive(branch, of));
    if (key === 'user_id') return compare(of.user, value);
    if (key === 'categories') return compare(of.tags, value);
    return compare(of.size, key === 'metadata' ? (value as Node).size : value);
  });
}

function compare(held: unknown, wanted: unknown): boolean {
  const conditions = typeof wanted === 'object' ? (wanted as Node) : { eq: wanted };
  const all = (Array.isArray(held) ? held : [held]) as never[];
  return Object.entries(conditions).every(([operator, operand]) => {
    const equal = operand === '*' ? held !== undefined : all.includes(operand as never);
    if (operator === 'eq') return equal;
    if (operator === 'ne') return !equal;
    if (operator === 'in' || operator === 'nin') {
      const found = held !== undefined && all.some((one) => (operand as unknown[]).includes(one));
      return operator === 'in' ? found : !found;
    }
    if (held === undefined) return false;
    const order = (held as number) < (operand as number) ? -1 : held === operand ? 0 : 1;
    return { gt: order > 0, gte: order >= 0, lt: order < 0, lte: order <= 0 }[operator] ?? false;
  });
}

const passes = (filter: unknown, of: Values) => matches(parseFilter(filter), record(of));

describe('filters', () => {
  it('agree with a naive evaluator', () => {
    fc.assert(
      fc.property(tree, values, (filter, of) => {
        expect(passes(filter, of)).toBe(naive(filter, of));
      }),
    );
  });

  it('follow De Morgan', () => {
    fc.assert(
      fc.property(tree, tree, values, (a, b, of) => {
        const neither = passes({ AND: [{ NOT: a }, { NOT: b }] }, of);
        expect(passes({ NOT: [a, b] }, of)).toBe(neither);
        expect(passes({ NOT: { OR: [a, b] } }, of)).toBe(neither);
        expect(passes({ NOT: { AND: [a, b] } }, of)).toBe(passes({ OR: [{ NOT: a }, { NOT: b }] }, of));
      }),
    );
  });

  it('do not change when repeated under AND or OR', () => {
    fc.assert(
      fc.property(tree, values, (a, of) => {
        expect(passes({ AND: [a, a] }, of)).toBe(passes(a, of));
        expect(passes({ OR: [a, a] }, of)).toBe(passes(a, of));
      }),
    );
  });
});
