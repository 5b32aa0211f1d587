import type { Stage } from './stage.ts';

/** Made here, so that no secret stands in the repository. */
const ACCESS_KEY = `AKIA${[...'QWERTZUIOPASDFGH'].reverse().join('')}`;
const NOWHERE = '01890000-0000-7000-8000-000000000000';

/** Memories one by one, in batches and by their entities, with as much said of them as can be, and with nothing. */
export async function memories(stage: Stage): Promise<void> {
  const { admin, ada } = stage;
  const key = await stage.key();
  const full = {
    content: 'Ann drinks tea in the garden',
    user_id: 'ann',
    agent_id: 'robot',
    app_id: 'notes',
    run_id: 'monday',
    thread_id: 'garden',
    role: 'user',
    speaker: 'Ann',
    metadata: { weather: { warm: true, degrees: 21.5 }, tags: ['tea', null] },
    categories: ['drinks'],
    timestamp: '2026-01-31T12:00:00+01:00',
    expires_on: '2999-12-31',
  };
  const one = await key('POST /memories', full, 201);
  const two = await key('POST /memories', { content: `the key is ${ACCESS_KEY}`, user_id: 'ann' }, 201);
  await key('POST /memories', { content: 'write to ann.smith@gmail.com', user_id: 'ann' }, 201);
  const own = await ada.call('POST /memories', { content: 'nothing but a text' }, 201);

  await key('GET /memories?user_id=ann&show_expired=true');
  await ada.call('GET /memories?thread_id=none');
  await admin.call('GET /memories?top_k=1');
  await key('POST /memories/search', {
    query: 'tea',
    user_id: 'ann',
    filters: { categories: { in: ['drinks'] } },
  });
  await key('POST /memories/search', { query: 'write', user_id: 'ann' });
  await ada.call('POST /memories/search', { query: 'submarines' });
  await admin.call('POST /memories/search', { query: 'garden' });
  await key(`GET /memories/${one.id}`);
  await ada.call(`GET /memories/${own.id}`);

  const change = { content: 'Ann drinks coffee', metadata: {}, expires_on: null };
  await key(`PUT /memories/${one.id}`, change, 200, { 'if-match': '"1"' });
  await key(`PUT /memories/${one.id}`, change, 409, { 'if-match': '"1"' });
  await key(`PUT /memories/${one.id}`, change, 400, { 'if-match': 'one' });
  const last = { content: 'Ann writes to ann.smith@gmail.com', expires_on: '2999-12-31' };
  await key(`PUT /memories/${one.id}`, last);
  const writer = await stage.key({ permissions: ['memories:write'] });
  await writer(`PUT /memories/${one.id}`, { content: 'Ann drinks water' });
  await writer(`GET /memories/${one.id}`, undefined, 403);
  await key(`GET /memories/${one.id}/history`);
  await admin.call(`GET /memories/${two.id}/original`);
  await admin.call(`GET /memories/${one.id}/original`, undefined, 404);
  await key('POST /memories', { content: 'x', user_id: ACCESS_KEY }, 422);
  await key('POST /memories', { content: 'x'.repeat(900_000), user_id: 'ann' }, 413);

  await key(`GET /memories/${one.id}/feedback`);
  const opinion = { feedback: 'NEGATIVE', feedback_reason: `no tea, but ${ACCESS_KEY}` };
  await key(`PUT /memories/${one.id}/feedback`, opinion);
  await key(`GET /memories/${one.id}/feedback`);
  await key(`PUT /memories/${one.id}/feedback`, { feedback: 'POSITIVE' });
  await key(`PUT /memories/${one.id}/feedback`, { feedback: null });
  await key(`PUT /memories/${NOWHERE}/feedback`, opinion, 404);

  await key('PATCH /memories/batch', {
    memories: [
      { id: one.id, content: 'Ann drinks nothing' },
      { id: two.id, content: `now it is ${ACCESS_KEY}`, metadata: { new: true } },
    ],
  });
  await key('PATCH /memories/batch', { memories: [{ id: NOWHERE, content: 'x' }] }, 404);
  await key('DELETE /memories/batch', { ids: [NOWHERE] }, 404);
  await key('DELETE /memories/batch', { ids: [two.id] });
  await ada.call(`DELETE /memories/${own.id}`, undefined, 409, { 'if-match': '"7"' });
  await ada.call(`DELETE /memories/${own.id}`);

  await key('GET /entities');
  await key('GET /entities?type=agent&limit=1');
  await key('DELETE /entities/user/ann');
  await key('DELETE /entities/user/ann', undefined, 404);
}

/** Clusters of memories. */
export async function clusters({ admin }: Stage): Promise<void> {
  const { call } = admin;
  const { id } = await call('POST /memories', { content: 'a memory of a cluster' }, 201);
  const full = { topic: 'house', category: 'home', memory_ids: [id], summary: `a house with ${ACCESS_KEY}` };
  const { cluster_id: one } = await call('POST /clusters', full, 201);
  const { cluster_id: two } = await call('POST /clusters', { topic: 'garden', memory_ids: [id] }, 201);
  await call('POST /clusters', full, 409);
  await call('POST /clusters', { topic: 'sea', memory_ids: [NOWHERE] }, 400);
  await call('GET /clusters');
  await call('GET /clusters?limit=1');
  await call(`GET /clusters/${two}`);
  await call(`PUT /clusters/${one}`, { topic: 'flat', category: null }, 200, { 'if-match': '"1"' });
  await call(`PUT /clusters/${one}`, { topic: 'tent' }, 409, { 'if-match': '"1"' });
  await call(`PUT /clusters/${one}`, { topic: 'garden' }, 409);
  await call(`DELETE /clusters/${one}`, undefined, 400, { 'if-match': 'one' });
  await call(`DELETE /clusters/${one}`);
  await call(`GET /clusters/${one}`, undefined, 404);
}

/** Memories that nobody has a reason to read. */
export async function canaries({ admin }: Stage): Promise<void> {
  const { call } = admin;
  const { id } = await call('POST /memories', { content: 'the password of the vault' }, 201);
  await call('GET /canaries');
  await call('POST /canaries', { memory_id: id }, 201);
  await call('POST /canaries', { memory_id: id }, 409);
  await call('POST /canaries', { memory_id: NOWHERE }, 404);
  await call('GET /canaries');
  await call(`DELETE /canaries/${id}`);
  await call(`DELETE /canaries/${id}`, undefined, 404);
}
