// Provokes every type of event on real servers, and reads each one back from exports that verify.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVENT_TYPES, type EventType } from '../packages/server/src/audit/events.ts';
import { accountEvents } from './every-event/accounts.ts';
import { attacked } from './every-event/attacked.ts';
import { keyEvents, loginEvents } from './every-event/credentials.ts';
import { type Logged, loggedIn } from './every-event/logged.ts';
import { memoryEvents } from './every-event/memories.ts';
import { namespaceEvents } from './every-event/namespaces.ts';
import { operationEvents } from './every-event/operation.ts';
import { projectEvents } from './every-event/projects.ts';
import { scanEvents } from './every-event/scans.ts';
import { NAME, Stage, TEXT } from './every-event/stage.ts';
import type { Provocation, Told } from './every-event/told.ts';
import { twoDaysLater } from './every-event/two-days-later.ts';
import { webhookEvents } from './every-event/webhooks.ts';

/** The types that Memoric names come first in the list, up to and including this one. */
const MEMORIC = EVENT_TYPES.indexOf('security.suspicious.activity') + 1;

let stage: Stage;
let logged: Logged[];
const expected = new Map<string, Told>();
const failures = new Map<string, unknown>();

/** One after another; one that fails fails the test of its type and no other. */
async function provoke<T extends Record<string, Provocation>>(events: T): Promise<T> {
  for (const [type, provocation] of Object.entries(events)) {
    expect(expected.has(type) || failures.has(type), `${type} is provoked once`).toBe(false);
    await provocation().then(
      (event) => expected.set(type, event),
      (error) => failures.set(type, error),
    );
  }
  return events;
}

beforeAll(async () => {
  stage = await Stage.open();
  await stage.start();
  const today = {
    ...(await provoke(accountEvents(stage))),
    ...(await provoke(namespaceEvents(stage))),
    ...(await provoke(loginEvents(stage))),
    ...(await provoke(keyEvents(stage))),
    ...(await provoke(memoryEvents(stage))),
    ...(await provoke(projectEvents(stage))),
    ...(await provoke(webhookEvents(stage))),
    ...(await provoke(scanEvents(stage))),
    ...(await provoke(operationEvents(stage))),
  };
  const later = await twoDaysLater(stage);
  const attack = await attacked(stage);
  await stage.server.stop();
  logged = await loggedIn(stage.dataDir);
  attack.copy();

  await stage.start(later.settings);
  await provoke(later.events);
  await stage.server.stop();
  await later.close();
  logged.push(...(await loggedIn(stage.dataDir)));

  await attack.strike();
  await stage.start(attack.settings);
  await provoke(attack.events);
  await stage.server.stop();
  logged.push(...(await loggedIn(stage.dataDir)));
  // A type that nothing provokes does not compile, nor one that is provoked and is none.
  ({ ...today, ...later.events, ...attack.events }) satisfies Record<EventType, Provocation>;
}, 120_000);
afterAll(() => stage.witness.close());

const recordsOf = (type: string) =>
  logged.flatMap(({ record }) => (record.event_type === type ? [record] : []));

describe('is in the log with every column that it has, and none that it has not:', () => {
  test.each(EVENT_TYPES)('%s', (type) => {
    if (failures.has(type)) throw failures.get(type);
    expect([...expected.keys()], 'has a provocation').toContain(type);
    expect(recordsOf(type)).toContainEqual(expect.objectContaining(expected.get(type)!));
  });
});

test('every type of event was emitted', () => {
  const missing = EVENT_TYPES.filter((type) => recordsOf(type).length === 0);
  const own = EVENT_TYPES.length - MEMORIC;
  const count = (types: readonly string[]) =>
    types.filter((type) => !missing.includes(type as EventType)).length;
  const [theirs, ours] = [count(EVENT_TYPES.slice(0, MEMORIC)), count(EVENT_TYPES.slice(MEMORIC))];
  console.info(`${theirs}/33 of the event types that Memoric names, ${ours}/${own} of this product's own`);
  expect(missing).toEqual([]);
  expect([MEMORIC, theirs, ours]).toEqual([33, 33, own]);
  expect([...expected.keys()].sort()).toEqual([...EVENT_TYPES].sort());
});

test('every event of a request says which one, and from where', () => {
  const without = logged.filter(({ record }) => {
    const { actor_kind, request_id, request_method, request_path, ip_address, user_agent } = record;
    // It went with the subject that it was about.
    if (record.private_part === 'erased') return request_id === null;
    const request = [request_id, request_method, request_path];
    if (actor_kind === 'system') return request.some((column) => column !== null);
    // Programs on the machine itself have neither an address nor a name.
    const client = actor_kind === 'operator' ? [] : [ip_address, user_agent];
    return [...request, ...client].includes(null);
  });
  expect(without.map(({ line }) => line)).toEqual([]);
});

const STATES: Partial<Record<EventType, readonly ('before_state' | 'after_state')[]>> = {
  'memory.created': ['after_state'],
  'memory.updated': ['before_state', 'after_state'],
  'memory.deleted': ['before_state'],
  'memory.feedback': ['after_state'],
  'project.updated': ['before_state', 'after_state'],
  'cluster.created': ['after_state'],
  'cluster.updated': ['before_state', 'after_state'],
  'cluster.deleted': ['before_state'],
  'user.updated': ['before_state', 'after_state'],
  'user.activated': ['before_state', 'after_state'],
  'user.deactivated': ['before_state', 'after_state'],
  'namespace.updated': ['before_state', 'after_state'],
  'namespace.member.added': ['after_state'],
  'namespace.member.updated': ['before_state', 'after_state'],
  'namespace.member.removed': ['before_state'],
  'scan.submitted': ['after_state'],
  'deployment.approved': ['after_state'],
  'deployment.rejected': ['after_state'],
  'webhook.created': ['after_state'],
  'webhook.updated': ['before_state', 'after_state'],
  'webhook.removed': ['before_state'],
  'apikey.created': ['after_state'],
  'apikey.rotated': ['before_state', 'after_state'],
};

test('every change commits to what was before and after it', () => {
  for (const [type, states] of Object.entries(STATES))
    for (const record of recordsOf(type).filter(({ success }) => success))
      for (const state of states) expect(record[state], `${state} of ${type}`).toMatch(/^[0-9a-f]{64}$/);
});

test('no name, no address and no text is in what stays of an event for ever', () => {
  expect(logged.filter(({ line }) => line.includes(NAME)).length).toBeGreaterThan(50);
  const tells = ({ skeleton }: Logged) => /quokka|wombat|127\.0\.0\.1|@/i.test(skeleton);
  expect(logged.filter(tells)).toEqual([]);
});

test('no text, no password and no credential is in the log at all', () => {
  const known = [TEXT, ...stage.secrets];
  expect(known.length).toBeGreaterThan(50);
  const holds = ({ line }: Logged) => known.some((secret) => line.includes(secret));
  expect(logged.filter(holds).map(({ line }) => line)).toEqual([]);
});
