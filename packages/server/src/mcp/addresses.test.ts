import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Addresses, checkAddresses } from './addresses.ts';

const addresses: Addresses = {
  host: 'memory.lan',
  publicUrl: 'https://memory.example.org',
  corsOrigins: ['https://app.example.org'],
};
const verdict = (headers: { host?: string; origin?: string }, of = addresses) => {
  try {
    checkAddresses(of, headers);
    return 'passes';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a page that had a name of its own resolve to the server', () => {
  test.each([
    'localhost:8000',
    'LocalHost',
    '127.0.0.1',
    '[::1]:8000',
    '192.0.2.1:80',
    'memory.lan:8000',
    'Memory.Example.Org',
    'memory.example.org:8443',
  ])('%s is a name of the server', (host) => expect(verdict({ host })).toBe('passes'));

  test.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    'memory.example.org.evil.example',
    'localhost@evil.example',
    'evil.example#localhost',
    'localhost/',
    'localhost:',
    '127.0.0.1.nip.io',
    'memory.lan:port',
    '2130706433',
    '0x7f.1',
    '[::1',
    ' localhost',
  ])('%j is none', (host) => expect(verdict(host === undefined ? {} : { host })).toBe('host_refused'));

  test('no other name passes, whatever it looks like', () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.string()), (name) => {
        fc.pre(!/^(localhost|memory\.lan|memory\.example\.org|[\d.]+|\[.*\])(:\d+)?$/i.test(name));
        return verdict({ host: name }) === 'host_refused';
      }),
    );
  });
});

describe('a page of another site', () => {
  const host = 'localhost:8000';
  test.each([
    ['https://app.example.org', 'passes'],
    ['https://memory.example.org', 'passes'],
    ['http://localhost:8000', 'passes'],
    ['https://localhost:8000', 'passes'],
    ['http://localhost', 'origin_refused'],
    ['http://localhost:8001', 'origin_refused'],
    ['http://app.example.org', 'origin_refused'],
    ['https://app.example.org:444', 'origin_refused'],
    ['https://app.example.org.evil.example', 'origin_refused'],
    ['null', 'origin_refused'],
    ['', 'origin_refused'],
    ['file://', 'origin_refused'],
    ['data:text/html,x', 'origin_refused'],
  ])('%j %s', (origin, expected) => expect(verdict({ host, origin })).toBe(expected));

  test('a server without a public address and without allowed pages takes its own only', () => {
    const bare: Addresses = { host: '127.0.0.1', publicUrl: undefined, corsOrigins: [] };
    expect(verdict({ host, origin: 'http://localhost:8000' }, bare)).toBe('passes');
    fc.assert(
      fc.property(
        fc.domain(),
        (name) => verdict({ host, origin: `https://${name}` }, bare) === 'origin_refused',
      ),
    );
  });
});
