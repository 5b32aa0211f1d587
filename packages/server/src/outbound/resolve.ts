import type { LookupAddress } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { type AddressPolicy, mayConnect } from './addresses.ts';
import { OutboundError } from './errors.ts';

/**
 * The addresses of a host, all of them allowed. A connection goes to one of these and asks no name server again, which
 * could then give another answer (DNS rebinding).
 * @param hostname a name or an address; of decimal and octal forms the address that they stand for is looked at
 * @throws OutboundError `outbound_unresolved`, `outbound_address_refused`
 */
export async function addressesOf(hostname: string, policy: AddressPolicy): Promise<LookupAddress[]> {
  const host = hostname.replace(/^\[(.+)\]$/, '$1');
  const family = isIP(host);
  const ask = policy === 'public' ? asked : looked;
  const addresses = family === 0 ? await resolved(host, ask) : [{ address: host, family }];
  // One forbidden among others is an attempt to be lucky, not a mistake.
  if (!addresses.every(({ address }) => mayConnect(address, policy))) {
    const message =
      policy === 'operator'
        ? `${host} is an address of this machine's cloud or link, where nothing is ever sent: name another host.`
        : `${host} is not an address on the public internet: name another host.`;
    throw new OutboundError('outbound_address_refused', message);
  }
  return addresses;
}

type Ask = (host: string) => Promise<LookupAddress[]>;

/** As all programs of this machine find a host: with its hosts file, too. Takes a thread until there is an answer. */
const looked: Ask = (host) => lookup(host, { all: true });

/** Of both families, within a deadline; the second try is for a packet that was lost. */
const ASKED = { timeout: 500, tries: 2 };

/**
 * The name servers themselves. Of the threads that `lookup` takes the process has two: strangers who name hosts of a
 * name server that is silent would keep everybody else from finding theirs.
 */
const asked: Ask = async (host) => {
  // RFC 6761, 6.3: never asked of a name server.
  if (/(?:^|\.)localhost\.?$/i.test(host)) return [{ address: '127.0.0.1', family: 4 }];
  const resolver = new Resolver(ASKED);
  const found = await Promise.allSettled([
    resolver.resolve4(host).then((all) => all.map((address) => ({ address, family: 4 }))),
    resolver.resolve6(host).then((all) => all.map((address) => ({ address, family: 6 }))),
  ]);
  const addresses = found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  const failed = found.find((one) => one.status === 'rejected');
  if (addresses.length === 0 && failed) throw failed.reason;
  return addresses;
};

async function resolved(host: string, ask: Ask): Promise<LookupAddress[]> {
  try {
    const addresses = await ask(host);
    if (addresses.length > 0) return addresses;
  } catch (cause) {
    throw unresolved(host, cause);
  }
  throw unresolved(host, undefined);
}

function unresolved(host: string, cause: unknown): OutboundError {
  const { code } = (cause ?? {}) as { code?: string };
  const message = `${host} has no address here${code === undefined ? '' : ` (${code})`}: correct the name, or the name server.`;
  return new OutboundError('outbound_unresolved', message, { cause });
}

/** Answers a socket's question for an address with those that were looked at. */
export function pinned(addresses: readonly LookupAddress[]): LookupFunction {
  return (_hostname, { all }, callback) => {
    const { address, family } = addresses[0]!;
    if (all) callback(null, [...addresses]);
    else callback(null, address, family);
  };
}
