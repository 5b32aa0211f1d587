import { BlockList, isIP } from 'node:net';

/**
 * Whose address it is. `operator`: one from the settings, which may lie in a private network. `public`: anybody
 * else's, which must not reach into the networks that this machine stands in.
 */
export type AddressPolicy = 'operator' | 'public';

type Subnet = readonly [network: string, prefix: number];

/** Link-local addresses (RFC 3927, RFC 4291) and those where clouds hand out the credentials of a machine. */
const METADATA: readonly Subnet[] = [
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
];
const METADATA_V6: readonly Subnet[] = [
  ['fe80::', 10],
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
];
/** What IANA's registry of special-purpose IPv4 addresses does not call globally reachable, and multicast. */
const SPECIAL: readonly Subnet[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
/** Global unicast (RFC 4291, 2.4): every other IPv6 address is private, special or stands for an IPv4 one. */
const GLOBAL_V6: Subnet = ['2000::', 3];
/** Within it: protocol assignments with Teredo, documentation, and 6to4, which has an IPv4 address inside. */
const SPECIAL_V6: readonly Subnet[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];
/** Prefixes of 96 bits after which an IPv4 address stands: mapped, compatible, translated, NAT64 (RFC 6052, 8215). */
const IPV4_AFTER = ['::ffff:', '::', '::ffff:0:', '64:ff9b::', '64:ff9b:1::'];

function addIpv4(list: BlockList, subnets: readonly Subnet[]): BlockList {
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, 'ipv4');
  return list;
}

function addIpv6(list: BlockList, subnets: readonly Subnet[]): BlockList {
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, 'ipv6');
  return list;
}

/** The ways to write an IPv4 subnet inside IPv6. */
function disguised([network, prefix]: Subnet): Subnet[] {
  const [a = 0, b = 0, c = 0, d = 0] = network.split('.').map(Number);
  const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  return [
    ...IPV4_AFTER.map((before): Subnet => [`${before}${network}`, 96 + prefix]),
    [`2002:${hex}::`, 16 + prefix],
  ];
}

const metadata = addIpv6(addIpv4(new BlockList(), METADATA), [
  ...METADATA_V6,
  ...METADATA.flatMap(disguised),
]);
const special = addIpv6(addIpv4(new BlockList(), SPECIAL), SPECIAL_V6);
const globalUnicast = addIpv6(new BlockList(), [GLOBAL_V6]);

/** Whether a connection may go to this IP address (as text, as a resolver gives it). False for what is no address. */
export function mayConnect(address: string, policy: AddressPolicy): boolean {
  const [bare = ''] = address.split('%', 1);
  const family = isIP(bare);
  if (family === 0) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  if (metadata.check(bare, type)) return false;
  if (policy === 'operator') return true;
  return (family === 4 || globalUnicast.check(bare, 'ipv6')) && !special.check(bare, type);
}
