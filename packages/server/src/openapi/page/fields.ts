import type { JsonSchema } from '../json-schema.ts';
import { type Html, html, joined, prose } from './html.ts';
import { apartFromNull, limitsOf, membersOf, typeOf } from './type.ts';

/** Of what is sent, the reader asks what they must give; of an answer, what may be missing. */
export type Use = 'sent' | 'answered';

export interface Field {
  name: string;
  schema: JsonSchema;
  required: boolean;
  /** Where it stands beside the schema. */
  description?: string | undefined;
}

const REQUIRED = html` <span class="required">required</span>`;
const OPTIONAL = html` <span class="optional">optional</span>`;

/** Named values, each with its type, limits and parts. */
export function fieldList(fields: readonly Field[], use: Use): Html {
  return html`<ul class="fields">\n${fields.map((field) => fieldItem(field, use))}</ul>`;
}

function fieldItem({ name, schema, required, description }: Field, use: Use): Html {
  const mark = use === 'sent' ? required && REQUIRED : !required && OPTIONAL;
  const said = description ?? apartFromNull(schema).schema.description;
  return html`<li><p><code class="name">${name}</code>${mark} ${kindLine(schema)}</p>${
    said && html`<p>${prose(said)}</p>`
  }${partsOf(schema, use)}</li>\n`;
}

const kindLine = (schema: JsonSchema) =>
  html`<span class="type">${joined([typeOf(schema), ...limitsOf(schema)], ' · ')}</span>`;

/**
 * The fields of an object, of the objects in an array or map, or of each of several shapes. Nothing for other values,
 * and for named schemas, which have a place of their own.
 */
export function partsOf(given: JsonSchema, use: Use): Html | undefined {
  const { schema } = apartFromNull(given);
  if (schema.$ref) return undefined;
  const inner = schema.items ?? membersOf(schema);
  if (inner) return partsOf(inner, use);
  const shapes = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (shapes) return shapeList(shapes, schema.allOf ? 'All of these:' : 'One of these:', use);
  const entries = Object.entries(schema.properties ?? {});
  const required = new Set(schema.required);
  const fields = entries.map(([name, part]) => ({ name, schema: part, required: required.has(name) }));
  return fields.length > 0 ? fieldList(fields, use) : undefined;
}

function shapeList(shapes: readonly JsonSchema[], title: string, use: Use): Html | undefined {
  const parts = shapes.map((shape) => partsOf(shape, use));
  if (parts.every((part) => part === undefined)) return undefined;
  const items = shapes.map((shape, at) => html`<li>${parts[at] ?? typeOf(shape)}</li>`);
  return html`<p>${title}</p><ul class="shapes">${items}</ul>`;
}

/** A value without a name: of an object with fields, the fields say what it is. */
export function wholeValue(schema: JsonSchema, use: Use): Html {
  const { description, properties } = apartFromNull(schema).schema;
  const kind = properties ? undefined : html`<p>${kindLine(schema)}</p>`;
  return html`${kind}${description && html`<p>${prose(description)}</p>`}${partsOf(schema, use)}`;
}
