import type { Json } from '../json.ts';
import {
  condition,
  costOf,
  type FieldKind,
  FilterError,
  type Filtered,
  isObject,
  isOperator,
  OPERATORS,
  type Operator,
  type Read,
  type Test,
} from './filter-conditions.ts';

export { FilterError } from './filter-conditions.ts';

/** A parsed filter. `key` is equal for filters that are written alike. */
export interface Filter {
  readonly key: string;
  readonly test: Test;
  readonly scope: EntityScope;
}

/** The entity ids that a filter pins. */
export interface EntityScope {
  readonly userId?: string;
  readonly agentId?: string;
  readonly appId?: string;
  readonly runId?: string;
}

type EntityName = keyof EntityScope;

const ENTITIES: ReadonlyMap<string, EntityName> = new Map([
  ['user_id', 'userId'],
  ['agent_id', 'agentId'],
  ['app_id', 'appId'],
  ['run_id', 'runId'],
]);

const FIELDS: ReadonlyMap<string, readonly [FieldKind, Read]> = new Map<string, readonly [FieldKind, Read]>([
  ['user_id', ['text', (record) => record.userId]],
  ['agent_id', ['text', (record) => record.agentId]],
  ['app_id', ['text', (record) => record.appId]],
  ['run_id', ['text', (record) => record.runId]],
  ['thread_id', ['text', (record) => record.thread]],
  ['id', ['text', (_, id) => id]],
  ['memory_ids', ['text', (_, id) => id]],
  ['created_at', ['time', (record) => record.createdAt]],
  ['updated_at', ['time', (record) => record.updatedAt]],
  ['timestamp', ['time', (record) => record.time]],
  ['expiration_date', ['time', (record) => record.expiresOn && Date.parse(`${record.expiresOn}T00:00:00Z`)]],
  ['categories', ['list', (record) => record.categories]],
  ['labels', ['list', (record) => record.labels]],
  ['keywords', ['words', () => undefined]],
]);

const DEEPEST = 8;
const MOST_NODES = 200;

/** What parsing carries along: the count of conditions and groups so far. */
interface Budget {
  nodes: number;
}

/**
 * Parses mem0's filter grammar: `AND`, `OR`, `NOT` with a list or an object; several keys in one object all
 * apply; a bare value means `eq`, a bare list `in`, `"*"` "present and not null". `NOT` of a list means none
 * of them; an empty `OR` matches nothing, other empty groups everything. A date without a time stands for its
 * UTC day in every comparison (`lte: "2024-07-31"` includes the 31st). At most 8 levels and a budget of 200 comparisons (`costOf`).
 * Throws `FilterError`.
 */
export function parseFilter(json: unknown): Filter {
  const source = json ?? {};
  if (!isObject(source)) throw new FilterError('a filter is a JSON object');
  // The group first: it refuses what nests too deeply for anything else to walk.
  const test = group(source, 1, { nodes: 0 });
  return { key: JSON.stringify(source), test, scope: pinned(source) };
}

/** Whether a memory passes. Without its id, conditions on `id` and `memory_ids` see no value. */
export function matches(filter: Filter, record: Filtered, id?: string): boolean {
  return filter.test(record, id);
}

/**
 * The entity ids that every match must have: pinned by equality at the top level or in its `AND`s. Of two
 * different values for one entity the first is returned; such a filter matches nothing anyway.
 */
export function entityScope(filter: Filter): EntityScope {
  return filter.scope;
}

function group(source: Record<string, unknown>, depth: number, budget: Budget): Test {
  if (depth > DEEPEST) throw new FilterError(`a filter may nest at most ${DEEPEST} levels`);
  return all(Object.entries(source).map(([key, value]) => member(key, value, depth, budget)));
}

function member(key: string, value: unknown, depth: number, budget: Budget): Test {
  spend(budget);
  if (key === 'AND') return all(branches(key, value, depth, budget));
  if (key === 'OR') return any(branches(key, value, depth, budget));
  if (key === 'NOT') return none(branches(key, value, depth, budget));
  if (key === 'metadata') return metadata([], value, depth, budget);
  if (key.startsWith('metadata.')) {
    const read = readDotted(key.slice('metadata.'.length));
    return field(key, 'json', read, value, budget);
  }
  const known = FIELDS.get(key);
  if (known) return field(key, known[0], known[1], value, budget);
  const fields = [...FIELDS.keys(), 'metadata', 'metadata.<key>'].join(', ');
  throw new FilterError(
    `unknown filter key ${JSON.stringify(key.slice(0, 80))}; known are AND, OR, NOT, ${fields}`,
  );
}

function branches(key: string, value: unknown, depth: number, budget: Budget): Test[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((branch) => {
    if (!isObject(branch)) throw new FilterError(`${key} takes a list of objects, or an object`);
    spend(budget);
    return group(branch, depth + 1, budget);
  });
}

function field(name: string, kind: FieldKind, read: Read, value: unknown, budget: Budget): Test {
  const compare = (operator: Operator, operand: unknown) => {
    spend(budget, costOf(kind, operator, operand));
    return condition(name, kind, read, operator, operand);
  };
  if (Array.isArray(value)) return compare('in', value);
  if (!isObject(value)) return compare('eq', value);
  return all(
    Object.entries(value).map(([operator, operand]) => {
      if (!isOperator(operator))
        throw new FilterError(
          `filter "${name.slice(0, 80)}": unknown operator ${JSON.stringify(operator.slice(0, 80))}; known are ${OPERATORS.join(', ')}`,
        );
      return compare(operator, operand);
    }),
  );
}

/** `metadata: {topic: "x", size: {gte: 2}, place: {city: "y"}}`: an object of operators compares, any other goes deeper. */
function metadata(path: readonly string[], value: unknown, depth: number, budget: Budget): Test {
  spend(budget);
  if (depth > DEEPEST) throw new FilterError(`a filter may nest at most ${DEEPEST} levels`);
  const name = ['metadata', ...path].join('.');
  if (path.length === 0 && !isObject(value))
    throw new FilterError('filter "metadata" takes an object: {"key": value}');
  const keys = isObject(value) ? Object.keys(value) : [];
  if (!isObject(value) || (path.length > 0 && keys.length > 0 && keys.every(isOperator)))
    return field(name, 'json', readPath(path), value, budget);
  return all(keys.map((key) => metadata([...path, key], value[key], depth + 1, budget)));
}

/** Own properties only, so that `__proto__` or `constructor` in a filter find nothing but such a key. */
function own(value: Json | undefined, key: string): Json | undefined {
  if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
  return value[key] as Json;
}

function readPath(path: readonly string[]): Read {
  return (record) => path.reduce<Json | undefined>(own, record.metadata);
}

/** A key that itself holds dots wins over the path that the dots could mean. */
function readDotted(name: string): Read {
  const path = readPath(name.split('.'));
  return (record, id) => own(record.metadata, name) ?? path(record, id);
}

function spend(budget: Budget, cost = 1): void {
  budget.nodes += cost;
  if (budget.nodes > MOST_NODES)
    throw new FilterError(
      `a filter may have at most ${MOST_NODES} conditions; lists and texts count for several`,
    );
}

function all(tests: readonly Test[]): Test {
  if (tests.length === 1) return tests[0] as Test;
  return (record, id) => tests.every((test) => test(record, id));
}

function any(tests: readonly Test[]): Test {
  return (record, id) => tests.some((test) => test(record, id));
}

function none(tests: readonly Test[]): Test {
  return (record, id) => !tests.some((test) => test(record, id));
}

function pinned(source: Record<string, unknown>): EntityScope {
  const scope: { -readonly [Name in EntityName]?: string } = {};
  for (const [key, value] of Object.entries(source)) {
    const entity = ENTITIES.get(key);
    const id = entity && onlyValue(value);
    if (entity && id !== undefined) scope[entity] ??= id;
    if (key !== 'AND') continue;
    for (const branch of Array.isArray(value) ? value : [value])
      for (const [name, found] of Object.entries(pinned(branch as Record<string, unknown>)))
        scope[name as EntityName] ??= found;
  }
  return scope;
}

/** The one id that a condition allows, if it allows just one. */
function onlyValue(value: unknown): string | undefined {
  if (isObject(value)) return onlyValue(Object.hasOwn(value, 'eq') ? value.eq : value.in);
  if (Array.isArray(value)) return value.length === 1 ? String(value[0]) : undefined;
  return value === '*' || (typeof value !== 'string' && typeof value !== 'number')
    ? undefined
    : String(value);
}
