import type { OpenApiDocument } from '../../packages/server/src/openapi/document.ts';

type Schema = Record<string, unknown>;

const SAYS_NOTHING = ['description', 'default'];
const isAnything = (schema: unknown): boolean =>
  typeof schema === 'object'
    ? Object.keys(schema ?? {}).every((key) => SAYS_NOTHING.includes(key))
    : schema === true;

/**
 * Where answers may hold anything at all, sorted: `GET /path 200/field`, or `Name/field` in a named schema. An answer
 * that has lost its schema would fit whatever is answered.
 */
export function loosePlaces({ paths, components }: OpenApiDocument): string[] {
  const answers = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { responses }]) =>
      Object.entries(responses).flatMap(([status, { content = {} }]) =>
        Object.values(content).map(
          ({ schema }) => [`${method.toUpperCase()} ${path} ${status}`, schema] as const,
        ),
      ),
    ),
  );
  const seen = new Set<string>();
  const found = (schema: Schema, place: string): string[] => {
    const { $ref, properties, additionalProperties, items, anyOf = [], oneOf = [], allOf = [] } = schema;
    if (typeof $ref === 'string') {
      const name = $ref.split('/').at(-1)!;
      if (seen.has(name)) return [];
      seen.add(name);
      return found(components.schemas[name]!, name);
    }
    const open =
      isAnything(schema) ||
      (schema.type === 'object' && (additionalProperties === undefined || isAnything(additionalProperties)));
    return [
      ...(open ? [place] : []),
      ...Object.entries(properties ?? {}).flatMap(([name, one]) => found(one, `${place}/${name}`)),
      ...(items ? found(items as Schema, place) : []),
      ...[anyOf, oneOf, allOf].flatMap((some) => (some as Schema[]).flatMap((one) => found(one, place))),
      ...(typeof additionalProperties === 'object' && !open
        ? found(additionalProperties as Schema, place)
        : []),
    ];
  };
  return [...new Set(answers.flatMap(([place, schema]) => found(schema, place)))].sort();
}
