import { readFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startServer, temporaryFolder } from '../server-process.ts';
import { eventsIn, eventsOf, store, untilEvents } from './sink-events.ts';

/** A syslog receiver that can be taken away and brought back on the same port. */
async function syslogReceiver() {
  const sockets = new Set<Socket>();
  const received: string[] = [];
  const listen = (port: number) => {
    const server = createTcpServer((socket) => {
      sockets.add(socket);
      let rest = Buffer.alloc(0);
      socket.on('error', () => undefined);
      socket.on('data', (part) => {
        rest = Buffer.concat([rest, part]);
        for (let found = /^(\d+) /.exec(rest.toString('latin1', 0, 8)); found; ) {
          const start = found[0].length;
          const end = start + Number(found[1]);
          if (rest.length < end) return;
          received.push(rest.toString('utf8', start, end));
          rest = rest.subarray(end);
          found = /^(\d+) /.exec(rest.toString('latin1', 0, 8));
        }
      });
    });
    return new Promise<typeof server>((done) => server.listen(port, '127.0.0.1', () => done(server)));
  };
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;
  const leave = async () => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((done) => server.close(done));
  };
  onTestFinished(leave);
  return {
    url: `syslog+tcp://127.0.0.1:${port}`,
    received,
    ids: () => received.map((message) => Number(/ index="(\d+)"/.exec(message)![1])),
    leave,
    async comeBack() {
      server = await listen(port);
    },
  };
}

/** A web address that takes batches, or does not. */
async function webReceiver() {
  const state = { mode: 'take' as 'take' | 'hang', ids: [] as number[] };
  const http: HttpServer = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      if (state.mode === 'hang') return;
      state.ids.push(
        ...body
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line).id),
      );
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return { state, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/events` };
}

/** Every event from the first one that came, each at least once, none before the one that it follows. */
function expectComplete(ids: number[], size: number): void {
  const firsts = ids.filter((id, at) => ids.indexOf(id) === at);
  expect(firsts).toEqual([...Array(size).keys()].slice(ids[0]));
}

test('each stream has every event in order, through receivers that go away, hangs and kill -9', async () => {
  const syslog = await syslogReceiver();
  const web = await webReceiver();
  const file = join(temporaryFolder(), 'audit.jsonl');
  const settings = { MEMHOLD_AUDIT_STREAMS: `${syslog.url},${web.url},file://${file}` };
  const fileIds = (): number[] =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id);
  let server = await startServer({ settings });
  const all = async () => (await eventsIn(server.dataDir)).length;
  const untilAll = (ids: () => number[]) =>
    vi.waitFor(async () => expect(ids().at(-1)).toBe((await all()) - 1), { timeout: 60_000, interval: 300 });

  for (let i = 0; i < 5; i++) await store(server, `all are there ${i}`);
  await untilAll(syslog.ids);

  await syslog.leave();
  web.state.mode = 'hang';
  for (let i = 0; i < 5; i++) await store(server, `two are away ${i}`);
  await untilEvents(server, 'audit.sink.failed', 2);
  // Neither waits for another one.
  await untilAll(fileIds);
  expect(web.state.ids.at(-1)).toBeLessThan(await all());

  await server.kill('SIGKILL');
  server = await server.restart();
  await store(server, 'after the kill');
  await syslog.comeBack();
  web.state.mode = 'take';
  await untilAll(syslog.ids);
  await untilAll(() => web.state.ids);
  await store(server, 'the last one');
  await server.stop();

  const size = await all();
  for (const ids of [syslog.ids(), web.state.ids, fileIds()]) expectComplete(ids, size);
  const last = (await eventsOf(server, 'system.shutdown')).length;
  expect(last).toBe(1);
  console.log(`${size} events: ${syslog.ids().length} over syslog, ${web.state.ids.length} over HTTP`);
});

test('text that would forge a line, move a terminal or turn the reading order stays one event', async () => {
  const syslog = await syslogReceiver();
  const file = join(temporaryFolder(), 'audit.jsonl');
  const server = await startServer({ settings: { MEMHOLD_AUDIT_STREAMS: `${syslog.url},file://${file}` } });
  const texts = [
    '\u009b31m red',
    'a\tb',
    '12 <13>1 - - forged - - -',
    '"] [x@1 y="',
    '\u00e4\u00ff',
    '%0d%0a<13>1',
  ];
  for (const text of texts) {
    const agent = { 'user-agent': text };
    const answer = await server.api(
      'GET',
      `/memories?user_id=${encodeURIComponent(`${text}\u202e\n\r`)}`,
      undefined,
      agent,
    );
    expect(answer.status).toBeLessThan(500);
  }
  await server.stop();
  const size = (await eventsIn(server.dataDir)).length;
  expectComplete(syslog.ids(), size);
  for (const message of syslog.received) expect(message).toMatch(/^<1\d\d>1 [\x20-\x7e]+$/);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(syslog.received.length);
  expect(lines.join('')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/);
  const agents = lines.map((line) => JSON.parse(line).user_agent);
  for (const text of texts) expect(agents).toContain(text);
});
