import type { InjectOptions } from 'fastify';
import type { Actor } from '../../access/actor.ts';
import { PERMISSIONS } from '../../access/permissions.ts';
import { createRecorder } from '../../audit/recorder.ts';
import { inProcessWriter } from '../../database/testing/in-process-writer.ts';
import type { Unit } from '../../database/unit.ts';
import { randomBytes } from '../../encryption/randomness.ts';
import { dataKey } from '../../encryption/seal.ts';
import { buildApp } from '../../http/app.ts';
import { scanSide } from '../../scan-side.ts';
import { scanRoutes } from '../routes.ts';

export const START = Date.parse('2026-11-22T10:00:00Z');

/** Somebody with every right in a namespace, whose password was shown just now. */
export function actorIn(namespace: number, id: string, more: Partial<Actor> = {}): Actor {
  return {
    kind: 'account',
    id,
    account: { row: 1, publicId: id },
    namespace: { id: namespace, publicId: `namespace-${namespace}` },
    auditReads: 'durable',
    role: 'admin',
    permissions: new Set(PERMISSIONS),
    provedAt: START,
    guard: { sql: 'select 1', parameters: [] },
    ...more,
  };
}

export const ADA = actorIn(1, 'ada');
export const BOB = actorIn(1, 'bob');
export const EVE = actorIn(2, 'eve');
/** The pipeline's key, which Ada made. */
export const KEY = actorIn(1, 'key', { kind: 'api_key', account: { row: 1, publicId: 'ada' } });

/** The slice over a real database, without threads; the caller of a request is given, not proved. */
export async function scanApp() {
  const writer = await inProcessWriter();
  const clock = { at: START };
  const now = () => clock.at;
  /** What comes before the next commit, once. */
  const next: { commit?: (() => Promise<unknown>) | undefined } = {};
  const commit = async (unit: Unit) => {
    const { commit: first } = next;
    next.commit = undefined;
    await first?.();
    return writer.commit(unit);
  };
  const keys = { records: dataKey(randomBytes(32)), digest: randomBytes(32) };
  const recorder = createRecorder({ commit }, keys.records);
  const side = scanSide({ writer: { ...writer, commit }, recorder, keys, now });
  /** Who makes a request, by a header: several may be under way. */
  const asking: Actor[] = [];
  const refused: string[] = [];
  const app = buildApp({
    maxBodyBytes: 1_048_576,
    logLevel: 'silent',
    trustedProxies: [],
    authenticate: async ({ headers }) => ({ actor: asking[Number(headers['x-asking'])]! }),
    checkSignedBody: () => undefined,
    limit: () => undefined,
    refused: (_, { code }) => refused.push(code),
    now,
  });
  scanRoutes(app, side);
  await app.ready();
  return {
    side,
    writer,
    clock,
    next,
    refused,
    /** What stays of the events, oldest first. */
    events: () => writer.leaves.map(({ skeleton }) => JSON.parse(Buffer.from(skeleton).toString())),
    async call(actor: Actor, method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) {
      const headers = { 'x-asking': String(asking.push(actor) - 1) };
      const request: InjectOptions = { method, url, headers, ...(payload && { payload }) };
      const { statusCode, body } = await app.inject(request);
      return { status: statusCode, body: JSON.parse(body), text: body };
    },
    async close() {
      await app.close();
      writer.close();
    },
  };
}
export type ScanApp = Awaited<ReturnType<typeof scanApp>>;
