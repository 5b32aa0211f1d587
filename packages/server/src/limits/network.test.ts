import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkOf, siteOf } from './network.ts';

const group = fc.oneof(fc.constant(0), fc.constant(0xffff), fc.nat(0xffff));
const address = fc.array(group, { minLength: 8, maxLength: 8 });
const ipv4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((bytes) => bytes.join('.'));

/** Some spelling of an address: zeros before, upper case, `::` at any run of zeros, dotted end, zone id. */
const spelling = (groups: number[]) =>
  fc
    .record({
      width: fc.constantFrom(1, 4),
      upper: fc.boolean(),
      dotted: fc.boolean(),
      shorten: fc.option(fc.tuple(fc.nat(7), fc.nat(7))),
      zone: fc.constantFrom('', '%eth0', '%25'),
    })
    .map(({ width, upper, dotted, shorten, zone }) => {
      const parts = groups.map((value) => value.toString(16).padStart(width, '0'));
      if (dotted) {
        const [high = 0, low = 0] = groups.slice(6);
        parts.splice(6, 2, [high >> 8, high & 255, low >> 8, low & 255].join('.'));
      }
      let text = parts.join(':');
      if (shorten) {
        const [from, to] = [Math.min(...shorten), Math.min(Math.max(...shorten), dotted ? 5 : 7)];
        if (from <= to && groups.slice(from, to + 1).every((value) => value === 0))
          text = `${parts.slice(0, from).join(':')}::${parts.slice(to + 1).join(':')}`;
      }
      return (upper ? text.toUpperCase() : text) + zone;
    });
const isIpv4Inside = (groups: number[]) =>
  groups.slice(0, 5).every((value) => value === 0) ||
  (groups[0] === 0x64 && groups[1] === 0xff9b && groups.slice(2, 6).every((value) => value === 0));

describe('the network of an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:c000:207', '192.0.2.7'],
    ['0:0:0:0:0:ffff:192.0.2.7%eth0', '192.0.2.7'],
    ['64:ff9b::192.0.2.7', '192.0.2.7'],
    ['64:ff9b::c000:207', '192.0.2.7'],
    ['64:ff9b::1:c000:207', '64:ff9b::/64'],
    ['2001:db8:0:1:aaaa::9', '2001:db8:0:1::/64'],
    ['2001:DB8:0:1::', '2001:db8:0:1::/64'],
    ['2001:db8::1', '2001:db8::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['::1', '::/64'],
    ['::', '::/64'],
  ])('%s is %s', (ip, network) => expect(networkOf(ip)).toBe(network));

  it.each([
    undefined,
    '',
    'unknown',
    '192.0.2',
    '192.0.2.07',
    '192.0.2.7:80',
    '[::1]',
    '1:2:3:4:5:6:7',
    ' ::1',
    '::1\n',
    '__proto__',
  ])('%j is no address, and one network with every other such', (ip) =>
    expect(networkOf(ip)).toBe('unknown'),
  );

  it('is one for any spelling of one address', () => {
    const spellings = address.chain((groups) => fc.tuple(spelling(groups), spelling(groups)));
    fc.assert(
      fc.property(spellings, ([one, other]) => {
        expect(networkOf(one)).toBe(networkOf(other));
        expect(networkOf(one)).not.toBe('unknown');
      }),
    );
  });

  it('is one for two addresses of one /64, and another in another /64', () => {
    const host = fc.array(group, { minLength: 4, maxLength: 4 });
    const prefix = host.filter((groups) => !isIpv4Inside([...groups, 1, 1, 1, 1]));
    fc.assert(
      fc.property(prefix, prefix, host, host, (a, b, c, d) => {
        const one = [...a, ...c].map((value) => value.toString(16)).join(':');
        fc.pre(!isIpv4Inside([...a, ...c]) && !isIpv4Inside([...a, ...d]) && !isIpv4Inside([...b, ...d]));
        const same = [...a, ...d].map((value) => value.toString(16)).join(':');
        const other = [...b, ...d].map((value) => value.toString(16)).join(':');
        expect(networkOf(one)).toBe(networkOf(same));
        expect(networkOf(one) === networkOf(other)).toBe(a.join() === b.join());
      }),
    );
  });

  it('is the IPv4 address, however an IPv6 one carries it', () => {
    fc.assert(
      fc.property(ipv4, (ip) => {
        expect(networkOf(ip)).toBe(ip);
        expect(networkOf(`::ffff:${ip}`)).toBe(ip);
        expect(networkOf(`64:ff9b::${ip}`)).toBe(ip);
      }),
    );
  });
});

describe('the site of an address', () => {
  it('is its /48, and an IPv4 address itself', () => {
    expect(siteOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1::/48');
    expect(siteOf('2001:db8:1:ffff::9')).toBe('2001:db8:1::/48');
    expect(siteOf('2001:db8:2::9')).toBe('2001:db8:2::/48');
    expect(siteOf('::ffff:192.0.2.7')).toBe('192.0.2.7');
    expect([siteOf(undefined), siteOf('x')]).toEqual(['unknown', 'unknown']);
  });
});
