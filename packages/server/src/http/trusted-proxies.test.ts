import fc from 'fast-check';
import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { trustedAddresses } from './trusted-proxies.ts';

const NAMES = ['loopback', 'linklocal', 'uniquelocal'];

it('trusts an address exactly when Fastify does', async () => {
  const v4 = fc.ipV4();
  // Outside of what holds the mapped IPv4 addresses, whose two readings differ.
  const v6 = fc
    .array(fc.nat(0xffff), { minLength: 7, maxLength: 7 })
    .map((groups) => ['2001', ...groups.map((group) => group.toString(16))].join(':'));
  const range = fc.oneof(
    fc.constantFrom(...NAMES),
    v4,
    v6,
    fc.tuple(v4, fc.integer({ min: 1, max: 32 })).map((parts) => parts.join('/')),
    fc.tuple(v6, fc.integer({ min: 3, max: 128 })).map((parts) => parts.join('/')),
  );
  const known = [
    '127.0.0.1',
    '127.8.8.8',
    '::1',
    '10.1.2.3',
    '172.31.0.1',
    '172.32.0.1',
    '169.254.1.1',
    'fe80::1',
    'fd00::1',
  ];
  const peer = fc.oneof(fc.constantFrom(...known), v4, v6);
  const address = fc.oneof(
    peer,
    peer.map((one) => (one.includes(':') ? one : `::ffff:${one}`)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(range, { minLength: 1, maxLength: 3 }),
      fc.array(address, { minLength: 1 }),
      async (ranges, peers) => {
        const app = Fastify({ trustProxy: ranges });
        // Fastify goes on to what the peer says of others only when it trusts the peer.
        app.get('/', async (request) => request.ips!.length > 1);
        const isTrusted = trustedAddresses(ranges);
        for (const remoteAddress of peers) {
          const { body } = await app.inject({
            url: '/',
            remoteAddress,
            headers: { 'x-forwarded-for': '203.0.113.9' },
          });
          expect(isTrusted(remoteAddress), `${remoteAddress} in ${ranges}`).toBe(body === 'true');
        }
        await app.close();
      },
    ),
    { numRuns: 60 },
  );
});

it('trusts nobody without ranges, and no connection without an address', () => {
  expect(trustedAddresses([])('127.0.0.1')).toBe(false);
  const isTrusted = trustedAddresses(NAMES);
  expect([undefined, '', 'localhost', '127.0.0.1:80'].map(isTrusted)).toEqual([false, false, false, false]);
  expect(isTrusted('fe80::1%eth0')).toBe(true);
});
