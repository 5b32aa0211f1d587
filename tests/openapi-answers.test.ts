// Calls the native routes of a real server, and holds what they answer against what its own document says they answer.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { apiKeys, namespaces, users } from './openapi-answers/administration.ts';
import { auditLog, holds, proofs } from './openapi-answers/audit.ts';
import { loosePlaces } from './openapi-answers/loose-places.ts';
import { canaries, clusters, memories } from './openapi-answers/memories.ts';
import { health, policies, security, webhooks } from './openapi-answers/operation.ts';
import { refusals } from './openapi-answers/refusals.ts';
import { scans } from './openapi-answers/scans.ts';
import { links, secondFactors, sessions, tokenKeys } from './openapi-answers/sign-in.ts';
import { openStage, type Stage } from './openapi-answers/stage.ts';

const CHAPTERS = {
  ...{ health, memories, clusters, canaries },
  ...{ sessions, links, secondFactors, tokenKeys },
  ...{ apiKeys, users, namespaces },
  ...{ webhooks, scans, policies, security, auditLog, proofs, holds },
};

/** Answers of 2xx that no chapter brings about, each with the reason: `METHOD /path 200`. */
const NOT_CALLED: Record<string, string> = {};

/** Where an answer may hold what no schema foresees. */
const LOOSE = [
  'AuditEvent/metadata',
  'ChangedMemory/metadata',
  'GET /memories/{id}/original 200/metadata',
  'GET /openapi.json 200',
  'Memory/metadata',
  'Policy/settings',
  // Some errors tell more, such as `mfa_token`.
  'Problem',
  'SearchHit/metadata',
];

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
// What one chapter found is not told again by the next.
afterEach(() => void stage.contract.problems());
afterAll(async () => {
  expect(stage.server.output()).not.toMatch(/request failed|internal_error|Uncaught|at .*\.[jt]s:\d+/);
  await stage.server.stop();
});

const all = () => stage.contract.operations;
const statusesOf = (name: string) => stage.contract.answered.get(name) ?? new Set<number>();

describe('answers are as the document says:', () => {
  test.each(Object.entries(CHAPTERS))('%s', async (_, chapter) => {
    await chapter(stage);
    expect(stage.contract.problems()).toEqual([]);
  });

  test('every operation was called with a success, or the reason is known', () => {
    const missing = all().flatMap(({ name, operation }) =>
      Object.keys(operation.responses)
        .filter((status) => status.startsWith('2') && !statusesOf(name).has(Number(status)))
        .map((status) => `${name} ${status}`),
    );
    console.info(`${all().length - missing.length} of ${all().length} operations were called with a success`);
    expect(missing.sort()).toEqual(Object.keys(NOT_CALLED).sort());
    expect(all().length - missing.length).toBeGreaterThan(85);
  });
});

test('schemas of answers leave nothing open but what belongs to others', () => {
  expect(loosePlaces(stage.contract.document)).toEqual(LOOSE);
});

describe('refusals are as the document says:', () => {
  test('of every operation', async () => {
    expect(await refusals(stage)).toEqual([]);
    expect(stage.contract.problems()).toEqual([]);
  });

  test('whatever needs a credential says so, and whatever takes a body says what is wrong with it', () => {
    const guarded = all().filter(({ operation }) => operation.security.length > 0);
    expect(guarded.filter(({ name }) => !statusesOf(name).has(401)).map(({ name }) => name)).toEqual([]);
    const taking = all().filter(({ operation }) => operation.requestBody);
    expect(taking.filter(({ name }) => !statusesOf(name).has(400)).map(({ name }) => name)).toEqual([]);
    expect([guarded.length > 70, taking.length > 40]).toEqual([true, true]);
  });

  test('of every common kind', () => {
    const seen = new Set(all().flatMap(({ name }) => [...statusesOf(name)]));
    expect([...seen]).toEqual(expect.arrayContaining([400, 401, 403, 404, 409, 413, 415, 422, 429]));
  });
});
