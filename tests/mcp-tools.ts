// Every tool that the service has, called as a host does through one of the official clients.
import { expect } from 'vitest';
import type { ToolAnswer } from './mcp-clients.ts';

/** Tools that change nothing. */
export const READING = [
  'search_memories',
  'get_memories',
  'list_memories',
  'get_memory',
  'list_entities',
  'analyze_conversations',
  'suggest_next_actions',
];
export const CHANGING = [
  'add_memory',
  'update_memory',
  'delete_memory',
  'delete_all_memories',
  'delete_entities',
];

/**
 * A conversation of one user that needs every tool once at least. `use` is a client's call: the client has compared the
 * answer with the schema that the tool announces.
 */
export async function callEveryTool(
  use: (name: string, args: Record<string, unknown>) => Promise<ToolAnswer>,
  user: string,
): Promise<void> {
  const called = new Set<string>();
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    called.add(name);
    const answer = await use(name, args);
    expect(answer, answer.text).toMatchObject({ isError: false });
    expect(JSON.parse(answer.text.slice(answer.text.indexOf('\n') + 1))).toEqual(answer.data);
    return answer.data;
  };

  const { results } = await call('add_memory', {
    messages: [
      { role: 'system', content: 'You are helpful.' },
      { role: 'user', content: 'I prefer green tea.', name: 'Ann' },
      { role: 'assistant', content: 'Noted: green tea.' },
    ],
    user_id: user,
    metadata: { source: 'chat' },
    infer: true,
  });
  expect(results.map(({ memory }: { memory: string }) => memory)).toEqual([
    'I prefer green tea.',
    'Noted: green tea.',
  ]);
  const [{ id }, { id: other }] = results;
  await call('add_memory', { text: 'The bicycle is red.', user_id: user, agent_id: `robot of ${user}` });

  const found = await call('search_memories', {
    query: 'bicycle colour',
    filters: { AND: [{ user_id: user }] },
  });
  expect(found.results[0]).toMatchObject({ memory: 'The bicycle is red.', user_id: user, score: 1 });
  const limited = await call('search_memories', {
    query: 'green tea',
    user_id: user,
    top_k: 1,
    limit: null,
  });
  expect(limited.results).toHaveLength(1);
  const page = await call('get_memories', { user_id: user, page: 2, page_size: 2 });
  expect(page).toMatchObject({ count: 3, page: 2, results: [{ id }] });
  expect(await call('list_memories', { user_id: user })).toMatchObject({ count: 3 });
  expect(await call('get_memory', { memory_id: id })).toMatchObject({ metadata: { source: 'chat' } });
  const changed = await call('update_memory', { memory_id: id, text: 'I prefer black tea.' });
  expect(changed).toMatchObject({ id, version: 2, memory: { memory: 'I prefer black tea.' } });

  for (let i = 0; i < 4; i++)
    await call('add_memory', { text: `How do I deploy the app? Attempt ${i}.`, user_id: user });
  expect(await call('analyze_conversations', { user_id: user })).toMatchObject({
    analyzed: 7,
    frequent_questions: [{ question: 'How do I deploy the app?', count: 4 }],
    problem_solving_patterns: expect.arrayContaining([{ pattern: 'finding out how', count: 4 }]),
  });
  const { suggestions } = await call('suggest_next_actions', { user_id: user });
  expect(suggestions.length).toBeLessThanOrEqual(10);
  expect(suggestions[0]).toContain('How do I deploy the app?');

  const { entities } = await call('list_entities', { type: 'user' });
  expect(entities).toContainEqual(expect.objectContaining({ type: 'user', name: user, memories: 7 }));
  expect(await call('delete_memory', { memory_id: other })).toEqual({
    status: 'deleted',
    memory_id: other,
  });
  expect(await call('delete_entities', { agent_id: `robot of ${user}` })).toMatchObject({ deleted: 1 });
  expect(await call('delete_all_memories', { user_id: user })).toEqual({ deleted: 5 });
  expect(await call('list_memories', { user_id: user })).toEqual({ memories: [], count: 0 });
  expect([...called].sort()).toEqual([...READING, ...CHANGING].sort());
}
