import { openDoors, type Services } from '../packages/server/src/doors.ts';
import { buildApp } from '../packages/server/src/http/app.ts';
import type { OpenApiDocument } from '../packages/server/src/openapi/document.ts';

/** Stands for any service: the routes are registered, and none of them is called. */
const anyService: unknown = new Proxy(() => undefined, { get: () => anyService });

/** The document of the native routes as a server answers it, without a server. */
export async function apiDocument(): Promise<OpenApiDocument> {
  const app = buildApp({
    maxBodyBytes: 1024,
    logLevel: 'silent',
    trustedProxies: [],
    authenticate: () => Promise.reject(new Error('nobody calls')),
    checkSignedBody: () => undefined,
    limit: () => undefined,
    refused: () => undefined,
    now: Date.now,
  });
  const known = { health: { dependencies: { version: '0' } } };
  openDoors(
    app,
    new Proxy(known as unknown as Services, { get: (own, name: never) => own[name] ?? anyService }),
  );
  return (await app.inject('/openapi.json')).json();
}
