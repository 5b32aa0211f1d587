/* What `memhold init` shows to copy. Addresses and keys are quoted as JSON, which both languages read. */

export function mem0JavaScript(url: string, apiKey: string): string {
  return [
    `import { MemoryClient } from 'mem0ai';`,
    `const memory = new MemoryClient({ host: ${JSON.stringify(url)}, apiKey: ${JSON.stringify(apiKey)} });`,
    `await memory.add([{ role: 'user', content: 'Ada drinks tea' }], { userId: 'ada' });`,
    `console.log(await memory.search('What does Ada drink?', { filters: { user_id: 'ada' } }));`,
  ].join('\n');
}

export function mem0Python(url: string, apiKey: string): string {
  return [
    'from mem0 import MemoryClient',
    `memory = MemoryClient(host=${JSON.stringify(url)}, api_key=${JSON.stringify(apiKey)})`,
    `memory.add([{"role": "user", "content": "Ada drinks tea"}], user_id="ada")`,
    `print(memory.search("What does Ada drink?", filters={"user_id": "ada"}))`,
  ].join('\n');
}

/** Configuration of an MCP host that speaks Streamable HTTP. */
export function mcpSnippet(url: string, apiKey: string): string {
  const server = { type: 'http', url: `${url}/mcp`, headers: { Authorization: `Bearer ${apiKey}` } };
  return JSON.stringify({ mcpServers: { memhold: server } }, null, 2);
}
