import { isIP } from 'node:net';
import { isLoopback } from '../config/values.ts';
import { mayConnect } from '../outbound/addresses.ts';

/**
 * Where webhooks may lead: only to the public internet, or also into the networks that this machine stands in. A
 * setting, because whoever rules a namespace registers them, and need not be who runs the server.
 */
export type WebhookAddresses = 'public' | 'private';

export const policyOf = (addresses: WebhookAddresses) => (addresses === 'public' ? 'public' : 'operator');

const hostOf = ({ hostname }: URL) => hostname.replace(/^\[(.+)\]$/, '$1');

/** Whether a text is an https address, or an http one of this machine, without credentials. */
export function isWebhookUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(hostOf(url)));
}

/**
 * Why an address is refused at once, as far as its text shows it; names are resolved, and looked at, at each delivery.
 * Undefined for one that may be tried.
 */
export function refusalOf(text: string, addresses: WebhookAddresses): string | undefined {
  const url = new URL(text);
  const host = hostOf(url);
  const policy = policyOf(addresses);
  if (addresses === 'public' && (url.protocol === 'http:' || isLoopback(host)))
    return 'must be an https address on the public internet';
  if (isIP(host) !== 0 && !mayConnect(host, policy))
    return policy === 'public'
      ? 'must be an https address on the public internet'
      : 'must not be an address where clouds keep the credentials of their machines';
  return undefined;
}
