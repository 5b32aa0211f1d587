import type { JsonSchema } from '../json-schema.ts';
import { type Html, html, joined } from './html.ts';

/** What JSON Schema 2020-12 says of a value, as far as zod writes it. */
export interface ValueSchema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  pattern?: string;
}

const isNull = (schema: ValueSchema) => schema.type === 'null' || schema.const === null;

/** The value without null, and whether null is allowed beside it. */
export function apartFromNull(given: JsonSchema): { schema: ValueSchema; nullable: boolean } {
  const schema: ValueSchema = given;
  if (Array.isArray(schema.type)) {
    const types = schema.type.filter((type) => type !== 'null');
    const nullable = types.length < schema.type.length;
    return { schema: { ...schema, type: types.length === 1 ? types[0]! : types }, nullable };
  }
  const { anyOf, oneOf, ...outside } = schema;
  const choices = anyOf ?? oneOf ?? [];
  const others = choices.filter((choice) => !isNull(choice));
  if (others.length === choices.length) return { schema, nullable: false };
  const value = others.length === 1 ? { ...others[0], ...outside } : { ...outside, anyOf: others };
  return { schema: value, nullable: true };
}

/** The named schema that a reference means. */
export const nameOf = (reference: string) => reference.slice(reference.lastIndexOf('/') + 1);
export const schemaAnchor = (name: string) => `schema-${name}`;

/** The schema of an object's free members; undefined where their names are fixed. */
export function membersOf({ additionalProperties, properties }: ValueSchema): JsonSchema | undefined {
  const isMap = !properties && typeof additionalProperties === 'object';
  return isMap && Object.keys(additionalProperties).length > 0 ? additionalProperties : undefined;
}

/** What kind of value it is, in a few words: `array of Memory or null`. */
export function typeOf(given: JsonSchema): Html {
  const { schema, nullable } = apartFromNull(given);
  return html`${kindOf(schema)}${nullable && ' or null'}`;
}

function kindOf(schema: ValueSchema): Html {
  if (schema.$ref) {
    const name = nameOf(schema.$ref);
    return html`<a href="#${schemaAnchor(name)}">${name}</a>`;
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) {
    const kinds = new Map(choices.map(typeOf).map((kind) => [kind.markup, kind]));
    return html`${joined([...kinds.values()], ' or ')}`;
  }
  if (schema.items) return html`array of ${typeOf(schema.items)}`;
  const members = membersOf(schema);
  if (members) return html`map of ${typeOf(members)}`;
  const names = [schema.type ?? (schema.properties || schema.allOf ? 'object' : 'any JSON')].flat();
  return html`${names.join(' or ')}${schema.format && ` (${schema.format})`}`;
}

/** What bounds it: fixed values, lengths, sizes, a pattern; and what it is when it is left out. */
export function limitsOf(given: JsonSchema): Html[] {
  const { schema } = apartFromNull(given);
  return [
    ...(schema.const === undefined ? [] : [html`always ${literal(schema.const)}`]),
    ...(schema.enum ? [html`one of ${joined(schema.enum.map(literal), ', ')}`] : []),
    ...range(schema, ['minLength', 'maxLength'], ' characters'),
    ...range(schema, ['minimum', 'maximum']),
    ...range(schema, ['exclusiveMinimum', 'exclusiveMaximum'], ' (not itself)'),
    ...range(schema, ['minItems', 'maxItems'], ' items'),
    ...(schema.propertyNames ? limitsOf(schema.propertyNames).map((limit) => html`each name ${limit}`) : []),
    // A format says the same in one word.
    ...(schema.pattern && !schema.format ? [html`matches <code>${schema.pattern}</code>`] : []),
    ...(schema.default === undefined ? [] : [html`default ${literal(schema.default)}`]),
    ...(schema.items ? limitsOf(schema.items).map((limit) => html`each ${limit}`) : []),
  ];
}

const literal = (value: unknown) => html`<code>${JSON.stringify(value)}</code>`;

function range(schema: object, [least, most]: [string, string], unit = ''): Html[] {
  const bound = (key: string) => {
    const value = (schema as Record<string, unknown>)[key];
    // The bounds of every whole number in JSON tell nothing of this one.
    return typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;
  };
  const count = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 20 });
  const [from, to] = [bound(least), bound(most)];
  if (from === undefined && to === undefined) return [];
  if (from === undefined) return [html`at most ${count(to!)}${unit}`];
  if (to === undefined) return [html`at least ${count(from)}${unit}`];
  return [html`${from === to ? 'exactly' : `${count(from)} to`} ${count(to)}${unit}`];
}
