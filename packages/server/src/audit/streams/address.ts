import { fileURLToPath } from 'node:url';

export type StreamFormat = 'native' | 'ocsf' | 'ecs';

/** Where events are sent, and in which form. */
export type StreamAddress = {
  /** As people know it: scheme, host and port, or a path. Paths and queries of web addresses may hold tokens. */
  readonly name: string;
  /** What it is known by in the database, hashed: everything but the format. */
  readonly identity: string;
  readonly format: StreamFormat;
} & (
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'udp' | 'tcp' | 'tls'; readonly host: string; readonly port: number }
);

/** RFC 5426, RFC 6587 (no port of its own: 601 is that of RFC 3195) and RFC 5425. */
const PORTS = { udp: 514, tcp: 601, tls: 6514 };

/** Reads one entry of MEMHOLD_AUDIT_STREAMS, which the configuration has checked. Throws TypeError. */
export function streamAddressOf(text: string): StreamAddress {
  const url = new URL(text);
  const format = (url.searchParams.get('format') ?? 'native') as StreamFormat;
  url.searchParams.delete('format');
  const identity = url.href;
  if (url.protocol === 'file:') {
    url.search = '';
    const path = fileURLToPath(url);
    return { kind: 'file', path, name: path, identity, format };
  }
  if (/^https?:$/.test(url.protocol))
    return { kind: 'http', url: identity, name: url.origin, identity, format };
  const kind = url.protocol.replace(/^syslog\+|:$/g, '');
  if (kind !== 'udp' && kind !== 'tcp' && kind !== 'tls')
    throw new TypeError('A stream begins with syslog+udp, syslog+tcp, syslog+tls, http, https or file.');
  const port = url.port === '' ? PORTS[kind] : Number(url.port);
  const host = url.hostname.replace(/^\[(.+)\]$/, '$1');
  return { kind, host, port, name: `${url.protocol}//${url.hostname}:${port}`, identity, format };
}
