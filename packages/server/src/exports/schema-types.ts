import { InputError } from '../http/input.ts';
import type { Json } from '../json.ts';

/** Counts what a check costs, and throws when it is too much. */
export type Spend = () => void;
/** Whether a value is of a schema's type. */
export type Check = (value: Json, spend: Spend) => boolean;

type Schema = { readonly [key: string]: Json };

/** Schemas in a schema, those that `$ref` repeats included. */
const MOST_PARTS = 500;
const DEEPEST = 16;

const KINDS: Record<string, (value: Json) => boolean> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: (value) => Array.isArray(value),
  object: (value) => isObject(value),
};

export function isObject(value: Json | undefined): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads the part of JSON Schema (2020-12) that says of what type a value is: `type`, `enum`, `const`, `anyOf`, `oneOf`,
 * `allOf`, `items`, `properties`, `required`, and `$ref` into the schema's own `$defs` or `definitions`. Other keywords
 * (formats, lengths, patterns) are passed over.
 */
export class SchemaTypes {
  private readonly root: Schema;
  private parts = 0;
  /** By the list in the schema, which many references may lead to. */
  private readonly sets = new Map<readonly Json[], Check>();

  constructor(root: Schema) {
    this.root = root;
  }

  /** The schema that a `$ref` names, else the schema itself. @throws InputError for a reference to nothing. */
  resolve(schema: Json | undefined, depth = 0): Schema {
    if (depth > DEEPEST) throw tooMuch();
    if (schema === true) return {};
    if (!isObject(schema)) throw new InputError('schema: each part must be an object.');
    const { $ref } = schema;
    if ($ref === undefined) return schema;
    const [, place, name] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(String($ref)) ?? [];
    const definitions = place === undefined ? undefined : this.root[place];
    if (name === undefined || !isObject(definitions) || !Object.hasOwn(definitions, name))
      throw new InputError('schema: $ref must name one of its own $defs.');
    return this.resolve(definitions[name], depth + 1);
  }

  /** @throws InputError for a schema that is none, or is nested too deeply or refers to itself. */
  check(given: Json | undefined, depth = 0): Check {
    this.parts++;
    if (depth > DEEPEST || this.parts > MOST_PARTS) throw tooMuch();
    const schema = this.resolve(given);
    const below = (part: Json | undefined) => this.check(part, depth + 1);
    const checks = [
      kindCheck(schema.type),
      ...('const' in schema ? [oneOfThese([schema.const!])] : []),
      ...(Array.isArray(schema.enum) ? [this.listed(schema.enum)] : []),
      ...[schema.anyOf, schema.oneOf].flatMap((parts) =>
        Array.isArray(parts) ? [any(parts.map(below))] : [],
      ),
      ...(Array.isArray(schema.allOf) ? schema.allOf.map(below) : []),
      ...(schema.items === undefined ? [] : [eachItem(below(schema.items))]),
      ...(isObject(schema.properties) ? [members(schema, below)] : []),
    ];
    return (value, spend) => {
      spend();
      return checks.every((one) => one(value, spend));
    };
  }

  private listed(values: readonly Json[]): Check {
    const known = this.sets.get(values) ?? oneOfThese(values);
    this.sets.set(values, known);
    return known;
  }
}

function tooMuch(): InputError {
  return new InputError(
    `schema: at most ${MOST_PARTS} parts, nested at most ${DEEPEST} levels deep, and without references to themselves.`,
  );
}

function kindCheck(type: Json | undefined): Check {
  if (type === undefined) return () => true;
  // Each once, whatever a list repeats: what one check costs must not be the caller's choice.
  const kinds = [...new Set([type].flat())].map((name) => {
    if (typeof name !== 'string' || !Object.hasOwn(KINDS, name))
      throw new InputError(`schema: type must be one of ${Object.keys(KINDS).join(', ')}.`);
    return KINDS[name]!;
  });
  return (value) => kinds.some((is) => is(value));
}

function oneOfThese(values: readonly Json[]): Check {
  const known = new Set<Json>(values.filter((value) => typeof value !== 'object' || value === null));
  return (value) => known.has(value);
}

const any =
  (checks: readonly Check[]): Check =>
  (value, spend) =>
    checks.some((one) => one(value, spend));

const eachItem =
  (check: Check): Check =>
  (value, spend) =>
    !Array.isArray(value) || value.every((item) => check(item, spend));

function members(schema: Schema, below: (part: Json | undefined) => Check): Check {
  const checks = Object.entries(schema.properties as Schema).map(
    ([name, part]) => [name, below(part)] as const,
  );
  const needed = [...new Set(Array.isArray(schema.required) ? schema.required.map(String) : [])];
  return (value, spend) =>
    !isObject(value) ||
    (needed.every((name) => Object.hasOwn(value, name)) &&
      checks.every(([name, check]) => !Object.hasOwn(value, name) || check(value[name]!, spend)));
}
