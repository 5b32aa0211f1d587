import { BlockList, isIP } from 'node:net';

/** What the names of ranges stand for; the same as in Fastify's `trustProxy`. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/**
 * Whether an address is one of a trusted proxy. Fastify knows that too, but shows it only through what the proxy
 * wrote into X-Forwarded-For; a header that proves something needs the address of the connection itself, which is
 * `request.raw.socket.remoteAddress`.
 * @param ranges addresses, CIDR ranges or their names, as the configuration accepts them
 */
export function trustedAddresses(ranges: readonly string[]): (address: string | undefined) => boolean {
  // One list each: in one list an IPv4 address is also looked for in the IPv6 ranges that its mapped form falls into.
  const trusted = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const range of ranges.flatMap((name) => NAMED[name] ?? [name])) {
    const [address = '', prefix] = range.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (prefix === undefined) trusted[family].addAddress(address, family);
    else trusted[family].addSubnet(address, Number(prefix), family);
  }
  return (address = '') => {
    // A listener on both families shows an IPv4 peer mapped; an address of the link carries its interface's name.
    const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, '').split('%', 1)[0]!;
    const family = isIP(plain);
    if (family === 0) return false;
    return family === 4 ? trusted.ipv4.check(plain, 'ipv4') : trusted.ipv6.check(plain, 'ipv6');
  };
}
