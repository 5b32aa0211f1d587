import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Actor } from '../packages/server/src/access/actor.ts';
import { AccessError } from '../packages/server/src/access/errors.ts';
import { PERMISSIONS } from '../packages/server/src/access/permissions.ts';
import { buildApp } from '../packages/server/src/http/app.ts';
import { appWithRoutes, isPublic, PUBLIC, pathOf, refusesAll, routeModules, SERVER } from './route-list.ts';

const { routes } = await appWithRoutes();
const actorWith = (permissions: string[]) =>
  ({
    kind: 'account',
    id: 'a',
    permissions: new Set(permissions),
    namespace: { id: 1, publicId: 'n' },
    provedAt: Number.POSITIVE_INFINITY,
  }) as unknown as Actor;

describe('every route says who may call it', () => {
  test('there are routes, and each names its access', () => {
    expect(routes.length).toBeGreaterThan(20);
    const known: string[] = [...PERMISSIONS, 'authenticated', 'public'];
    expect(routes.filter(({ access }) => !known.includes(access ?? ''))).toEqual([]);
  });

  test('only the probes, and what brings somebody in, are public', () => {
    const open = routes.filter(({ method, access }) => method !== 'HEAD' && access === 'public');
    expect(open.map(({ method, url }) => `${method} ${url}`).sort()).toEqual([...PUBLIC].sort());
  });

  test('nothing that changes or ends something asks for a right to read', () => {
    const reads = (access: string) => access.endsWith(':read');
    // Searches are posted because of their filters; they change nothing. Nor does telling the log of an export.
    const searches = ['/memories/search', '/v3/memories/search/', '/v3/memories/', '/audit/exports'];
    searches.push('/v1/memories/search/', '/v2/memories/search/', '/v2/memories/');
    searches.push('/search', '/list');
    searches.push('/v1/exports/', '/v1/exports/get/', '/v1/summary/');
    const wrong = routes.filter(
      ({ method, url, access }) =>
        !['GET', 'HEAD'].includes(method) && reads(access!) && !(method === 'POST' && searches.includes(url)),
    );
    expect(wrong).toEqual([]);
    const weak = routes.filter(
      ({ method, access }) => method === 'DELETE' && /^memories:(?!delete)/.test(access!),
    );
    expect(weak).toEqual([]);
  });

  test('every module of routes is registered on every start', async () => {
    const doors = readFileSync(join(SERVER, 'doors.ts'), 'utf8');
    expect(readFileSync(join(SERVER, 'main.ts'), 'utf8')).toMatch(/^ {2}openDoors\(app, /m);
    for (const name of (await routeModules()).keys())
      expect(doors).toMatch(new RegExp(`^ {2}${name}\\(app[,)]`, 'm'));
  });
});

describe('the app itself holds to it', () => {
  test('a route that does not say who may call it is refused at the start', () => {
    const app = buildApp(refusesAll);
    for (const method of ['get', 'post', 'put', 'delete', 'patch'] as const)
      expect(() => app[method]('/forgotten', async () => 'open')).toThrow(/does not say who may call it/);
    expect(() => app.get('/forgotten', { config: {} }, async () => 'open')).toThrow(/does not say who/);
    expect(() => app.all('/forgotten', async () => 'open')).toThrow(/does not say who/);
  });

  test.each(['unauthenticated', 'permission_denied'] as const)(
    '%s stops every route before its handler',
    async (code) => {
      let handled = 0;
      const { app, routes: all } = await appWithRoutes({
        ...refusesAll,
        authenticate: async () => {
          if (code === 'unauthenticated') throw new AccessError('unauthenticated');
          return { actor: actorWith([]) };
        },
        refused: () => handled++,
      });
      const guarded = all.filter(
        (route) => !isPublic(route) && (code === 'unauthenticated' || route.access !== 'authenticated'),
      );
      for (const route of guarded) {
        const answer = await app.inject({
          method: route.method as 'GET',
          url: pathOf(route),
          payload: '{ not json',
        });
        expect([route.method, route.url, answer.statusCode]).toEqual([
          route.method,
          route.url,
          code === 'unauthenticated' ? 401 : 403,
        ]);
      }
      expect(handled).toBe(guarded.length);
      expect(guarded.length).toBeGreaterThan(15);
    },
  );

  test('a permission opens its own routes and no others', async () => {
    for (const permission of PERMISSIONS) {
      const { app, routes: all } = await appWithRoutes({
        ...refusesAll,
        authenticate: async () => ({ actor: actorWith([permission]) }),
      });
      for (const route of all.filter(({ access }) => access !== 'public' && access !== 'authenticated')) {
        const { statusCode } = await app.inject({ method: route.method as 'GET', url: pathOf(route) });
        const opened = statusCode !== 403;
        expect([permission, route.method, route.url, opened]).toEqual([
          permission,
          route.method,
          route.url,
          route.access === permission,
        ]);
      }
    }
  });
});
