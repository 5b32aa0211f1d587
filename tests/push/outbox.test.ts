// Overrides of pushes, told to a server: a real one, none, and ones that misbehave.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HeldKey, keyOf, type Person, startWithAdmin } from '../attacks/cast.ts';
import { BIN, type Server } from '../server-process.ts';
import { Clone } from './clone.ts';
import { expectPassed, high } from './samples.ts';

const REASON = 'the password is of a test database';
let server: Server;
let admin: Person;
let key: HeldKey;
let clone: Clone;
let double: HttpServer | undefined;

beforeAll(async () => {
  ({ server, admin } = await startWithAdmin());
  key = await keyOf(server, admin.api, { permissions: ['scans:write'] });
});
afterAll(() => server.stop());
beforeEach(() => {
  clone = new Clone();
  clone.hook('uninstall');
  clone.program(['hook', 'install'], undefined, BIN);
});
afterEach(async () => {
  clone.remove();
  double?.closeAllConnections();
  await new Promise((done) => (double ? double.close(done) : done(undefined)));
  double = undefined;
});

const connected = (url = server.url, token = key.key) => ({
  MEMHOLD_CLIENT_URL: url,
  MEMHOLD_CLIENT_TOKEN: token,
});
const kept = async (): Promise<{ report_id: string; [member: string]: unknown }[]> =>
  (await admin.api('GET', '/scans/overrides')).body.overrides;
const ofReport = async (id: string) => (await kept()).filter((one) => one.report_id === id);

/** A push that is vetoed, and the same one overridden. */
function overridden(name: string, env: Record<string, string> = connected()) {
  clone.write(name, high());
  clone.commit(name);
  expect(clone.push(undefined, env).ok).toBe(false);
  const { scan_id: id } = clone.report();
  const push = clone.push(undefined, { ...env, MEMHOLD_OVERRIDE: `${id}: ${REASON}` });
  expect([push.ok, push.said]).toEqual([
    true,
    expect.stringContaining('overridden for this push, on record'),
  ]);
  return { id, said: push.said };
}

function cleanPush(env: Record<string, string> = connected()): string {
  clone.commit('clean');
  const push = clone.push(undefined, env);
  expectPassed(push);
  return push.said;
}

/** A server on this machine that does what it likes. */
async function misbehaving(answer: RequestListener): Promise<string> {
  double = createServer(answer);
  await new Promise<void>((listening) => double!.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(double.address() as AddressInfo).port}`;
}

describe('an override', () => {
  it('is told to the server, once', async () => {
    const { id, said } = overridden('one.env');
    expect(said).toContain(`1 override(s) sent to ${server.url}`);
    expect(cleanPush()).not.toContain('override(s)');
    expect(await ofReport(id)).toEqual([
      expect.objectContaining({
        reason: REASON,
        user: 'Ann <ann@dev.test>',
        updates: [{ ref: 'refs/heads/main', from: expect.any(String), to: expect.any(String) }],
        submitted_by: admin.id,
      }),
    ]);
    const { logs } = (await admin.api('GET', '/audit/logs?event_type=scan.override.recorded')).body;
    expect(logs[0].metadata).toMatchObject({ report_id: id, pushed_by: 'Ann <ann@dev.test>' });
  });

  it('that no server heard of stays, and is told with the next push', async () => {
    const nowhere = await misbehaving(() => undefined);
    await new Promise((done) => double!.close(done));
    double = undefined;
    const first = overridden('one.env', connected(nowhere));
    expect(first.said).toMatch(
      /1 override\(s\) not sent yet \(.*cannot be reached.*\): the next push tries again/,
    );
    const second = overridden('two.env', connected(nowhere));
    expect(second.said).toContain('2 override(s) not sent yet');
    expect(cleanPush()).toContain('2 override(s) sent');
    for (const { id } of [first, second]) expect(await ofReport(id)).toHaveLength(1);
  });

  it('is told again where its note is gone or of another server, and is kept once', async () => {
    const { id } = overridden('one.env');
    const file = join(clone.folder, '.git/memhold/overrides-sent.json');
    const mark = JSON.parse(readFileSync(file, 'utf8'));
    for (const content of [
      '',
      'null',
      JSON.stringify({ ...mark, to: 'x' }),
      JSON.stringify({ ...mark, count: 9 }),
    ]) {
      writeFileSync(file, content);
      expect(cleanPush()).toContain('1 override(s) sent');
    }
    expect(await ofReport(id)).toHaveLength(1);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(mark);
  });

  it('whose record was changed is not told, and holds up no push', async () => {
    const { id } = overridden('one.env', connected('http://127.0.0.1:9'));
    const file = join(clone.folder, '.git/memhold/overrides.jsonl');
    writeFileSync(file, readFileSync(file, 'utf8').replace('test database', 'real database'));
    expect(cleanPush()).toMatch(/overrides not sent yet \(the record of overrides does not verify/);
    expect(await ofReport(id)).toEqual([]);
  });

  it('is nobody’s business where no server is named', () => {
    const { said } = overridden('one.env', {});
    expect(said).not.toContain('sent');
    expect(existsSync(join(clone.folder, '.git/memhold/overrides-sent.json'))).toBe(false);
  });

  it('without a key, or with one that may not, is said to stay', async () => {
    const reader = await keyOf(server, admin.api, { permissions: ['memories:read'] });
    const { said } = overridden('one.env', connected(server.url, reader.key));
    expect(said).toContain('not sent yet (this token may not do that');
    expect(cleanPush({ MEMHOLD_CLIENT_URL: server.url })).toContain('needs a key');
    expect(cleanPush(connected('http://memory.example.org'))).toContain('must begin with https://');
    const file = join(clone.root, 'key');
    writeFileSync(file, `${key.key}\n`, { mode: 0o600 });
    const fromFile = { MEMHOLD_CLIENT_URL: server.url, MEMHOLD_CLIENT_TOKEN_FILE: file };
    expect(cleanPush(fromFile)).toContain('1 override(s) sent');
  });
});

it('of a push that a git server refused is told by that server', async () => {
  clone.program(['hook', 'uninstall'], undefined, BIN);
  clone.run(clone.remote, 'git', ['config', 'receive.advertisePushOptions', 'true']);
  clone.run(clone.remote, process.execPath, [BIN, 'hook', 'install']);
  clone.write('one.env', high());
  clone.commit('one');
  expect(clone.push().ok).toBe(false);
  const report = readFileSync(join(clone.remote, 'memhold/last-push.json'), 'utf8');
  const { scan_id: id } = JSON.parse(report);
  const option = `memhold-override=${id}: ${REASON}`;
  const push = clone.push(['-o', option, 'origin', 'HEAD:main'], connected());
  expect([push.ok, push.said]).toEqual([true, expect.stringContaining('1 override(s) sent')]);
  const [kept] = await ofReport(id);
  expect(kept).toMatchObject({ reason: REASON });
});

it('is not lost by servers that fail, lead elsewhere, say nothing, break off or never answer', async () => {
  const manners: RequestListener[] = [
    (_, response) => response.writeHead(500).end('\u001b[2J no'),
    (_, response) => response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
    (_, response) => response.writeHead(204).end(),
    (_, response) => response.writeHead(200).end('<html>Please log in</html>'),
    (_, response) => response.writeHead(200).end('{"kept":0,"known":0}'),
    (request) => request.socket.destroy(),
    () => undefined,
  ];
  let seen = 0;
  const url = await misbehaving((request, response) => manners[seen++]!(request, response));
  clone.write('one.env', high());
  clone.commit('one');
  expect(clone.push().ok).toBe(false);
  const { scan_id: id } = clone.report();
  const env: Record<string, string> = { ...connected(url), MEMHOLD_OVERRIDE: `${id}: ${REASON}` };
  for (const _ of manners) {
    const began = performance.now();
    const push = await clone.pushing(undefined, env);
    expect([push.ok, push.said]).toEqual([true, expect.stringContaining('1 override(s) not sent yet')]);
    expect(push.said).not.toContain('\u001b');
    expect(push.said).not.toContain(key.key);
    expect(performance.now() - began).toBeLessThan(15_000);
    clone.commit('clean');
    delete env.MEMHOLD_OVERRIDE;
  }
  expect(seen).toBe(manners.length);
  expect(cleanPush()).toContain('1 override(s) sent');
  expect(await ofReport(id)).toHaveLength(1);
});
