import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryClient } from 'mem0ai';
import { describe, expect, test } from 'vitest';
import { appWithRoutes } from '../route-list.ts';
import { ROOT } from '../server-process.ts';
import { CALLS, table, unpadded } from './calls.ts';

const methods = Object.getOwnPropertyNames(MemoryClient.prototype).filter(
  (name) => name !== 'constructor' && !name.startsWith('_'),
);
const textOf = (file: string) => {
  const path = join(ROOT, 'tests/compatibility', file);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};

test('every method of the npm client makes a call of the table, and the table has no method besides', () => {
  expect(methods.length).toBeGreaterThan(25);
  expect([...new Set(CALLS.flatMap(({ client }) => client))].sort()).toEqual(methods.sort());
});

describe('each call is driven by the test that it names', () => {
  test.each(CALLS.map((call) => [`${call.methods} ${call.path}`, call] as const))('%s', (_, call) => {
    const { path, client, drivenBy } = call;
    const text = textOf(drivenBy);
    expect(text === '', `there is no tests/compatibility/${drivenBy}`).toBe(false);
    const undriven = client.filter((method) => !text.includes(`.${method}(`));
    expect(undriven, `${drivenBy} does not call them`).toEqual([]);
    // What no client has a method for is sent as it is.
    const [start] = path.split('{') as [string];
    if (client.length === 0) expect(text.includes(start), `${drivenBy} does not send ${start}`).toBe(true);
  });
});

test('the server has a route for each call, and of these paths no other', async () => {
  const { routes } = await appWithRoutes();
  const shape = (path: string) => path.replace(/:\w+|\{\w+\}/g, '{}');
  const wire = routes.filter(({ method, url }) => method !== 'HEAD' && /^\/(v\d|api\/v1)\//.test(url));
  const asked = CALLS.flatMap(({ methods, path }) => methods.map((method) => `${method} ${shape(path)}`));
  expect(wire.map(({ method, url }) => `${method} ${shape(url)}`).sort()).toEqual(asked.sort());
});

test('docs/compatibility.md has exactly this table', () => {
  const text = readFileSync(join(ROOT, 'docs/compatibility.md'), 'utf8');
  const lines = text.split('\n').map(unpadded);
  const start = lines.findIndex((line) => line.startsWith('| call '));
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  const found = start < 0 ? [] : lines.slice(start, length < 0 ? undefined : start + length);
  expect(found.join('\n'), `the table should be:\n${table().join('\n')}\n`).toBe(
    table().map(unpadded).join('\n'),
  );
});
