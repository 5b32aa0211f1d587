import { finished } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ExportService } from '../exports/service.ts';
import { actorOf } from '../http/app.ts';
import { InputError, parse, storableJson, text } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import type { Json } from '../json.ts';
import { entitiesOf } from '../memories/routes.ts';
import { filterJson } from '../memories/schema.ts';
import { mem0Access } from './mem0-errors.ts';
import { whereOf } from './mem0-input.ts';
import { iso } from './mem0-memory.ts';
import { entities } from './mem0-schema.ts';

const SCHEMA_DEPTH = 32;
const SCHEMA_CHARACTERS = 32_768;
const FILTER_CHARACTERS = 16_384;

/** In a pipe, because writing out what is nested too deeply runs out of stack. */
const filters = filterJson
  .pipe(
    z.custom<Record<string, unknown>>(
      (filter) => JSON.stringify(filter).length <= FILTER_CHARACTERS,
      'must be at most 16 KiB of JSON',
    ),
  )
  .nullish();
const narrowing = { ...entities, filters, show_expired: z.boolean().default(false) };

/** Python's signature calls it a string, and its users give what pydantic makes: an object. */
const schema = z
  .custom<Json>()
  .transform((given, context): Json => {
    if (typeof given !== 'string') return given;
    try {
      return given.length > SCHEMA_CHARACTERS ? null : (JSON.parse(given) as Json);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON' });
      return z.NEVER;
    }
  })
  .refine((given) => typeof given === 'object' && given !== null, {
    error: 'must be a JSON Schema object',
    abort: true,
  })
  .refine((given) => storableJson(given, SCHEMA_DEPTH), {
    error: `must be well-formed, at most ${SCHEMA_DEPTH} levels deep`,
    abort: true,
  })
  .refine((given) => JSON.stringify(given).length <= SCHEMA_CHARACTERS, 'must be at most 32 KiB of JSON');

const mem0Export = z.looseObject({
  schema,
  ...narrowing,
  export_instructions: text({ min: 0, max: 8192 }).nullish(),
});

const mem0ExportGet = z.looseObject({ memory_export_id: z.string().max(128).nullish(), ...narrowing });

const mem0Summary = z.looseObject(narrowing);

/** Without filters nobody is named: an export is looked for by what it was asked for with. */
function namesSomething({ filters: filter, ...beside }: z.output<typeof mem0ExportGet>): boolean {
  return Object.keys(entitiesOf(beside)).length > 0 || Object.keys(filter ?? {}).length > 0;
}

export interface Mem0ExportDeps {
  exports: Pick<ExportService, 'create' | 'fetch' | 'summary' | 'turn'>;
}

/** Exports and summaries; both are made of lists of memories, with the caller's own reach. */
export function mem0ExportRoutes(app: FastifyInstance, { exports }: Mem0ExportDeps): void {
  const { read } = mem0Access;

  /** `{schema, filters, export_instructions?}` → 201 `{message, id}`. */
  app.post('/v1/exports/', read, async (request, reply) => {
    const actor = actorOf(request, 'memories:read');
    const body = parse(mem0Export, request.body);
    const { schema: shape, export_instructions: instructions = null } = body;
    const asked = { schema: shape, where: whereOf(body), instructions };
    const id = await exports.create(actor, originOf(request), asked);
    const message = 'Memory export request received. The export is made when it is fetched.';
    return reply.status(201).send({ message, id });
  });

  /** `{memory_export_id}` or the filters that it was asked for with → `{id, created_at, count, memories}`. One at a time for each caller; 429 beyond ten that wait. */
  app.post('/v1/exports/get/', read, async (request, reply) => {
    const actor = actorOf(request, 'memories:read');
    const body = parse(mem0ExportGet, request.body);
    const where = whereOf(body);
    const { memory_export_id: exportId } = body;
    if (exportId == null && !namesSomething(body))
      throw new InputError('Say which export: give memory_export_id, or filters.');
    const which = exportId == null ? { where } : { id: exportId };
    // Until the answer has left, or nobody waits for it any more.
    finished(reply.raw, await exports.turn(actor));
    const { id, createdAt, memories, partial } = await exports.fetch(actor, originOf(request), which);
    return { id, created_at: iso(createdAt), count: memories.length, memories, ...(partial && { partial }) };
  });

  /** `{filters}` → `{status, summary, memory_ids, total}`: memories in their own words, at most 2,000 characters. */
  app.post('/v1/summary/', read, async (request) => {
    const actor = actorOf(request, 'memories:read');
    const where = whereOf(parse(mem0Summary, request.body));
    const { summary, ids, total, partial } = await exports.summary(actor, originOf(request), where);
    return { status: 'SUCCEEDED', summary, memory_ids: ids, total, ...(partial && { partial }) };
  });
}
