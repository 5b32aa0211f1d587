import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { holdFolder } from '../packages/server/src/database/holder.ts';
import { type Api, apiOf } from './api.ts';
import { type Person, startWithAdmin } from './attacks/cast.ts';
import { exportedEvents, verifyLog, verifyLogAsText } from './audit-log.ts';
import { memhold, type Server, settingsFor, temporaryFolder } from './server-process.ts';

let server: Server;
let admin: Person;
beforeAll(async () => {
  ({ server, admin } = await startWithAdmin());
  for (let n = 0; n < 5; n++) {
    const memory = { content: `text ${n}`, user_id: 'alice' };
    expect((await server.api('POST', '/memories', memory)).status).toBe(201);
  }
  await apiOf(server.url)('POST', '/auth/login', { username: 'no=one', password: 'Wrong-Horse-6' });
});

const linesOf = (text: string) => text.split(/\r?\n/).filter(Boolean);
const newest = async (api: Api) =>
  (await api('GET', '/audit/logs?event_type=audit.exported&limit=1')).body.logs[0];

describe('GET /audit/export', () => {
  test('native is the log up to its newest checkpoint, which the verifier proves', async () => {
    const { status, headers, text } = await admin.api('GET', '/audit/export');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/x-ndjson');
    expect(headers.get('content-disposition')).toBe('attachment; filename="audit.jsonl"');
    const file = join(temporaryFolder(), 'audit.jsonl');
    writeFileSync(file, text);
    const { body: keys } = await admin.api('GET', '/audit/keys');
    const { code, report } = await verifyLog(file, { key: keys.key });
    expect([code, report.ok]).toEqual([0, true]);
    expect(report.notProven.join()).not.toContain('no valid checkpoint');
    // What happened before the call is in it.
    expect(exportedEvents(file).map(({ type }) => type)).toContain('auth.login.failed');
  });

  test('is in the log with its format and filter, by the time that it begins', async () => {
    await admin.api('GET', '/audit/export?format=csv&hours=2');
    const event = await newest(admin.api);
    expect(event).toMatchObject({
      event_type: 'audit.exported',
      action: 'download',
      user_id: admin.id,
      request_method: 'GET',
      metadata: { format: 'csv', hours: '2', size: expect.stringMatching(/^\d+$/) },
    });
  });

  test.each(['ocsf', 'ecs'])('%s has each event on a line, as JSON', async (format) => {
    const { headers, text } = await admin.api('GET', `/audit/export?format=${format}`);
    expect(headers.get('content-type')).toBe('application/x-ndjson');
    const events = linesOf(text).map((line) => JSON.parse(line));
    expect(events.length).toBeGreaterThan(8);
    const positions = events.map(({ metadata, event }) => (format === 'ocsf' ? metadata : event).sequence);
    expect(positions).toEqual(positions.map((_, index) => index));
    expect(text).not.toContain('ocsf_problems');
    expect(text).toContain('no=one');
  });

  test('csv is a table', async () => {
    const { headers, text } = await admin.api('GET', '/audit/export?format=csv&hours=1');
    expect(headers.get('content-type')).toMatch(/^text\/csv/);
    const [head, ...rows] = linesOf(text);
    expect(head).toMatch(/^id,timestamp,event_type,/);
    expect(rows.length).toBeGreaterThan(8);
  });

  test.each([
    ['?format=xml', 'format: must be one of native, ocsf, ecs, csv'],
    ['?format=csv&hours=0', 'hours: must be a whole number from 1 to 87600'],
    ['?format=csv&hours=87601', 'hours: must be a whole number from 1 to 87600'],
    ['?format=csv&hours=1.5', 'hours: must be a whole number from 1 to 87600'],
    ['?hours=24', 'hours: cannot be given for a native export'],
    ['?colour=red', 'colour'],
  ])('%s is refused, and nothing is handed out', async (query, words) => {
    const { status, body } = await admin.api('GET', `/audit/export${query}`);
    expect([status, body.code]).toEqual([400, 'invalid_input']);
    expect(body.detail).toContain(words);
  });

  test('is not begun by a HEAD request', async () => {
    const before = await newest(admin.api);
    const { status, headers } = await admin.api('HEAD', '/audit/export');
    expect([status, headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    expect(await newest(admin.api)).toEqual(before);
  });

  test('that is refused is a problem document, and no file', async () => {
    const { headers } = await admin.api('GET', '/audit/export?hours=24');
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(headers.get('content-disposition')).toBeNull();
  });

  test('clients that leave in the middle give their place back', async () => {
    for (let n = 0; n < 6; n++) {
      const leaving = new AbortController();
      const headers = { authorization: `Bearer ${admin.token}` };
      const answer = await fetch(`${server.url}/audit/export`, { headers, signal: leaving.signal });
      expect([200, 429]).toContain(answer.status);
      leaving.abort();
    }
    await expect.poll(async () => (await admin.api('GET', '/audit/export?format=ecs')).status).toBe(200);
  });
});

describe('the command line', () => {
  const run = (...args: string[]) => memhold(['audit', ...args], settingsFor(server.dataDir));

  test('exports beside the running server, and the log tells of it', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    const { code, output, errors } = await run('export', '--out', file, '--json');
    expect([code, errors]).toEqual([0, '']);
    const { size, key } = JSON.parse(output);
    expect(JSON.parse(output)).toEqual({ file, size, key });
    expect((await verifyLog(file, { key })).code).toBe(0);
    expect(exportedEvents(file).at(-1)?.type).toBe('audit.exported');
    expect(await newest(admin.api)).toMatchObject({ action: 'data-folder', actor_kind: 'operator' });
  });

  test('exports for other systems', async () => {
    const file = join(temporaryFolder(), 'events.jsonl');
    const { code, output } = await run('export', '--out', file, '--format', 'ocsf', '--hours', '1', '--json');
    expect(code).toBe(0);
    const { size, invalid } = JSON.parse(output);
    expect(invalid).toBe(0);
    expect(linesOf(readFileSync(file, 'utf8'))).toHaveLength(size);
  });

  test('takes an export from a server at an address', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    const args = ['audit', 'export', '--out', file, '--url', server.url, '--json'];
    const { code, output, errors } = await memhold(args, { MEMHOLD_TOKEN: admin.token });
    expect([code, errors]).toEqual([0, '']);
    const { size, key } = JSON.parse(output);
    const { report } = await verifyLog(file, { key });
    expect(report).toMatchObject({ ok: true, size });
  });

  test('makes a bundle that is proven offline', async () => {
    const file = join(temporaryFolder(), 'audit.tar');
    const { code, output, errors } = await run('bundle', '--out', file, '--format', 'csv,ocsf', '--json');
    expect([code, errors]).toEqual([0, '']);
    const { key, files, size } = JSON.parse(output);
    expect(files).toContain('audit.ocsf.jsonl');
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    const { report } = await verifyLog(file, { key });
    expect(report).toMatchObject({ ok: true, size, key });
    const { text } = await verifyLogAsText(file, { key });
    expect(text).toContain(`Its ${files.length - 1} files are those that were bundled and signed`);
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(file, bytes);
    expect((await verifyLog(file, { key })).code).toBe(1);
  });
});

describe('where nothing can be recorded', () => {
  test('the data folder is still exported, and it is said aloud', async () => {
    const { server: other } = await startWithAdmin();
    await other.api('POST', '/memories', { content: 'a text', user_id: 'alice' });
    await other.stop();
    const settings = settingsFor(other.dataDir);
    const before = join(temporaryFolder(), 'before.jsonl');
    expect((await memhold(['audit', 'export', '--out', before], settings)).errors).toBe('');
    expect(exportedEvents(before).at(-1)?.type).toBe('audit.exported');

    // By a process that answers on no socket.
    const holder = holdFolder(other.dataDir);
    const file = join(temporaryFolder(), 'audit.jsonl');
    const { code, errors, output } = await memhold(['audit', 'export', '--out', file, '--json'], settings);
    holder.release();
    expect(code).toBe(0);
    expect(errors).toContain('this export is NOT in the audit log');
    const { key } = JSON.parse(output);
    expect((await verifyLog(file, { key })).code).toBe(0);
    expect(exportedEvents(file)).toHaveLength(exportedEvents(before).length);
  });
});
