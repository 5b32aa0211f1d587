import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../access/actor.ts';
import { actorIn } from '../clusters/testing/clusters.ts';
import { NamespaceErasure } from '../namespaces/erasure.ts';
import { type Project, projectFixture } from './testing/project-side.ts';

let side: Project;
beforeEach(async () => {
  side = await projectFixture();
});
afterEach(() => side.close());

const ann = actorIn(1, 'ann');
const bob = actorIn(2, 'bob');
const pathOf = (org: string, project = org) => `/api/v1/orgs/organizations/${org}/projects/${project}/`;
const OWN = pathOf('namespace-1');
const patch = (body: object, actor: Actor = ann, path = OWN) => side.call(actor, 'PATCH', path, body);
const read = async (query = '') => (await side.call(ann, 'GET', OWN + query)).body;

describe("a namespace's settings", () => {
  it('are all null at first, and say that nothing follows them', async () => {
    const project = await read();
    expect(project).toMatchObject({
      org_id: 'namespace-1',
      project_id: 'namespace-1',
      custom_instructions: null,
      custom_categories: null,
      decay: null,
      updated_at: null,
    });
    expect(project.note).toMatch(/no model/);
  });

  it('change one by one, and null clears', async () => {
    await patch({ custom_instructions: 'only facts', multilingual: true });
    const answer = await patch({ custom_categories: [{ pets: 'animals at home' }], multilingual: false });
    expect([answer.status, answer.body.message]).toEqual([200, 'Project updated successfully.']);
    await patch({ custom_instructions: null });
    expect(await read()).toMatchObject({
      custom_instructions: null,
      multilingual: false,
      custom_categories: [{ pets: 'animals at home' }],
    });
  });

  it('answer only the fields that were asked for', async () => {
    await patch({ custom_instructions: 'only facts', decay: true });
    expect(await read('?fields=custom_instructions&fields=decay&org_id=x')).toEqual({
      custom_instructions: 'only facts',
      decay: true,
    });
    expect(await read('?fields=decay&fields=constructor&fields=nonsense')).toEqual({ decay: true });
  });

  it.each([
    [{}],
    [{ custom_instruction: 'misspelt' }],
    [{ custom_instructions: 7 }],
    [{ custom_instructions: 'x'.repeat(16_385) }],
    [{ custom_instructions: 'a\0b' }],
    [{ custom_categories: 'pets' }],
    [{ custom_categories: [[[[[[[[]]]]]]]] }],
    [{ decay: 'yes' }],
    [{ name: 'another name' }],
    [{ org_id: 'namespace-1' }],
  ])('refuse %j whole', async (body) => {
    const { status } = await patch(body);
    expect(status).toBe(400);
    expect(side.writer.db.prepare('select count(*) from projects').pluck().get()).toBe(0);
  });

  it('of another namespace are not there, whoever asks, and neither id may differ', async () => {
    await patch({ custom_instructions: 'of one' });
    const missing = await side.call(bob, 'GET', pathOf('namespace-9'));
    for (const path of [OWN, pathOf('namespace-2', 'namespace-1'), pathOf('namespace-1', 'namespace-2')]) {
      const foreign = await side.call(bob, 'GET', path);
      expect(foreign.status).toBe(404);
      expect({ ...foreign.body, request_id: 0 }).toEqual({ ...missing.body, request_id: 0 });
      expect((await patch({ decay: true }, bob, path)).status).toBe(404);
    }
    const named = { decay: true, org_id: 'namespace-2', project_id: 'namespace-2' };
    expect((await patch(named)).status).toBe(404);
    expect((await patch({ ...named, org_id: 'namespace-1', project_id: 'namespace-1' })).status).toBe(200);
  });

  it('need a right of their own to be changed', async () => {
    const reader = { ...ann, permissions: new Set(['memories:read', 'memories:write'] as const) };
    expect((await patch({ decay: true }, reader)).body.code).toBe('permission_denied');
    expect((await side.call(reader, 'GET', OWN)).status).toBe(200);
  });

  it('hold no secret, and are in no file as text', async () => {
    const key = `AKIA${[...'QWERTZUIOPASDFGH'].reverse().join('')}`;
    const { body } = await patch({
      custom_instructions: `use ${key} always`,
      custom_categories: [{ a: key }],
    });
    expect(body.screening.action).toBe('redacted');
    const project = await read();
    expect(JSON.stringify(project)).not.toContain(key);
    expect(project.custom_instructions).toMatch(/^use .* always$/);
    const [row] = side.writer.db.prepare('select * from projects').all() as { body: Buffer }[];
    expect(row!.body.includes('always')).toBe(false);
  });

  it('lose neither of two changes at the same time', async () => {
    await patch({ multilingual: true });
    const answers = await Promise.all([
      side.projects.update(ann as never, { client: {} }, own, { decay: true }),
      side.projects.update(ann as never, { client: {} }, own, { memory_depth: 'deep' }),
      side.projects.update(ann as never, { client: {} }, own, { version: 'v2' }),
    ]);
    expect(answers.map(({ project }) => project.version).sort()).toEqual([2, 3, 4]);
    expect(await read()).toMatchObject({
      multilingual: true,
      decay: true,
      memory_depth: 'deep',
      version: 'v2',
    });
  });

  it('are told to the log with what was before and after, but no word of them', async () => {
    await patch({ custom_instructions: 'only facts' });
    const [event] = await side.events('project.updated');
    expect(event).toMatchObject({
      success: true,
      namespace: 'namespace-1',
      resource: { ids: ['namespace-1'] },
    });
    expect(event).toHaveProperty('before');
    expect(event).toHaveProperty('after');
    expect(JSON.stringify(event)).not.toContain('facts');
  });
});

const own = { org: 'namespace-1', project: 'namespace-1' };

it('go with their namespace, and exports and feedback of it too, and nobody else’s', async () => {
  const schema = { properties: { memory: { type: 'string' } } };
  for (const [actor, path] of [
    [ann, OWN],
    [bob, pathOf('namespace-2')],
  ] as const) {
    await patch({ decay: true }, actor, path);
    await side.call(actor, 'POST', '/v1/exports/', { schema, filters: { user_id: 'cleo' } });
    const [memory] = await side.memoriesOf(actor, 'cleo', 1);
    await side.call(actor, 'PUT', `/memories/${memory}/feedback`, { feedback: 'POSITIVE' });
  }
  const counts = () =>
    ['projects', 'memory_exports', 'memory_feedback'].map((table) =>
      side.writer.db.prepare(`select count(*) from ${table}`).pluck().get(),
    );
  expect(counts()).toEqual([2, 2, 2]);
  const erasure = new NamespaceErasure({ writer: side.writer, recorder: side.recorder });
  const of = { id: 1, publicId: 'namespace-1' };
  await side.writer.commit(await erasure.of(of, { actor: { kind: 'system' }, time: 0 }));
  expect(counts()).toEqual([1, 1, 1]);
  const left = await side.call(bob, 'GET', pathOf('namespace-2'));
  expect(left.body.decay).toBe(true);
});

it.each([
  ['PATCH', OWN, 'custom_categories'],
  ['PATCH', OWN, 'usecase_setting'],
  ['POST', '/v1/exports/', 'schema'],
  ['POST', '/v1/exports/', 'filters'],
  ['POST', '/v1/exports/get/', 'filters'],
  ['POST', '/v1/summary/', 'filters'],
] as const)('%s %s with a bottomless %s is bad input, not a failure', async (method, url, name) => {
  await read();
  const depth = 20_000;
  const payload = `{"schema":{"properties":{"a":{}}},"${name}":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`;
  const headers = { 'content-type': 'application/json' };
  expect((await side.app.inject({ method, url, payload, headers })).statusCode).toBe(400);
});

describe('what this service has not', () => {
  it.each([
    ['GET', '/v2/entities/user/ann/profile/'],
    ['POST', '/v2/profiles/jobs/'],
    ['GET', '/v2/profiles/jobs/7/'],
    ['GET', '/v2/profiles/settings/'],
    ['POST', '/v2/profiles/settings/'],
    ['GET', `${OWN}members/`],
    ['POST', `${OWN}members/`],
    ['PUT', `${OWN}members/`],
    ['DELETE', `${OWN}members/`],
    ['DELETE', OWN],
    ['POST', '/api/v1/orgs/organizations/namespace-1/projects/'],
    ['POST', '/api/v1/orgs/organizations/'],
  ] as const)('answers %s %s with a code and what to do instead', async (method, path) => {
    const body = method === 'POST' || method === 'PUT' ? {} : undefined;
    const answer = await side.call(ann, method, path, body);
    expect([answer.status, answer.body.code]).toEqual([501, 'not_implemented']);
    expect(answer.body.error).toBe(answer.body.detail);
    expect(answer.body.detail).toMatch(/\/|namespace/);
    expect(answer.body.request_id).toEqual(expect.any(String));
  });
});
