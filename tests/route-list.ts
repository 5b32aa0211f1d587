import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AppOptions } from '../packages/server/src/http/app.ts';
import { buildApp } from '../packages/server/src/http/app.ts';
import { ROOT } from './server-process.ts';

export const SERVER = join(ROOT, 'packages/server/src');

export interface Route {
  method: string;
  url: string;
  access: string | undefined;
}

/** The files that hold routes: `routes.ts` and `<door>-routes.ts`, wherever they are. */
export function routeFiles(): string[] {
  return readdirSync(SERVER, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?:^|[\\/-])routes\.ts$/.test(name),
  );
}

type RegisterRoutes = (app: ReturnType<typeof buildApp>, services: unknown) => void;

/** The functions that register routes, by name. */
export async function routeModules(): Promise<Map<string, RegisterRoutes>> {
  const found = new Map<string, RegisterRoutes>();
  for (const file of routeFiles()) {
    const exported = (await import(/* @vite-ignore */ pathToFileURL(join(SERVER, file)).href)) as object;
    const functions = Object.entries(exported).filter(([name]) => name.endsWith('Routes'));
    if (functions.length === 0) throw new Error(`${file} exports no function that registers routes`);
    for (const [name, register] of functions) found.set(name, register);
  }
  return found;
}

/** Stands for any service: whatever is asked of it is there, and every call fails. */
const anyService: unknown = new Proxy(
  () => {
    throw new Error('no service behind this route');
  },
  { get: (_, name) => (name === 'then' ? undefined : anyService) },
);

export const refusesAll: AppOptions = {
  maxBodyBytes: 1024,
  logLevel: 'silent',
  trustedProxies: [],
  authenticate: () => Promise.reject(new Error('nobody is let in')),
  checkSignedBody: () => undefined,
  limit: () => undefined,
  refused: () => undefined,
  now: Date.now,
};

/** The server's own app with all routes, without anything behind them. */
export async function appWithRoutes(options: AppOptions = refusesAll) {
  const app = buildApp(options);
  const routes: Route[] = [];
  app.addHook('onRoute', ({ method, url, config }) => {
    for (const one of [method].flat()) routes.push({ method: one, url, access: config?.access });
  });
  for (const register of (await routeModules()).values()) register(app, anyService);
  await app.ready();
  return { app, routes };
}

/** Who may call these without any credential. Everything else needs one: adding a line here is a decision. */
export const PUBLIC = [
  'GET /',
  'GET /health',
  'GET /ready',
  'GET /health/detailed',
  'GET /openapi.json',
  'GET /docs',
  'POST /auth/register',
  'POST /auth/login',
  'POST /auth/mfa/verify',
  'POST /auth/refresh',
  'POST /auth/verify-email',
  'POST /auth/verify-email/resend',
  'POST /auth/forgot-password',
  'POST /auth/reset-password',
  'POST /auth/change-email/confirm',
  'GET /auth/links/:page',
  'GET /.well-known/jwks.json',
];

export const isPublic = ({ method, url }: Route) =>
  PUBLIC.includes(`${method === 'HEAD' ? 'GET' : method} ${url}`);

/** A path of this route with an id in the place of every parameter. */
export const pathOf = ({ url }: Route) => url.replace(/:\w+/g, '01890000-0000-7000-8000-000000000000');
