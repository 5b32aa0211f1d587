import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RouteDescription } from '../../http/describe.ts';
import { type DescribedRoute, openApiDocument } from '../document.ts';
import { curlOf } from './curl.ts';

const answers = { 200: null };
const summary = 'Do it';

function callOf(url: string, describe: Partial<RouteDescription>, more: Partial<DescribedRoute> = {}) {
  const route = { method: 'POST', url, access: 'memories:read', ...more } as DescribedRoute;
  const document = openApiDocument([{ ...route, describe: { summary, answers, ...describe } }], '1');
  const [[path, operations]] = Object.entries(document.paths) as [[string, Record<string, never>]];
  const [[method, operation]] = Object.entries(operations) as [[string, never]];
  return curlOf(method, path, operation, document.components.schemas);
}

/** The arguments that a shell makes of a call. */
function argumentsOf(call: string): string[] {
  const env = { PATH: process.env.PATH, MEMHOLD_URL: 'http://host', MEMHOLD_KEY: 'k', MEMHOLD_TOKEN: 't' };
  const script = `curl() { printf '%s\\0' "$@"; }; ${call}`;
  return execFileSync('sh', ['-c', script], { env, encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('the example call', () => {
  it('has what must be sent, a place for each id, and the key', () => {
    const body = z.strictObject({ content: z.string(), role: z.string().optional(), size: z.int().min(3) });
    expect(argumentsOf(callOf('/things/:id', { body }))).toEqual([
      '-X',
      'POST',
      'http://host/things/<id>',
      '-H',
      'Authorization: Bearer k',
      '-H',
      'Content-Type: application/json',
      '-d',
      JSON.stringify({ content: 'Ann drinks her tea without sugar.', size: 3 }, null, 2),
    ]);
  });

  it('names whose memories are meant, which the schema cannot ask for', () => {
    const query = z.strictObject({ user_id: z.string().optional(), top_k: z.int().optional() });
    expect(argumentsOf(callOf('/things', { query }, { method: 'GET' }))[0]).toBe(
      'http://host/things?user_id=ann',
    );
  });

  it('shows one field where none must be sent, and no body where none is needed', () => {
    const some = z.strictObject({ a: z.string().optional(), b: z.string().optional() });
    const least = some.refine((value) => Object.keys(value).length > 0);
    expect(argumentsOf(callOf('/things', { body: least })).at(-1)).toBe('{\n  "a": "<a>"\n}');
    expect(callOf('/things', { body: some })).not.toContain('-d');
    const one = some.extend({ id: z.string() });
    expect(argumentsOf(callOf('/things', { body: one })).at(-1)).toBe('{\n  "id": "<id>",\n  "a": "<a>"\n}');
  });

  it('sends no credential where none is asked for, and a login’s token where a key is refused', () => {
    expect(callOf('/things', {}, { access: 'public' })).not.toContain('Authorization');
    expect(argumentsOf(callOf('/things', {}, { stepUp: true }))).toContain('Authorization: Bearer t');
  });

  it('runs nothing of what a schema or path says', () => {
    const hostile = `'; echo $(id) "\`id\` \\`;
    const body = z.strictObject({ [hostile]: z.literal(hostile) });
    expect(argumentsOf(callOf('/$(id)/`id`/"\\', { body }))).toEqual([
      '-X',
      'POST',
      'http://host/$(id)/`id`/"\\',
      '-H',
      'Authorization: Bearer k',
      '-H',
      'Content-Type: application/json',
      '-d',
      JSON.stringify({ [hostile]: hostile }, null, 2),
    ]);
  });
});
