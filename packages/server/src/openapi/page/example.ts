import type { JsonSchema } from '../json-schema.ts';
import { apartFromNull, membersOf, nameOf, type ValueSchema } from './type.ts';

export type Schemas = Readonly<Record<string, JsonSchema>>;

/** A value with every field, or with those alone that must be sent. */
export type Extent = 'all' | 'required';

/** Values that read better than a name in angle brackets. */
const BY_FORMAT: Record<string, string> = {
  uuid: '019a3c5e-7f3e-7cc0-8a1b-5d2f90e4c7a6',
  'date-time': '2026-01-31T12:00:00.000Z',
  date: '2026-01-31',
  email: 'ann@example.org',
  uri: 'https://example.org/hook',
};
const BY_NAME: Record<string, string> = {
  content: 'Ann drinks her tea without sugar.',
  query: 'How does Ann drink her tea?',
  message: 'Done',
  user_id: 'ann',
  username: 'ann',
  email: 'ann@example.org',
  url: 'https://example.org/hook',
  status: 'ok',
};
/** What the schema cannot ask for: a key that is not bound to an entity names one, a login a user name or address. */
const ALSO_ASKED = ['user_id', 'username'];
export const isAsked = (name: string, required: boolean) => required || ALSO_ASKED.includes(name);

/**
 * What a value of a schema looks like.
 * @param name of the field that it is for
 * @param within the named schemas that it is a part of
 */
export function exampleOf(
  given: JsonSchema,
  schemas: Schemas,
  extent: Extent,
  name = '',
  within: readonly string[] = [],
): unknown {
  const { schema } = apartFromNull(given);
  const next = (part: JsonSchema, as = name) => exampleOf(part, schemas, extent, as, within);
  if (schema.examples?.length) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (schema.$ref) {
    const ref = nameOf(schema.$ref);
    // A schema that holds itself would have no end.
    if (within.includes(ref)) return null;
    return exampleOf(schemas[ref] ?? {}, schemas, extent, name, [...within, ref]);
  }
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (choice) return next(choice);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => next(part)));
  if (schema.items) return [next(schema.items, singular(name))];
  if (schema.properties) {
    const shown = shownOf(schema.properties, schema.required ?? [], extent);
    return Object.fromEntries(shown.map(([key, part]) => [key, next(part, key)]));
  }
  const members = membersOf(schema);
  if (members) {
    const { enum: names = ['<name>'] }: ValueSchema = schema.propertyNames ?? {};
    return Object.fromEntries(names.map((key) => [key, next(members)]));
  }
  return plain(schema as JsonSchema, name);
}

const singular = (name: string) => name.replace(/ies$/, 'y').replace(/s$/, '');

function shownOf(properties: Record<string, JsonSchema>, required: readonly string[], extent: Extent) {
  const entries = Object.entries(properties);
  if (extent === 'all') return entries;
  const must = entries.filter(([key]) => isAsked(key, required.includes(key)));
  // Where nothing must be sent beside an id, nothing would be said: one field shows how it goes.
  const silent = must.every(([key]) => key === 'id');
  return silent ? [...must, ...entries.filter(([key]) => key !== 'id').slice(0, 1)] : must;
}

function plain({ type, format, minimum }: JsonSchema, name: string): unknown {
  const [first] = [type].flat();
  if (first === 'boolean') return true;
  if (first === 'integer' || first === 'number')
    return typeof minimum === 'number' ? Math.max(minimum, 1) : 1;
  if (first === 'null') return null;
  if (first === 'array') return [];
  if (first === 'object' || first === undefined) return {};
  return BY_FORMAT[String(format)] ?? BY_NAME[name] ?? `<${name || 'text'}>`;
}
