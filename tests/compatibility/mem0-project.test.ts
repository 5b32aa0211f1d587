import type * as Mem0 from 'mem0ai';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Api } from '../api.ts';
import { keyOf, newPerson, startWithAdmin } from '../attacks/cast.ts';
import type { Server } from '../server-process.ts';

// The project side of the mem0 API, by the npm client as it is published; what it has no method for is sent as it is.
let mem0: typeof Mem0;
let server: Server;
let client: Mem0.MemoryClient;
/** The same key without the client. */
let api: Api;
/** A key of another namespace. */
let stranger: Mem0.MemoryClient;
let strangerApi: Api;
let namespace: string;

const RIGHTS = ['memories:read', 'memories:write', 'memories:delete'];
const says = (content: string) => [{ role: 'user' as const, content }];
const MISSING = '01890000-0000-7000-8000-000000000000';
const ORGS = '/api/v1/orgs/organizations/';

beforeAll(async () => {
  vi.stubEnv('MEM0_TELEMETRY', 'false');
  mem0 = await import('mem0ai');
  const started = await startWithAdmin({ MEMHOLD_REGISTRATION: 'open' });
  server = started.server;
  const { admin } = started;
  const own = await keyOf(server, admin.api, {
    permissions: [...RIGHTS, 'projects:write', 'webhooks:manage'],
  });
  const eve = await newPerson(server, 'eve');
  const other = await keyOf(server, eve.api, { permissions: RIGHTS });
  api = own.api;
  strangerApi = other.api;
  client = new mem0.MemoryClient({ apiKey: own.key, host: server.url });
  stranger = new mem0.MemoryClient({ apiKey: other.key, host: server.url });
  namespace = (await api('GET', '/v1/ping/')).body.project_id;
});

/** Stores one text verbatim, and returns its id. */
async function store(text: string, userId: string, metadata: object = {}): Promise<string> {
  // biome-ignore lint/suspicious/noExplicitAny: the client types an array; infer:false answers an object with results
  const added: any = await client.add(says(text), { userId, metadata, infer: false } as never);
  return added.results[0].id;
}

describe('project settings', () => {
  test('are changed and read, and their categories keep their own names', async () => {
    const categories = [{ family_Matters: 'who is who', sport: 'games' }];
    const answer = await client.updateProject({
      customInstructions: 'Remember facts only',
      customCategories: categories,
      multilingual: true,
      decay: false,
    });
    expect(answer).toMatchObject({ message: expect.stringMatching(/updated/) });
    expect(await client.getProject({ fields: ['customInstructions', 'custom_categories'] })).toEqual({
      customInstructions: 'Remember facts only',
      customCategories: categories,
    });
    expect(await client.getProject({})).toMatchObject({
      projectId: namespace,
      multilingual: true,
      decay: false,
      memoryDepth: null,
      note: expect.stringMatching(/no model/),
    });
  });

  test('that are none are validation errors, and change nothing', async () => {
    for (const wrong of [{}, { colour: 'red' }, { decay: 'yes' }, { customCategories: 'pets' }])
      await expect(client.updateProject(wrong as never)).rejects.toBeInstanceOf(mem0.ValidationError);
    expect(await client.getProject({ fields: ['decay'] })).toEqual({ decay: false });
  });

  test('of another namespace are not found, and a key without the right may not change its own', async () => {
    const path = `${ORGS}${namespace}/projects/${namespace}/`;
    const [foreign, missing] = [
      await strangerApi('GET', path),
      await strangerApi('GET', `${ORGS}${MISSING}/projects/${MISSING}/`),
    ];
    expect(foreign.status).toBe(404);
    expect({ ...foreign.body, request_id: 0 }).toEqual({ ...missing.body, request_id: 0 });
    expect(await stranger.getProject({ fields: ['custom_instructions'] })).toEqual({
      customInstructions: null,
    });
    await expect(stranger.updateProject({ decay: true })).rejects.toBeInstanceOf(mem0.AuthenticationError);
  });
});

describe('feedback', () => {
  test('is given, replaced and taken back', async () => {
    const memoryId = await store('Ida paints doors', 'ida');
    const { NEGATIVE, POSITIVE } = mem0.Feedback;
    const given = await client.feedback({ memoryId, feedback: NEGATIVE, feedbackReason: 'it was windows' });
    expect(given).toEqual({ id: expect.any(String), feedback: 'NEGATIVE', feedbackReason: 'it was windows' });
    await client.feedback({ memoryId, feedback: POSITIVE });
    expect((await api('GET', `/memories/${memoryId}/feedback`)).body).toMatchObject({ feedback: 'POSITIVE' });
    expect(await client.feedback({ memoryId, feedback: null })).toEqual({
      id: null,
      feedback: null,
      feedbackReason: null,
    });
  });

  test('ends with the memory', async () => {
    const memoryId = await store('Ida paints gates', 'ida');
    await client.feedback({ memoryId, feedback: mem0.Feedback.POSITIVE });
    await client.delete(memoryId);
    expect((await api('GET', `/memories/${memoryId}/feedback`)).status).toBe(404);
    await expect(client.feedback({ memoryId })).rejects.toBeInstanceOf(mem0.MemoryNotFoundError);
  });

  test('that is none is a validation error; on what is somebody else’s, not found', async () => {
    const memoryId = await store('Ida paints fences', 'ida');
    const good = { memoryId, feedback: 'GOOD' } as never;
    await expect(client.feedback(good)).rejects.toBeInstanceOf(mem0.ValidationError);
    for (const id of [memoryId, MISSING, 'nonsense'])
      await expect(stranger.feedback({ memoryId: id })).rejects.toBeInstanceOf(mem0.MemoryNotFoundError);
  });
});

describe('exports', () => {
  const schema = {
    title: 'Fact',
    type: 'object',
    properties: {
      memory: { type: 'string' },
      user_id: { type: 'string' },
      city: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null },
      age: { anyOf: [{ type: 'integer' }, { type: 'null' }], default: null },
    },
    required: ['memory'],
  };
  const filters = { AND: [{ user_id: 'jon' }] };
  let memoryExportId: string;

  test('are asked for, and fetched by id or by their filters', async () => {
    await store('Jon lives in Oslo', 'jon', { city: 'Oslo', age: 'forty' });
    await store('Jon is forty', 'jon', { age: 40 });
    const made = await client.createMemoryExport({ schema, filters, exportInstructions: 'be brief' });
    expect(made).toEqual({ message: expect.any(String), id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    memoryExportId = made.id;
    const found = await client.getMemoryExport({ memoryExportId });
    expect(found).toMatchObject({
      id: memoryExportId,
      count: 2,
      // The client camel-cases the keys of a schema's properties too.
      memories: [
        { memory: 'Jon lives in Oslo', userId: 'jon', city: 'Oslo', age: null },
        { memory: 'Jon is forty', userId: 'jon', city: null, age: 40 },
      ],
    });
    expect(await client.getMemoryExport({ filters })).toEqual(found);
  });

  test('of somebody else are not found', async () => {
    await expect(stranger.getMemoryExport({ memoryExportId })).rejects.toBeInstanceOf(
      mem0.MemoryNotFoundError,
    );
    await expect(stranger.getMemoryExport({ filters })).rejects.toBeInstanceOf(mem0.MemoryNotFoundError);
    const { id } = await stranger.createMemoryExport({ schema, filters });
    expect(await stranger.getMemoryExport({ memoryExportId: id })).toMatchObject({ count: 0, memories: [] });
  });

  test('with a schema or filters that are none are validation errors', async () => {
    for (const wrong of [
      { schema: { type: 'string' }, filters },
      { schema, filters: { userId: 'jon' } },
      { schema, filters: { NOT: [{ user_id: 'jon' }] } },
    ])
      await expect(client.createMemoryExport(wrong)).rejects.toBeInstanceOf(mem0.ValidationError);
  });
});

test('a summary is made of memories in their own words', async () => {
  await store('Kim keeps bees in Oslo', 'kim');
  await store('Kim sells honey in Oslo', 'kim');
  const { status, body } = await api('POST', '/v1/summary/', { filters: { user_id: 'kim' } });
  expect([status, body]).toEqual([
    200,
    {
      status: 'SUCCEEDED',
      summary: '- Kim keeps bees in Oslo\n- Kim sells honey in Oslo',
      memory_ids: [expect.any(String), expect.any(String)],
      total: 2,
    },
  ]);
  expect((await strangerApi('POST', '/v1/summary/', { filters: { user_id: 'kim' } })).body.total).toBe(0);
});

test('an id that is spelt as in JavaScript is refused: it would be passed over, and more be found than was meant', async () => {
  const filters = { user_id: 'jon' };
  const schema = { properties: { memory: { type: 'string' } } };
  for (const [path, body] of Object.entries({
    '/v1/exports/': { schema, filters },
    '/v1/exports/get/': { filters },
    '/v1/summary/': { filters },
    '/v1/feedback/': { memory_id: MISSING },
  })) {
    const refused = await api('POST', path, { ...body, userId: 'jon' });
    expect([path, refused.status]).toEqual([path, 400]);
    expect(refused.body.detail).toContain('user_id');
  }
});

describe('webhooks', () => {
  test('are made, listed, changed and removed', async () => {
    const { MEMORY_ADDED, MEMORY_DELETED } = mem0.WebhookEvent;
    const url = 'https://hooks.example.com/memories';
    const made = await client.createWebhook({ name: 'hook', url, eventTypes: [MEMORY_ADDED] } as never);
    expect(made).toMatchObject({
      webhookId: expect.any(String),
      name: 'hook',
      url,
      eventTypes: ['memory_add'],
    });
    const webhookId = made.webhookId!;
    await client.updateWebhook({ webhookId, name: 'renamed', eventTypes: [MEMORY_DELETED] } as never);
    const listed = await client.getWebhooks();
    expect(listed).toMatchObject([{ webhookId, name: 'renamed', url, eventTypes: ['memory_delete'] }]);
    expect(await client.deleteWebhook({ webhookId })).toMatchObject({ message: expect.any(String) });
    expect(await client.getWebhooks()).toEqual([]);
  });

  test('that are none, or somebody else’s, are the errors that say so', async () => {
    const wrong = { name: 'hook', url: 'ftp://example.com/', eventTypes: ['memory_add'] } as never;
    await expect(client.createWebhook(wrong)).rejects.toBeInstanceOf(mem0.ValidationError);
    await expect(client.deleteWebhook({ webhookId: MISSING })).rejects.toBeInstanceOf(
      mem0.MemoryNotFoundError,
    );
    await expect(client.getWebhooks({ projectId: MISSING })).rejects.toBeInstanceOf(mem0.MemoryNotFoundError);
    await expect(stranger.getWebhooks()).rejects.toBeInstanceOf(mem0.AuthenticationError);
  });
});

describe('what this service has not', () => {
  const told = { errorCode: 'HTTP_501', message: expect.stringContaining('"code":"not_implemented"') };

  test('is, for profiles, the client’s own error, which says what to do instead', async () => {
    const calls = [
      client.getProfile({ entityId: 'ann' }),
      client.generateProfile({ entityId: 'ann' }),
      client.sampleProfiles({ limit: 2 }),
      client.getProfileJob('7'),
      client.getProfileSettings(),
      client.updateProfileSettings({ enabled: true }),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: told });
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(mem0.MemoryError);
    }
  });

  // NS stands for the namespace, whose id is known once the server runs.
  test.each([
    ['GET', 'NS/projects/NS/members/'],
    ['POST', 'NS/projects/NS/members/'],
    ['PUT', 'NS/projects/NS/members/'],
    ['DELETE', 'NS/projects/NS/members/?email=a@example.com'],
    ['GET', 'NS/members/'],
    ['DELETE', 'NS/projects/NS/'],
    ['POST', 'NS/projects/'],
    ['GET', ''],
    ['DELETE', 'NS/'],
  ])('answers 501 to %s of organizations/%s', async (method, rest) => {
    const path = ORGS + rest.replaceAll('NS', namespace);
    const body = method === 'POST' || method === 'PUT' ? {} : undefined;
    const answer = await api(method, path, body);
    expect([answer.status, answer.body.code]).toEqual([501, 'not_implemented']);
    expect(answer.body.error).toBe(answer.body.detail);
    // Whoever is named in it: the same for another namespace.
    const foreign = await strangerApi(method, path, body);
    expect({ ...foreign.body, request_id: 0 }).toEqual({ ...answer.body, request_id: 0 });
  });

  test('is told to nobody without a credential', async () => {
    const nobody = await fetch(`${server.url}${ORGS}${namespace}/members/`);
    expect(nobody.status).toBe(401);
  });

  test('is no failure of the server', () => {
    expect(server.output()).not.toMatch(/request failed/);
  });
});
