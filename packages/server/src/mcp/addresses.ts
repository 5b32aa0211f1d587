import { isIP } from 'node:net';

/** A page of a foreign site, or one that reaches this server under a name that is not the server's. */
export class AddressRefused extends Error {
  readonly code: 'origin_refused' | 'host_refused';

  constructor(code: 'origin_refused' | 'host_refused', message: string) {
    super(message);
    this.name = 'AddressRefused';
    this.code = code;
  }
}

export interface Addresses {
  /** Where the server listens: a name or an address. */
  host: string;
  /** Where clients reach it, if that is another one. */
  publicUrl: string | undefined;
  /** Web origins whose pages may call. */
  corsOrigins: readonly string[];
}

/**
 * Refuses requests that a browser was tricked into (MCP 2026-07-28, "Streamable HTTP", Security Warning). A page that
 * had its own name resolve to this server (DNS rebinding) shows that name in `Host`: only this server's names pass. An
 * address passes, too, because nobody can have one resolve to something else.
 * @throws AddressRefused
 */
export function checkAddresses(
  { host, publicUrl, corsOrigins }: Addresses,
  headers: { host?: string | undefined; origin?: string | undefined },
): void {
  const own = publicUrl === undefined ? undefined : new URL(publicUrl);
  const asked = urlOf(`http://${headers.host ?? ''}`);
  const names = ['localhost', host.toLowerCase(), own?.hostname];
  if (!asked || asked.host !== headers.host?.toLowerCase().replace(/:80$/, '')) throw refusedHost();
  if (!names.includes(asked.hostname) && !isAddress(asked.hostname)) throw refusedHost();
  const { origin } = headers;
  if (origin === undefined) return;
  const from = urlOf(origin);
  const known = [...corsOrigins, own?.origin, `http://${asked.host}`, `https://${asked.host}`];
  if (!from || from.origin === 'null' || !known.includes(from.origin))
    throw new AddressRefused(
      'origin_refused',
      'Pages of this web origin may not call: name it in MEMHOLD_CORS_ORIGINS if they should.',
    );
}

const refusedHost = () =>
  new AddressRefused(
    'host_refused',
    'This server is not known by the name in the Host header: set MEMHOLD_PUBLIC_URL to the address that clients use.',
  );

const isAddress = (hostname: string) => isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
