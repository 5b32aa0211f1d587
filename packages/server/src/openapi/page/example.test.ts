import { expect, it } from 'vitest';
import { z } from 'zod';
import { apiDocument } from '../../../../../scripts/api-document.ts';
import { Components } from '../json-schema.ts';
import { exampleOf } from './example.ts';

const document = await apiDocument();

it('every answer has an example that its schema accepts', () => {
  for (const operations of Object.values(document.paths))
    for (const { operationId, responses } of Object.values(operations)) {
      const schema = Object.values(responses)[0]?.content?.['application/json']?.schema;
      if (!schema) continue;
      const example = exampleOf(schema, document.components.schemas, 'all');
      const $defs = document.components.schemas;
      const whole = JSON.stringify({ ...schema, $defs }).replaceAll('#/components/schemas/', '#/$defs/');
      // Placeholders are no patterns and have no lengths: what they stand for is said in the list of fields.
      const bounds = /,?"(?:pattern|minLength|maxLength|minItems|format)":(?:"(?:[^"\\]|\\.)*"|\d+)/g;
      const bare = JSON.parse(whole.replaceAll(bounds, '').replaceAll('{,', '{'));
      expect([operationId, z.fromJSONSchema(bare).safeParse(example).error?.issues]).toEqual([
        operationId,
        undefined,
      ]);
    }
});

it('a schema that holds itself has an end', () => {
  const tree: z.ZodType = z
    .object({
      name: z.string(),
      get children() {
        return z.array(tree);
      },
    })
    .meta({ id: 'Tree' });
  const components = new Components();
  const example = exampleOf(components.of(tree, 'output'), components.schemas, 'all');
  expect(JSON.stringify(example)).toBe('{"name":"<name>","children":[null]}');
});

it('takes the example that a schema gives, before any of its own', () => {
  const schema = new Components().of(z.object({ a: z.string().meta({ examples: ['given'] }) }), 'input');
  expect(exampleOf(schema, {}, 'required')).toEqual({ a: 'given' });
});
