import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/** Named schemas, each written once: `#/components/schemas`. A schema has a name where its `.meta({id})` says so. */
export class Components {
  readonly schemas: Record<string, JsonSchema> = {};

  /**
   * JSON Schema 2020-12 of a zod schema, the dialect of OpenAPI 3.1; named parts become references.
   * @param io a body is described as it is sent (defaults may be left out), an answer as it comes
   */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    // A named schema is a reference only where it stands in another one.
    const { items, $defs = {} } = z.toJSONSchema(z.array(schema), {
      io,
      unrepresentable: 'any',
    }) as { items: JsonSchema; $defs?: Record<string, JsonSchema> };
    for (const [name, { id, ...part }] of Object.entries($defs)) this.#add(name, pointed(part));
    return pointed(items);
  }

  #add(name: string, schema: JsonSchema): void {
    const known = this.schemas[name];
    if (known && JSON.stringify(known) !== JSON.stringify(schema))
      throw new Error(`Two schemas are named ${name}: a body and an answer need a name each`);
    this.schemas[name] = schema;
  }
}

/** The same with references to where the document keeps its schemas. */
function pointed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(pointed) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      key === '$ref' ? String(part).replace('#/$defs/', '#/components/schemas/') : pointed(part),
    ]),
  ) as T;
}
