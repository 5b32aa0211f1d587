import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Server, startServer } from '../server-process.ts';

let server: Server | undefined;
afterEach(() => server?.stop());

/** Writes one memory over a kept-alive connection; its id, or undefined when the server no longer takes it. */
function add(url: string, apiKey: string, agent: Agent): Promise<string | undefined> {
  const { hostname, port } = new URL(url);
  const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' };
  return new Promise((resolve) => {
    const outgoing = request(
      { hostname, port, path: '/memories', method: 'POST', headers, agent },
      (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve(response.statusCode === 201 ? JSON.parse(body).id : undefined));
        response.on('error', () => resolve(undefined));
      },
    );
    outgoing.on('error', () => resolve(undefined));
    outgoing.end(JSON.stringify({ content: 'written while the server stops', user_id: 'u' }));
  });
}

test('SIGTERM under load, with a client that never finishes: gone within 10 s, every acknowledged memory kept', async () => {
  server = await startServer();
  const { url, apiKey, dataDir } = server;
  const agent = new Agent({ keepAlive: true });
  const acknowledged: string[] = [];
  let stopping = false;
  const writers = Array.from({ length: 8 }, async () => {
    for (;;) {
      const id = await add(url, apiKey, agent);
      if (id) acknowledged.push(id);
      else if (stopping) return;
    }
  });
  const slow = connect(Number(new URL(url).port), '127.0.0.1');
  slow.on('error', () => undefined);
  slow.write(
    `POST /memories HTTP/1.1\r\nhost: x\r\nx-api-key: ${apiKey}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{`,
  );
  const drip = setInterval(() => slow.write(' '), 200);
  // In the middle of the load, however slow the machine.
  while (acknowledged.length <= 10) await new Promise((later) => setTimeout(later, 50));
  stopping = true;
  const started = performance.now();
  await server.stop();
  clearInterval(drip);
  slow.destroy();
  await Promise.all(writers);
  agent.destroy();
  expect(performance.now() - started).toBeLessThan(10_000);

  server = await startServer({ dataDir });
  for (const id of acknowledged) expect((await server.api('GET', `/memories/${id}`)).status).toBe(200);
});
