import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { statusOf } from '../packages/server/src/http/problem.ts';
import { apiDocument } from '../scripts/api-document.ts';
import { appWithRoutes, routeFiles, SERVER } from './route-list.ts';

const { routes } = await appWithRoutes();
const document = await apiDocument();
const described = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(([method, operation]) => ({ method, path, operation })),
);

/** The doors of other protocols: their routes are others' to describe. */
const foreign = (file: string) => /^(?:compat|mcp)[\\/]/.test(file);
const nativeFiles = routeFiles().filter((file) => !foreign(file));

/** Every `app.get('/path', …)` of a file, from there to the next one: [method, path, source]. */
function handlersIn(file: string): { name: string; source: string; before: string }[] {
  const source = readFileSync(join(SERVER, file), 'utf8');
  const starts = [...source.matchAll(/\bapp\.(get|post|put|patch|delete)\(\s*'([^']+)'/g)];
  return starts.map((start, at) => ({
    name: `${start[1]!.toUpperCase()} ${start[2]}`,
    source: source.slice(start.index, starts[at + 1]?.index),
    before: source.slice(0, start.index),
  }));
}
const handlers = nativeFiles.flatMap((file) => handlersIn(file).map((handler) => ({ file, ...handler })));

describe('the document of the native routes', () => {
  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(JSON.parse(JSON.stringify(document)))).toMatchObject({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  test('has every native route, and no other', () => {
    const names = described.map(
      ({ method, path }) => `${method.toUpperCase()} ${path.replace(/{(\w+)}/g, ':$1')}`,
    );
    expect(names.sort()).toEqual(handlers.map(({ name }) => name).sort());
    expect(names.length).toBeGreaterThan(90);
  });

  test('says of each route who may call it, as the guard has it', () => {
    for (const { method, url, access } of routes) {
      const path = url.replace(/:(\w+)/g, '{$1}');
      const operation = document.paths[path]?.[method.toLowerCase()];
      if (operation) expect([method, url, operation['x-permission']]).toEqual([method, url, access]);
    }
  });

  test('describes bodies and queries with the schemas that the handlers parse', () => {
    const differing = handlers.flatMap(({ name, source, before }) => {
      const description = descriptionOf(source, before);
      return [...source.matchAll(/\bparse\(\s*(\w+),\s*request\.(body|query|params)\b/g)]
        .filter(([, schema]) => schema !== 'nothingBeside')
        .filter(([, schema, part]) => !new RegExp(`\\b${part}: ${schema}\\b`).test(description))
        .map(([, schema, part]) => `${name} parses its ${part} with ${schema} and does not say so`);
    });
    expect(differing).toEqual([]);
  });

  test('names only errors that exist', () => {
    const codes = described.flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap(({ description }) => [...description.matchAll(/`(\w+)`/g)]),
    );
    expect(codes.length).toBeGreaterThan(100);
    expect(codes.map(([, code]) => code!).filter((code) => statusOf(code) === undefined)).toEqual([]);
  });

  test('gives every operation a name of its own, a summary and an answer', () => {
    const ids = described.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of described) {
      expect([path, operation.summary]).toEqual([path, expect.stringMatching(/^[A-Z][^\n]{3,90}[^.\s]$/)]);
      expect([path, Object.keys(operation.responses).some((status) => /^[23]/.test(status))]).toEqual([
        path,
        true,
      ]);
    }
  });
});

/** The text of a route's description, which stands in its config, or has a name and stands above. */
function descriptionOf(source: string, before: string): string {
  const config = source.slice(0, source.search(/\basync\b|\((?:_?request|_)?[,)]/));
  const name = /\bdescribe(?:: (\w+))?\s*[,}]/.exec(config);
  return name ? before.slice(before.lastIndexOf(`const ${name[1] ?? 'describe'} = `)) : config;
}
