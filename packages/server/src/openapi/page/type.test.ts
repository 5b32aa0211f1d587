import { expect, it } from 'vitest';
import { z } from 'zod';
import { Components } from '../json-schema.ts';
import { limitsOf, typeOf } from './type.ts';

const named = z.object({ id: z.uuid() }).meta({ id: 'Named' });
const schemaOf = (schema: z.ZodType) => new Components().of(schema, 'input');
const type = (schema: z.ZodType) => typeOf(schemaOf(schema)).markup;
const limits = (schema: z.ZodType) =>
  limitsOf(schemaOf(schema)).map(({ markup }) => markup.replaceAll(/<\/?code>/g, ''));

const LINK = '<a href="#schema-Named">Named</a>';
const TYPES: [z.ZodType, string][] = [
  [z.string(), 'string'],
  [z.uuid().nullable(), 'string (uuid) or null'],
  [z.array(z.string()), 'array of string'],
  [named, LINK],
  [named.nullable(), `${LINK} or null`],
  [z.array(named).nullable(), `array of ${LINK} or null`],
  [z.union([z.string(), z.array(z.string())]), 'string or array of string'],
  [z.union([z.string(), z.number(), z.null()]), 'string or number or null'],
  [z.record(z.string(), z.int()), 'map of integer'],
  [z.looseObject({}), 'object'],
  [z.unknown(), 'any JSON'],
];
it.each(TYPES.map(([schema, words]) => [words, schema] as const))('a type reads %s', (words, schema) => {
  expect(type(schema)).toBe(words);
});

const LIMITS: [string, z.ZodType, string[]][] = [
  ['a length', z.string().min(1).max(16_777_216), ['1 to 16,777,216 characters']],
  ['a fixed length', z.string().length(6), ['exactly 6 characters']],
  ['one bound', z.string().max(9).nullable(), ['at most 9 characters']],
  ['a number', z.int().min(1).max(1000).default(20), ['1 to 1,000', 'default 20']],
  ['a fraction', z.number().gt(0).max(1), ['at most 1', 'at least 0 (not itself)']],
  ['nothing of what every whole number is', z.int(), []],
  ['values', z.enum(['a', 'b']).nullable(), ['one of &quot;a&quot;, &quot;b&quot;']],
  ['a constant', z.literal(true), ['always true']],
  ['a pattern', z.string().regex(/^<[a-z]+$/), ['matches ^&lt;[a-z]+$']],
  ['no pattern where a format says it', z.uuid(), []],
  ['items', z.array(z.string().max(5)).min(1).max(3), ['1 to 3 items', 'each at most 5 characters']],
  ['names', z.record(z.enum(['a']), z.int()), ['each name one of &quot;a&quot;']],
  ['a default that is false', z.boolean().default(false), ['default false']],
];
it.each(LIMITS)('of the limits is told: %s', (_, schema, words) => {
  expect(limits(schema)).toEqual(words);
});
