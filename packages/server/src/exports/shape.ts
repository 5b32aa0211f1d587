import { InputError } from '../http/input.ts';
import type { Json } from '../json.ts';
import { ENTITY_FIELDS, type Memory } from '../memories/memory.ts';
import { type Check, isObject, SchemaTypes, type Spend } from './schema-types.ts';

/** Makes the object of one memory. */
export type Shape = (memory: Memory, spend: Spend) => Record<string, Json>;

const MOST_PROPERTIES = 200;

/** What a memory has of its own, by the names of the mem0 API. Metadata comes after it: it cannot pass for an owner. */
function ownFields(memory: Memory): Record<string, Json> {
  const { id, text, entities, metadata, categories = [], expiresOn, role, speaker, timestamp } = memory;
  return {
    id,
    memory: text,
    ...Object.fromEntries(ENTITY_FIELDS.map((field) => [field, entities[field] ?? null])),
    metadata,
    categories,
    role: role ?? null,
    speaker: speaker ?? null,
    timestamp: timestamp === undefined ? null : new Date(timestamp).toISOString(),
    created_at: new Date(memory.createdAt).toISOString(),
    updated_at: new Date(memory.updatedAt).toISOString(),
    expiration_date: expiresOn ?? null,
  };
}

/**
 * Reads a JSON Schema of one object: each property is filled from the memory's field of that name, else from its
 * metadata of that name, and is null where there is none or it is of another type. A schema of an array is read as that
 * of its items.
 * @throws InputError for what is no such schema
 */
export function shapeOf(schema: Json): Shape {
  if (!isObject(schema)) throw new InputError('schema: must be a JSON Schema object.');
  const types = new SchemaTypes(schema);
  const root = types.resolve(schema);
  const { properties } = root.items === undefined ? root : types.resolve(root.items);
  if (!isObject(properties) || Object.keys(properties).length === 0)
    throw new InputError('schema: must have properties, as pydantic’s model_json_schema() has.');
  if (Object.keys(properties).length > MOST_PROPERTIES)
    throw new InputError(`schema: at most ${MOST_PROPERTIES} properties.`);
  const checks = Object.entries(properties).map(([name, part]): [string, Check] => [name, types.check(part)]);
  return (memory, spend) => {
    const own = ownFields(memory);
    const { metadata } = memory;
    const valueNamed = (name: string): Json =>
      Object.hasOwn(own, name) ? own[name]! : Object.hasOwn(metadata, name) ? metadata[name]! : null;
    return Object.fromEntries(
      checks.map(([name, check]) => {
        const value = valueNamed(name);
        return [name, value !== null && check(value, spend) ? value : null];
      }),
    );
  };
}
