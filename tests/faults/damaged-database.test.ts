import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connect } from '../../packages/server/src/database/sqlite.ts';
import { openKeyring } from '../../packages/server/src/encryption/keyring.ts';
import { type Server, StartFailure, startServer } from '../server-process.ts';
import { expectRefusal, Installation, serve } from './installation.ts';

const installation = await Installation.make(100);
const copy = () => installation.copy();

const PAGE = 4096;
/** What every answer goes through; of the other tables and indexes the short run takes each twelfth. */
const CENTRAL =
  /^(?:memories|subjects|secrets|accounts|api_keys|namespaces|audit_events|audit_tree|audit_tiles)$/;
const long = process.env.MEMHOLD_TEST_LONG === '1';
/** The first page of every table and index: 0-based number and name. Asked of a copy, as only the key can. */
const { rootPages, pages } = await (async () => {
  const { dataDir, database } = copy();
  const { pageKey } = await openKeyring(join(dataDir, 'keyring.json'), { keyFile: `${dataDir}.key` });
  const db = connect(database, pageKey, 'read');
  const found = db.prepare('SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0').all();
  db.close();
  const rows = found as { name: string; rootpage: number }[];
  const rootPages = rows.map(({ name, rootpage }): [string, number] => [name, rootpage - 1]);
  return { rootPages, pages: statSync(database).size / PAGE };
})();

describe('a damaged database never serves wrong data', () => {
  /** Overwrites bytes with their complement: never the same, never all zero. */
  function spoil(path: string, from: number, length: number): void {
    const bytes = readFileSync(path);
    for (let i = from; i < from + length; i++) bytes[i] = ~bytes[i]!;
    writeFileSync(path, bytes);
  }

  /** Refuses to start, or serves: then every answer is the right text or an error, and nothing is invented. */
  async function expectNoWrongData(dataDir: string): Promise<string> {
    const { texts } = installation;
    let server: Server;
    try {
      server = await startServer({ dataDir });
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error;
      expectRefusal(error.ended, /damaged.*backup/);
      return 'refused to start';
    }
    let failed = 0;
    // The list below has the text of each; one by one the short run reads a part.
    const read = [...texts].filter((_, i) => long || i % 4 === 0);
    for (const [id, content] of read) {
      const { status, body, headers } = await server.api('GET', `/memories/${id}`);
      if (status === 200) expect(body.content).toBe(content);
      else {
        failed++;
        expect([status, headers.get('content-type')]).toEqual([
          expect.toSatisfy((code: number) => code >= 500, '5xx'),
          expect.stringMatching(/problem\+json/),
        ]);
      }
    }
    const list = await server.api('GET', '/memories?user_id=keeper&top_k=1000');
    if (list.status === 200) {
      expect(list.body.total).toBe(texts.size);
      for (const { id, content } of list.body.memories) expect(content).toBe(texts.get(id));
    } else expect(list.status).toBeGreaterThanOrEqual(500);
    const search = await server.api('POST', '/memories/search', {
      query: 'Kept memory number 42',
      user_id: 'keeper',
    });
    if (search.status === 200)
      for (const { id, content } of search.body.results) expect(content).toBe(texts.get(id));
    else expect(search.status).toBeGreaterThanOrEqual(500);
    const added = await server.api('POST', '/memories', { content: 'one more', user_id: 'keeper' });
    expect([201, 503]).toContain(added.status);
    // Whoever watches the server must learn that it takes no writes.
    const ready = await server.api('GET', '/ready');
    if (added.status === 503)
      expect(['after a refused write', ready.status]).toEqual(['after a refused write', 503]);
    await server.kill('SIGKILL');
    return `served, ${failed} of ${read.length} reads refused`;
  }

  test('overwritten at its start', async () => {
    const { database, settings } = copy();
    spoil(database, 0, 64);
    expectRefusal(await serve(settings), /memhold\.db is damaged: restore .* backup/);
  });

  test('replaced by something else', async () => {
    const { database, settings } = copy();
    writeFileSync(database, 'not a database at all, but long enough to be looked at\n'.repeat(200));
    expectRefusal(await serve(settings), /memhold\.db is damaged/);
  });

  test('cut off in the middle', async () => {
    const { database, dataDir } = copy();
    const bytes = readFileSync(database);
    writeFileSync(database, bytes.subarray(0, Math.floor(bytes.length / 2 / 4096) * 4096));
    console.log(`cut: ${await expectNoWrongData(dataDir)}`);
  });

  test('all but its first page overwritten', async () => {
    const { database, settings } = copy();
    spoil(database, 4096, statSync(database).size - 4096);
    expectRefusal(await serve(settings), /damaged.*backup/);
  });

  const chosen = rootPages.filter(([name], i) => long || CENTRAL.test(name) || i % 12 === 0);
  console.log(`${chosen.length} of ${rootPages.length} tables and indexes`);
  test.each(chosen)('the first page of %s overwritten', async (name, page) => {
    const { database, dataDir } = copy();
    spoil(database, page * PAGE + 1000, 256);
    console.log(`${name}: ${await expectNoWrongData(dataDir)}`);
  });

  test.each([0.55, 0.7, 0.8, 0.9])('a page at %d of its length overwritten', async (place) => {
    const { database, dataDir } = copy();
    spoil(database, Math.floor(pages * place) * PAGE + 1000, 256);
    console.log(`at ${place}: ${await expectNoWrongData(dataDir)}`);
  });

  test('a key ring that was overwritten', async () => {
    const { dataDir, settings } = copy();
    writeFileSync(join(dataDir, 'keyring.json'), '{"version":1,');
    expectRefusal(await serve(settings), /keyring\.json is damaged/);
  });

  test('a key ring that is gone makes no second key for an existing database', async () => {
    const { dataDir, settings } = copy();
    const keyring = readFileSync(join(dataDir, 'keyring.json'));
    rmSync(join(dataDir, 'keyring.json'));
    expectRefusal(await serve(settings), /keyring\.json|damaged/);
    // Putting it back must be enough: the refusal may not have left another one there.
    writeFileSync(join(dataDir, 'keyring.json'), keyring);
    const server = await startServer({ dataDir });
    const [[id, content]] = [...installation.texts] as [[string, string]];
    expect((await server.api('GET', `/memories/${id}`)).body.content).toBe(content);
    await server.stop();
  });
});
