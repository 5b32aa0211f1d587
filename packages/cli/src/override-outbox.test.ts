import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { overrideOutbox } from './override-outbox.ts';

/** What a service takes in one body, unless it was told otherwise. */
const LARGEST_BODY = 1_048_576;

let bodies: string[];
let server: ReturnType<typeof createServer>;

beforeEach(async () => {
  bodies = [];
  server = createServer(async (request, response) => {
    const body = await text(request);
    bodies.push(body);
    response.writeHead(200).end(JSON.stringify({ kept: JSON.parse(body).overrides.length, known: 0 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const record = (more: object = {}) => ({
  time: '2026-11-22T09:00:00.000Z',
  report_id: 'push-0123456789abcdef0123',
  reason: 'the password is of a test database',
  remote: 'https://git.example.org/shop.git',
  updates: [],
  findings: [],
  user: 'Ada <ada@example.org>',
  ...more,
});
const send = (...records: ReturnType<typeof record>[]) => {
  const { port } = server.address() as AddressInfo;
  const env = { MEMHOLD_CLIENT_URL: `http://127.0.0.1:${port}`, MEMHOLD_CLIENT_TOKEN: 'of-the-pusher' };
  return overrideOutbox({ env })!.send(records);
};
const sent = () => bodies.flatMap((body) => JSON.parse(body).overrides);

describe('an override keeps back none that comes after it', () => {
  it('by a text whose end falls into the middle of a character', async () => {
    const emoji = '\u{1f600}';
    const longest = { reason: 2000, remote: 4096, user: 1024 };
    for (const [name, length] of Object.entries(longest))
      await send(record({ [name]: 'x'.repeat(length - 1) + emoji }));
    for (const one of sent())
      for (const [name, length] of Object.entries(longest)) {
        expect(one[name].isWellFormed()).toBe(true);
        expect(one[name].length).toBeLessThanOrEqual(length);
      }
  });

  it.each([
    ['long', 'a'],
    ['of characters that take three bytes', '\u6f22'],
    ['of characters that JSON escapes', '\u0001'],
  ])('by many refs and findings that are %s', async (_, character) => {
    const ref = { ref: character.repeat(2048), from: null, to: null };
    const findings = Array.from({ length: 5000 }, () => character.repeat(300));
    const large = record({ updates: Array.from({ length: 1000 }, () => ref), findings });
    await send(large, record(), large);
    expect(sent()).toHaveLength(3);
    expect(sent()[0].updates.length).toBeGreaterThan(0);
    expect(sent()[0].findings.length).toBeGreaterThan(0);
    for (const body of bodies) expect(Buffer.byteLength(body)).toBeLessThan(LARGEST_BODY);
  });
});
