import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Server } from '../server-process.ts';
import {
  joined,
  loggedIn,
  made,
  newPerson,
  operatorOf,
  type Person,
  startWithAdmin,
  teamOf,
} from './cast.ts';
import { expectProblem } from './refusals.ts';

const ROUNDS = 20;
const PASSWORD = 'Correct-Horse-7';

let server: Server;
let admin: Person;
let operator: ReturnType<typeof operatorOf>;
const again = ({ username }: Person) => loggedIn(server, username, PASSWORD);

beforeAll(async () => {
  ({ server, admin } = await startWithAdmin());
  operator = operatorOf(server);
  // Neither is an administrator who could go on: a user, and one who was deactivated.
  await newPerson(server, 'bystander');
  const retired = { username: 'retired', email: 'retired@example.com', role: 'admin' };
  const { user } = (await operator('POST', '/users', retired)).body;
  expect((await operator('PATCH', `/users/${user.id}`, { is_active: false })).status).toBe(200);
});
afterAll(async () => {
  expect(server.output()).not.toMatch(/request failed|internal_error|Uncaught|at .*\.[jt]s:\d+/);
  await server.stop();
});

test('the last administrator of the server is neither demoted, deactivated nor removed', async () => {
  for (const change of [{ role: 'user' }, { role: 'readonly' }, { is_active: false }])
    expectProblem(await admin.api('PATCH', `/users/${admin.id}`, change), 409, 'last_admin');
  expectProblem(await admin.api('DELETE', `/users/${admin.id}`), 409, 'last_admin');
  expect(await operator('PATCH', `/users/${admin.id}`, { role: 'user' })).toMatchObject({ status: 409 });
  expect((await admin.api('GET', '/users')).status).toBe(200);
});

test('the last administrator of the server: of two who end each other at the same moment one stays', async () => {
  const second = await newPerson(server, 'second');
  let ended = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (const { id } of [admin, second])
      await operator('PATCH', `/users/${id}`, { role: 'admin', is_active: true });
    const [a, b] = await Promise.all([again(admin), again(second)]);
    const change = round % 2 ? { is_active: false } : { role: 'user' };
    const answers = await Promise.all([
      a.api('PATCH', `/users/${b.id}`, change),
      b.api('PATCH', `/users/${a.id}`, change),
    ]);
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0], JSON.stringify(statuses)).toBe(200);
    expect([401, 409]).toContain(statuses[1]);
    ended++;
    const { users } = (await operator('GET', '/users')).body;
    const active = users.filter(
      (one: { roles: string[]; is_active: boolean }) => one.is_active && one.roles.includes('admin'),
    );
    expect(active).toHaveLength(1);
  }
  console.info(`${ended} rounds of two administrators against each other`);
  expect(ended).toBe(ROUNDS);
  await operator('PATCH', `/users/${admin.id}`, { role: 'admin', is_active: true });
  admin = await again(admin);
});

test('the last administrator of a namespace is neither demoted nor removed, nor leaves, and of two one stays', async () => {
  const founder = await newPerson(server, 'founder');
  const partner = await newPerson(server, 'partner');
  const { id, admin: alone } = await teamOf(server, founder);
  const path = `/namespaces/${id}/members`;
  for (const role of ['user', 'readonly'])
    expectProblem(await alone.api('PATCH', `${path}/${founder.id}`, { role }), 409, 'last_admin');
  expectProblem(await alone.api('DELETE', `${path}/${founder.id}`), 409, 'last_admin');
  expectProblem(await alone.api('DELETE', `/namespaces/${id}/membership`), 409, 'last_admin');
  await joined(server, alone, id, partner, 'user');
  expectProblem(await alone.api('DELETE', `${path}/${founder.id}`), 409, 'last_admin');

  const there = (one: Person) => loggedIn(server, one.username, PASSWORD, id);
  let winner = alone;
  let loser = partner;
  let ended = 0;
  for (let round = 0; round < ROUNDS; round++) {
    winner = await there(winner);
    const { members } = (await winner.api('GET', path)).body;
    if (members.length === 1) await joined(server, winner, id, await again(loser), 'admin');
    else await made(winner.api('PATCH', `${path}/${loser.id}`, { role: 'admin' }));
    const [a, b] = [await there(winner), await there(loser)];
    // Each demotes the other, removes the other, or leaves.
    const leaving = round % 3 === 2;
    const end = (by: Person, other: Person) => {
      if (leaving) return by.api('DELETE', `/namespaces/${id}/membership`);
      if (round % 3 === 1) return by.api('DELETE', `${path}/${other.id}`);
      return by.api('PATCH', `${path}/${other.id}`, { role: 'user' });
    };
    const statuses = (await Promise.all([end(a, b), end(b, a)])).map(({ status }) => status);
    expect(Math.min(...statuses), JSON.stringify([round, statuses])).toBe(200);
    expect([401, 409]).toContain(Math.max(...statuses));
    const firstStays = (statuses[0] === 200) !== leaving;
    [winner, loser] = firstStays ? [a, b] : [b, a];
    ended++;
  }
  console.info(`${ended} rounds of two administrators of a namespace against each other`);
  expect(ended).toBe(ROUNDS);
});
