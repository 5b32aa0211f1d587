import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayConnect } from './addresses.ts';

const METADATA = [
  '169.254.169.254',
  '169.254.0.1',
  '169.254.255.255',
  'fe80::1',
  'fe80::1%eth0',
  'febf:ffff::1',
  'fd00:ec2::254',
  'FD00:EC2:0:0:0:0:0:254',
  'fd20:ce::254',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '0:0:0:0:0:ffff:a9fe:a9fe',
  '::169.254.169.254',
  '::ffff:0:169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::a9fe:a9fe',
  '2002:a9fe:a9fe::1',
];
const PRIVATE = [
  '127.0.0.1',
  '127.255.255.254',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '100.127.255.255',
  '198.18.0.1',
  '192.0.2.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::808:808',
  '64:ff9b:1::1',
  'fc00::1',
  'fd12:3456::1',
  'fec0::1',
  'ff02::1',
  '100::1',
  '2001:db8::1',
  '2001::1',
  '2002:7f00:1::',
  '2002:808:808::1',
  '3fff::1',
  '5f00::1',
];
const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '100.63.255.255',
  '100.128.0.0',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '223.255.255.255',
  '2001:200::1',
  '2606:4700:4700::1111',
  '2a00:1450:4001:81b::200e',
];

describe('addresses that may be connected to', () => {
  it.each(METADATA)('never %s: a link, or where a cloud hands out credentials', (address) => {
    expect([mayConnect(address, 'operator'), mayConnect(address, 'public')]).toEqual([false, false]);
  });
  it.each(PRIVATE)('%s only for the operator', (address) => {
    expect([mayConnect(address, 'operator'), mayConnect(address, 'public')]).toEqual([true, false]);
  });
  it.each(PUBLIC)('%s for anybody', (address) => {
    expect([mayConnect(address, 'operator'), mayConnect(address, 'public')]).toEqual([true, true]);
  });
  it.each(['', 'localhost', '127.1', '2130706433', '0x7f.1', '1.2.3.4.5', '::1::', '1.2.3.4 '])(
    'not what is no address: %j',
    (text) => {
      expect([mayConnect(text, 'operator'), mayConnect(text, 'public')]).toEqual([false, false]);
    },
  );

  it('an IPv4 address is not let through because of how it is written inside an IPv6 one', () => {
    const part = fc.integer({ min: 0, max: 0xffff });
    const forms = ['::ffff:', '::', '::ffff:0:', '64:ff9b::', '64:ff9b:1::'];
    fc.assert(
      fc.property(part, part, fc.constantFrom(...forms), (high, low, form) => {
        const ipv4 = [high >> 8, high & 255, low >> 8, low & 255].join('.');
        const hex = `${high.toString(16)}:${low.toString(16)}`;
        for (const inside of [`${form}${hex}`, `${form}${ipv4}`, `2002:${hex}::5`]) {
          if (!isIPv6(inside)) continue;
          expect(mayConnect(inside, 'public'), inside).toBe(false);
          if (!mayConnect(ipv4, 'operator')) expect(mayConnect(inside, 'operator'), inside).toBe(false);
        }
      }),
    );
  });

  it('of random IPv6 addresses only global unicast is public', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const address = groups.map((value) => value.toString(16)).join(':');
        if (mayConnect(address, 'public')) expect(groups[0]! >> 13).toBe(1);
      }),
      { numRuns: 1000 },
    );
  });
});
