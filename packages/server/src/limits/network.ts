import { isIPv4, isIPv6 } from 'node:net';

const UNKNOWN = 'unknown';
/** First 96 bits of addresses that stand for an IPv4 one: mapped (RFC 4291, 2.5.5.2) and NAT64 (RFC 6052, 2.1). */
const IPV4_INSIDE = ['0:0:0:0:0:ffff', '64:ff9b:0:0:0:0'];

/**
 * The network that an address counts for: an IPv4 address alone, also where it comes inside an IPv6 one; of any other
 * IPv6 address its /64, because whoever has one address there has all of them. One form each (RFC 5952), zone ids
 * dropped; `unknown` for what is no address.
 */
export function networkOf(ip: string | undefined): string {
  return prefixOf(ip, 64);
}

/** The same, but of an IPv6 address its /48: what one customer of a provider may have, 65,536 networks of it. */
export function siteOf(ip: string | undefined): string {
  return prefixOf(ip, 48);
}

function prefixOf(ip: string | undefined, bits: 48 | 64): string {
  if (ip === undefined) return UNKNOWN;
  if (isIPv4(ip)) return ip;
  if (!isIPv6(ip)) return UNKNOWN;
  const groups = groupsOf(ip.split('%', 1)[0]!);
  const hex = groups.map((group) => group.toString(16));
  if (IPV4_INSIDE.includes(hex.slice(0, 6).join(':')))
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.');
  // The zeros that end the prefix are part of the longest run of zeros: RFC 5952 shortens that one.
  const prefix = hex.slice(0, bits / 16);
  while (prefix.at(-1) === '0') prefix.pop();
  return `${prefix.join(':')}::/${bits}`;
}

/** The eight groups of an IPv6 address that is known to be valid. */
function groupsOf(ip: string): number[] {
  const [before = '', after] = ip.split('::');
  const head = partsOf(before);
  if (after === undefined) return head;
  const tail = partsOf(after);
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function partsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}
