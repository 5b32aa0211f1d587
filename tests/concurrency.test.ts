import { beforeAll, describe, expect, test } from 'vitest';
import { type Server, startServer } from './server-process.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
});

const times = <T>(n: number, make: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: n }, (_, i) => make(i)));

async function add(content: string, user_id: string): Promise<string> {
  const { status, body, text } = await server.api('POST', '/memories', { content, user_id });
  expect([status, status === 201 ? '' : text]).toEqual([201, '']);
  return body.id;
}

describe('many at once', () => {
  test('50 concurrent adds for one user are all there', async () => {
    const ids = await times(50, (i) => add(`parallel thought ${i}`, 'adder'));
    expect(new Set(ids).size).toBe(50);
    const { body } = await server.api('GET', '/memories?user_id=adder&top_k=1000');
    expect(body.total).toBe(50);
    expect(body.memories.map(({ id }: { id: string }) => id).sort()).toEqual([...ids].sort());
  });

  test('50 concurrent adds for 50 new users are all there', async () => {
    const ids = await times(50, (i) => add(`first thought of ${i}`, `newcomer-${i}`));
    const lists = await times(50, (i) => server.api('GET', `/memories?user_id=newcomer-${i}`));
    expect(lists.map(({ body }) => body.memories.map(({ id }: { id: string }) => id))).toEqual(
      ids.map((id) => [id]),
    );
  });

  test('50 concurrent adds for one new user make one subject, not several', async () => {
    await times(50, (i) => add(`race ${i}`, 'racer'));
    const search = await server.api('POST', '/memories/search', {
      query: 'race',
      user_id: 'racer',
      top_k: 100,
    });
    expect(search.body.results).toHaveLength(50);
  });

  test('of 50 concurrent updates with the same If-Match exactly one succeeds', async () => {
    const id = await add('contested', 'updater');
    const answers = await times(50, (i) =>
      server.api('PUT', `/memories/${id}`, { content: `claimed by ${i}` }, { 'if-match': '"1"' }),
    );
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect(
      answers.filter(({ status, body }) => status === 409 && body.code === 'stale_version'),
    ).toHaveLength(49);
    const now = await server.api('GET', `/memories/${id}`);
    expect(now.body).toMatchObject({ version: 2, content: winners[0]!.body.content });
  });

  test('50 concurrent updates without If-Match: what was accepted is the history, version by version', async () => {
    const id = await add('draft', 'writer');
    const answers = await times(50, (i) => server.api('PUT', `/memories/${id}`, { content: `draft ${i}` }));
    for (const { status } of answers) expect([200, 409]).toContain(status);
    const accepted = answers.filter(({ status }) => status === 200);
    expect(accepted.length).toBeGreaterThan(0);
    const versions = accepted.map(({ body }) => body.version as number).sort((a, b) => a - b);
    expect(versions).toEqual(versions.map((_, i) => i + 2));
    const texts = new Map(accepted.map(({ body }) => [body.version as number, body.content as string]));
    const { body } = await server.api('GET', `/memories/${id}/history`);
    expect(body.history).toHaveLength(accepted.length + 1);
    for (const [i, step] of body.history.entries()) {
      expect([step.version, step.new_content]).toEqual([i + 1, texts.get(i + 1) ?? 'draft']);
      expect(step.old_content).toBe(i === 0 ? null : body.history[i - 1].new_content);
    }
    const now = await server.api('GET', `/memories/${id}`);
    expect(now.body).toMatchObject({ version: accepted.length + 1, content: texts.get(accepted.length + 1) });
  });

  test('of 20 concurrent deletions one succeeds, and updates beside them leave nothing behind', async () => {
    const id = await add('short-lived', 'deleter');
    const [deletions, updates] = await Promise.all([
      times(20, () => server.api('DELETE', `/memories/${id}`)),
      times(20, (i) => server.api('PUT', `/memories/${id}`, { content: `saved ${i}` })),
    ]);
    expect(deletions.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status } of [...deletions, ...updates]) expect([200, 404, 409]).toContain(status);
    expect((await server.api('GET', `/memories/${id}`)).status).toBe(404);
    expect((await server.api('GET', '/memories?user_id=deleter')).body.total).toBe(0);
  });
});

describe('what was acknowledged is seen by whoever looks next', () => {
  const search = async (query: string, scope: object) =>
    (await server.api('POST', '/memories/search', { query, ...scope, top_k: 100 })).body.results as {
      id: string;
      content: string;
      version: number;
    }[];

  test('a memory is found right after it was added, 200 times', async () => {
    await times(4, async (lane) => {
      for (let i = 0; i < 50; i++) {
        const id = await add(`needle n${lane}x${i} in the stack`, `reader-${lane}`);
        const found = await search(`n${lane}x${i}`, { user_id: `reader-${lane}` });
        expect(found.map((memory) => memory.id)).toContain(id);
      }
    });
  });

  test('a memory is not found after it was deleted, 100 times', async () => {
    await times(4, async (lane) => {
      for (let i = 0; i < 25; i++) {
        const id = await add(`fleeting f${lane}x${i}`, `forgetter-${lane}`);
        await search(`f${lane}x${i}`, { user_id: `forgetter-${lane}` });
        expect((await server.api('DELETE', `/memories/${id}`)).status).toBe(200);
        expect(await search(`fleeting f${lane}x${i}`, { user_id: `forgetter-${lane}` })).toEqual([]);
        const { body } = await server.api('GET', `/memories?user_id=forgetter-${lane}`);
        expect(body.total).toBe(0);
      }
    });
  });

  test('an update is read by every next search and list, 100 times', async () => {
    await times(4, async (lane) => {
      const user_id = `editor-${lane}`;
      const id = await add('revision zero', user_id);
      for (let i = 1; i <= 25; i++) {
        const content = `revision ${lane} ${i}`;
        await server.api('PUT', `/memories/${id}`, { content });
        expect(await search('revision', { user_id })).toMatchObject([{ id, content, version: i + 1 }]);
        const { body } = await server.api('GET', `/memories?user_id=${user_id}`);
        expect(body.memories).toMatchObject([{ id, content }]);
      }
    });
  });

  test('a search by agent and a search by user agree, whichever was asked first', async () => {
    // Two ways to one row: the shard of the namespace and the shard of the user are warmed at different times.
    for (let i = 0; i < 20; i++) {
      const entities = { user_id: `both-${i}`, agent_id: `agent-${i}` };
      const made = await server.api('POST', '/memories', { content: 'zebra in the old coat', ...entities });
      const scopes = [{ agent_id: entities.agent_id }, { user_id: entities.user_id }];
      if (i % 2 === 1) scopes.reverse();
      await search('zebra', scopes[0]!);
      const content = 'zebra in the new coat';
      expect((await server.api('PUT', `/memories/${made.body.id}`, { content })).status).toBe(200);
      for (const scope of [scopes[1]!, scopes[0]!])
        expect(await search('zebra', scope)).toMatchObject([{ content, version: 2 }]);
      await server.api('DELETE', `/memories/${made.body.id}`);
      for (const scope of scopes) expect(await search('zebra', scope)).toEqual([]);
    }
  });

  test('readers never see a text that was not there at that version', async () => {
    const id = await add('state 1', 'observed');
    let writing = true;
    const writer = (async () => {
      for (let i = 2; i <= 100; i++) await server.api('PUT', `/memories/${id}`, { content: `state ${i}` });
      writing = false;
    })();
    let looks = 0;
    const reader = async () => {
      let last = 0;
      while (writing) {
        const [one] =
          looks++ % 2 === 0
            ? await search('state', { user_id: 'observed' })
            : (await server.api('GET', '/memories?user_id=observed')).body.memories;
        expect(one.content).toBe(`state ${one.version}`);
        expect(one.version).toBeGreaterThanOrEqual(last);
        last = one.version;
      }
    };
    await Promise.all([writer, reader(), reader(), reader()]);
    expect(looks).toBeGreaterThan(20);
  });
});
